"""Which readers a writer may be, going by its name, and else by the host from which it speaks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from flowaudit.graph.accumulators import Accumulators
from flowaudit.graph.bindings import Bindings
from flowaudit.graph.draft import NodeName, group_node
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.owners import Owners
from flowaudit.graph.program_names import names_a_program

_NUMBER: Final = re.compile(r"([-_.]\d+)+$")
_ROLE: Final = re.compile(r"(^(consumer|producer|reader|writer)[-_.])|([-_.](consumer|producer|reader|writer))$")


class Namesakes:
    """Readers by client id: the groups that the client reads for, else those who are called as it is.

    A group is called what it is called, and what its members are; who reads without a group only has its own name.
    Names that client libraries choose by themselves have no namesakes: many programs bear them at once.
    """

    def __init__(self, held: Accumulators, owners: Owners, bindings: Bindings) -> None:
        self._hosts = held.hosts
        self._bindings = bindings
        self._names = held.programs
        self._read_for = held.clients.groups_by_client()
        self._owners = owners
        self._called: dict[str, set[NodeName]] = {}
        for group in held.groups.names() - held.groups.auditor_groups():
            for name in {group, *filter(names_a_program, held.groups.client_stems(group))}:
                self._called.setdefault(_bare(name), set()).add(group_node(group))
        for client in sorted(filter(names_a_program, held.clients.readers_without_group())):
            self._called.setdefault(_bare(client), {NodeName(NodeKind.CLIENT, client)})

    def of(self, client: NodeName) -> frozenset[NodeName]:
        """Readers that are called as the client is, drawn as their owners. Instances of one program are one reader."""
        name = client.name
        if client.kind is not NodeKind.CLIENT or not names_a_program(name):
            return frozenset()
        groups = self._names.groups_of_client(name) | self._read_for.get(name, frozenset())
        return self._drawn(set(map(group_node, groups)) or self._called.get(_bare(name), set()))

    def beside(self, writer: NodeName) -> frozenset[NodeName]:
        """Groups that have a member on the same host as the writer, drawn as their owners."""
        groups: set[str] = set()
        if writer.kind is NodeKind.PRODUCER:
            for producer_id in self._bindings.family(int(writer.name)):
                groups |= self._hosts.groups_beside(producer_id)
        elif writer.kind is NodeKind.CLIENT and names_a_program(writer.name):
            groups |= self._hosts.groups_beside(writer.name)
        return self._drawn(map(group_node, groups))

    def _drawn(self, readers: Iterable[NodeName]) -> frozenset[NodeName]:
        return frozenset(owner for reader in readers for owner in self._owners.of(reader))


def _bare(name: str) -> str:
    """`fare-engine-producer-3` → `fare-engine`."""
    return _ROLE.sub("", _NUMBER.sub("", name)) or name
