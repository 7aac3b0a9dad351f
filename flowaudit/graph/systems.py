"""Which system a node belongs to, and what the declared topology says of a flow between two systems."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from flowaudit.graph.evidence import Verdict
from flowaudit.graph.naming import system_of_group_name, system_of_topic_name


@dataclass(frozen=True, slots=True)
class DeclaredSystem:
    """A system, with the shell-style patterns of its topics and groups."""

    name: str
    title: str
    topics: frozenset[str]
    groups: frozenset[str]
    categories: frozenset[str]
    reference: str
    order: int = 0

    def merge(self, other: DeclaredSystem) -> DeclaredSystem:
        """One system that was declared twice in one load."""
        return DeclaredSystem(
            self.name,
            max(self.title, other.title),
            self.topics | other.topics,
            self.groups | other.groups,
            self.categories | other.categories,
            max(self.reference, other.reference),
            min(self.order, other.order),
        )


class DeclaredFlow(NamedTuple):
    """A flow that its owner admits."""

    upstream: str
    downstream: str
    purpose: str
    legal_basis: str
    reference: str
    declared_ms: int


class Systems:
    """The declared systems as an index; without a topology it goes by names and judges nothing.

    A name that the patterns of several systems match belongs to the first of them in the order of the file.
    """

    def __init__(self, systems: Iterable[DeclaredSystem], flows: Iterable[DeclaredFlow]) -> None:
        self.declared = tuple(sorted(systems, key=lambda system: system.name))
        self.flows = {(flow.upstream, flow.downstream): flow for flow in sorted(flows)}
        self._categories = {system.name: tuple(sorted(system.categories)) for system in self.declared}
        in_order = sorted(self.declared, key=lambda system: (system.order, system.name))
        self._topics = tuple((pattern, system.name) for system in in_order for pattern in sorted(system.topics))
        self._groups = tuple((pattern, system.name) for system in in_order for pattern in sorted(system.groups))

    @property
    def judges(self) -> bool:
        """Was any topology given?"""
        return bool(self.declared or self.flows)

    def of_topic(self, topic: str) -> str:
        """The system of a topic."""
        return _first(self._topics, topic) or system_of_topic_name(topic)

    def of_group(self, group: str) -> str:
        """The system of a consumer group."""
        return self.of_program(group)

    def of_program(self, *names: str) -> str:
        """The system of a program that goes by several names (a connector and its group): rules for groups apply.

        A declared rule for any of the names decides; without one it goes by the first name.
        """
        declared = (_first(self._groups, name) for name in names)
        return next(filter(None, declared), "") or system_of_group_name(names[0])

    def categories(self, system: str) -> tuple[str, ...]:
        """The kinds of personal data that the system is declared to handle."""
        return self._categories.get(system, ())

    def verdict(self, upstream: str, downstream: str) -> Verdict:
        """What the topology says of data that goes from one system to another ("" is an unknown system)."""
        if not self.judges or not upstream or not downstream:
            return Verdict.UNJUDGED
        if upstream == downstream or (upstream, downstream) in self.flows:
            return Verdict.VERIFIED
        return Verdict.UNDECLARED


def _first(rules: tuple[tuple[str, str], ...], name: str) -> str:
    return next((system for pattern, system in rules if fnmatchcase(name, pattern)), "")
