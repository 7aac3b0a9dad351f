"""Which system a node belongs to, and which flows between systems are declared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from flowaudit.graph.naming import system_of_group_name, system_of_topic_name

_Rules = tuple[tuple[str, str], ...]
"""(pattern, system), in the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """The shell-style patterns by which the parts of a system are recognised."""

    topics: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    transactional_ids: frozenset[str] = frozenset()
    producers: frozenset[str] = frozenset()
    """Client ids and principals."""
    connectors: frozenset[str] = frozenset()
    externals: frozenset[str] = frozenset()

    def __or__(self, other: Patterns) -> Patterns:
        return Patterns(
            self.topics | other.topics,
            self.groups | other.groups,
            self.transactional_ids | other.transactional_ids,
            self.producers | other.producers,
            self.connectors | other.connectors,
            self.externals | other.externals,
        )

    @property
    def is_external(self) -> bool:
        """Does the system lie outside of Kafka, as far as is declared?"""
        inside = self.topics | self.groups | self.transactional_ids | self.producers | self.connectors
        return bool(self.externals) and not inside


@dataclass(frozen=True, slots=True)
class DeclaredSystem:
    """A system, with the patterns of its parts."""

    name: str
    title: str
    patterns: Patterns
    categories: frozenset[str]
    reference: str
    order: int = 0

    def merge(self, other: DeclaredSystem) -> DeclaredSystem:
        """One system that was declared twice in one load."""
        return DeclaredSystem(
            self.name,
            max(self.title, other.title),
            self.patterns | other.patterns,
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
    topics: tuple[str, ...] = ()
    """Patterns; empty: any topic."""

    def admits(self, topic: str) -> bool:
        """Whether data may go by this topic; "" is a way without a topic, which only an unlimited flow admits."""
        return not self.topics or _matches_any(topic, self.topics)


class DeclaredData(NamedTuple):
    """Of what kinds the data of some topics is."""

    topics: tuple[str, ...]
    categories: tuple[str, ...]


class Systems:
    """The declared systems as an index; without a topology it goes by names.

    A name that the patterns of several systems match belongs to the first of them in the order of the file.
    """

    def __init__(
        self, systems: Iterable[DeclaredSystem], flows: Iterable[DeclaredFlow], data: Iterable[DeclaredData] = ()
    ) -> None:
        self.declared = tuple(sorted(systems, key=lambda system: system.name))
        self.flows = {(flow.upstream, flow.downstream): flow for flow in sorted(flows)}
        self._data = tuple(sorted(data))
        self._by_name = {system.name: system for system in self.declared}
        in_order = sorted(self.declared, key=lambda system: (system.order, system.name))
        self._topics = _rules((system.name, system.patterns.topics) for system in in_order)
        self._groups = _rules((system.name, system.patterns.groups) for system in in_order)
        self._transactional_ids = _rules((system.name, system.patterns.transactional_ids) for system in in_order)
        self._producers = _rules((system.name, system.patterns.producers) for system in in_order)
        self._connectors = _rules((system.name, system.patterns.connectors) for system in in_order)
        self._externals = _rules((system.name, system.patterns.externals) for system in in_order)

    @property
    def judges(self) -> bool:
        """Was any topology given?"""
        return bool(self.declared or self.flows)

    def of_topic(self, topic: str) -> str:
        """The system of a topic."""
        return _first(self._topics, topic) or system_of_topic_name(topic)

    def of_group(self, group: str) -> str:
        """The system of a consumer group."""
        return _first(self._groups, group) or system_of_group_name(group)

    def of_client(self, client_id: str) -> str:
        """The system of a client without a group: rules for producers, then those for groups apply to its id."""
        return _first(self._producers, client_id) or self.of_group(client_id)

    def of_principal(self, principal: str) -> str:
        """The system of which a principal is declared to be a part; "" when no rule says so."""
        return _first(self._producers, principal)

    def of_producer(self, transactional_ids: Iterable[str]) -> str:
        """The system of which a producer is declared to be a part, by its transactional ids; "" when no rule says."""
        named = (_first(self._transactional_ids + self._producers, name) for name in transactional_ids)
        return next(filter(None, named), "")

    def of_connector(self, connector: str, groups: Iterable[str] = ()) -> str:
        """The system of a connector: by rules for connectors, then by those for groups; `groups` are its own."""
        declared = _first(self._connectors, connector)
        by_group = (_first(self._groups, name) for name in (connector, *groups))
        return declared or next(filter(None, by_group), "") or system_of_group_name(connector)

    def of_external(self, namespace: str, name: str) -> str:
        """The system of something outside of Kafka; "" when no rule says: its name belongs to somebody else's world."""
        named = (_first(self._externals, text) for text in (f"{namespace}/{name}", namespace, name))
        return next(filter(None, named), "")

    def is_external(self, system: str) -> bool:
        """Is the system declared to lie outside of Kafka, with nothing inside?"""
        declared = self._by_name.get(system)
        return declared is not None and declared.patterns.is_external

    def has_connectors(self, system: str) -> bool:
        """May data come and go by connectors, as far as is declared: has it any, or does it lie outside of Kafka?"""
        declared = self._by_name.get(system)
        return declared is not None and bool(declared.patterns.connectors or declared.patterns.externals)

    def categories(self, system: str, topic: str | None = None) -> tuple[str, ...]:
        """The kinds of personal data that the system is declared to handle, and those of one of its topics."""
        declared = self._by_name.get(system)
        kinds = set() if declared is None else set(declared.categories)
        if topic is not None:
            kinds.update(*(rule.categories for rule in self._data if _matches_any(topic, rule.topics)))
        return tuple(sorted(kinds))


def _rules(systems: Iterable[tuple[str, frozenset[str]]]) -> _Rules:
    return tuple((pattern, system) for system, patterns in systems for pattern in sorted(patterns))


def _first(rules: _Rules, name: str) -> str:
    return next((system for pattern, system in rules if fnmatchcase(name, pattern)), "")


def _matches_any(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
