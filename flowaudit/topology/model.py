"""The declared topology: frozen, pure, and the same for every room that reads it."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

import msgspec

SCHEMA: Final = "flowaudit.topology/v1"


class Match(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a system's parts are recognised by name: shell-style patterns (`*`, `?`, `[…]`), case-sensitive."""

    topics: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    transactional_ids: tuple[str, ...] = ()


class System(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people call a thing ("citizen score"), and the names of its parts.

    `categories` are the kinds of personal data that the system handles ("biometric", "movement").
    """

    name: str
    title: str
    match: Match = Match()
    categories: tuple[str, ...] = ()


class DeclaredFlow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A flow that the owner admits, from one system to another, with what it is for and on which legal basis."""

    source: str = msgspec.field(name="from")
    target: str = msgspec.field(name="to")
    purpose: str
    legal_basis: str


class Topology(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One estate as its owner declares it. Systems and flows keep the order of the file.

    A name that several systems match belongs to the first of them in the file.
    """

    schema: str
    name: str
    title: str
    systems: tuple[System, ...]
    flows: tuple[DeclaredFlow, ...] = ()

    def system_of_topic(self, topic: str) -> str | None:
        """The name of the system that owns this topic name, or None."""
        return _first_match(((system.name, system.match.topics) for system in self.systems), topic)

    def system_of_group(self, group: str) -> str | None:
        """The name of the system that owns this consumer group, or None."""
        return _first_match(((system.name, system.match.groups) for system in self.systems), group)

    def system_of_transactional_id(self, transactional_id: str) -> str | None:
        """The name of the system that owns this transactional id, or None."""
        rules = ((system.name, system.match.transactional_ids) for system in self.systems)
        return _first_match(rules, transactional_id)

    def declares(self, source_system: str, target_system: str) -> bool:
        """Whether the owner admits a flow from one system to the other, in this direction."""
        return any(flow.source == source_system and flow.target == target_system for flow in self.flows)


def _first_match(rules: Iterable[tuple[str, tuple[str, ...]]], name: str) -> str | None:
    for system, patterns in rules:
        if any(fnmatchcase(name, pattern) for pattern in patterns):
            return system
    return None
