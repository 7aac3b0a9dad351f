"""Kafka Connect: which connector moves what between topics and the systems outside of Kafka."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeVar

from flowaudit.facts import Channel, ConnectorSeen, Direction, External, encode_fact
from flowaudit.graph.draft import EdgeDraft, NodeDraft, NodeName, evidence_of, group_node, topic_node
from flowaudit.graph.evidence import Detail, EdgeKind, Tier
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.seen import Seen, detail, seen_at

_K = TypeVar("_K")
_TASK: Final = re.compile(r"-\d+$")


class _Link(NamedTuple):
    """A connector and a topic of it."""

    connector: str
    direction: Direction
    topic: str


class _End(NamedTuple):
    """A connector and a system at its other end."""

    connector: str
    direction: Direction
    external: External


class ConnectFacts:
    """Merges `ConnectorSeen`; any order and any repetition gives the same.

    What a connector touched stays for ever. Of what its configuration promises, the latest telling stands.
    """

    def __init__(self) -> None:
        self._latest: dict[str, ConnectorSeen] = {}
        self._touched: dict[_Link, Seen] = {}
        self._promised: dict[_Link, Seen] = {}
        self._dead_letters: dict[_Link, Seen] = {}
        self._ends: dict[_End, Seen] = {}
        self._used: dict[_End, Seen] = {}
        self._others: dict[str, frozenset[tuple[External, ...]]] = {}
        """All other ends that a connector was ever configured with."""
        self._groups: dict[str, frozenset[str]] = {}
        self._workers: dict[str, frozenset[str]] = {}

    def copy(self) -> ConnectFacts:
        """An accumulator that can go its own way."""
        twin = ConnectFacts()
        for name, held in vars(self).items():
            setattr(twin, name, held.copy())
        return twin

    def add(self, fact: ConnectorSeen) -> None:
        """Take in one telling of a connector."""
        known = self._latest.get(fact.connector)
        self._latest[fact.connector] = fact if known is None else max(known, fact, key=_age)
        seen, name, direction = seen_at(fact.provenance), fact.connector, fact.direction
        for topic in fact.topics:
            _see(self._touched, _Link(name, direction, topic), seen)
        for topic in fact.promised:
            _see(self._promised, _Link(name, direction, topic), seen)
        if fact.dead_letter_topic:
            _see(self._dead_letters, _Link(name, direction, fact.dead_letter_topic), seen)
        for external in fact.externals:
            _see(self._ends, _End(name, direction, external), seen)
            if fact.topics:
                _see(self._used, _End(name, direction, external), seen)
        self._others[name] = self._others.get(name, frozenset()) | {fact.externals}
        if fact.group:
            self._groups[fact.group] = self._groups.get(fact.group, frozenset()) | {name}
        if fact.workers_group:
            stem = f"{fact.workers_group}-{name}"
            self._workers[stem] = self._workers.get(stem, frozenset()) | {name}

    def group_owners(self) -> Mapping[NodeName, tuple[NodeName, ...]]:
        """The consumer groups of sinks → the connectors that read by them: several, where they share one."""
        return {group_node(group): tuple(map(connector_node, sorted(names))) for group, names in self._groups.items()}

    def worker_groups(self) -> frozenset[str]:
        """Groups of the workers that were asked, as far as they are known."""
        return frozenset(fact.workers_group for fact in self._latest.values())

    def producer_owner(self, transactional_id: str) -> NodeName | None:
        """The source connector whose task writes exactly once by this transactional id (KIP-618); None if none does.

        Such ids are `<group of the workers>-<connector>-<task>`; one that two connectors could have belongs to neither.
        """
        names = self._workers.get(_TASK.sub("", transactional_id), frozenset())
        if not _TASK.search(transactional_id) or len(names) != 1:
            return None
        return connector_node(next(iter(names)))

    def nodes(self) -> Iterator[NodeDraft]:
        """A node a connector, and a node an external system."""
        for name, fact in self._latest.items():
            known = {
                "connector_class": fact.connector_class,
                "direction": fact.direction.value,
                "state": fact.state,
                "tasks": fact.tasks,
                "topic_pattern": fact.promised_regex,
                "workers_group": fact.workers_group,
            }
            yield NodeDraft(connector_node(name), detail(**{key: value for key, value in known.items() if value != ""}))
        for external in {end.external for end in self._ends if end in self._used or self._is_current(end)}:
            yield NodeDraft(external_node(external))

    def edges(self) -> Iterator[EdgeDraft]:
        """`consumes` and `produces` between connectors and topics, `sinks` and `sources` to and from external systems.

        What the workers' own topic lists and offsets say is proven. What only the configuration promises is declared.
        An external system is observed once the connector has moved data, if it never was configured with another one.
        """
        yield from self._topic_edges()
        yield from self._external_edges()

    def _topic_edges(self) -> Iterator[EdgeDraft]:
        for link, seen in self._touched.items():
            yield _topic_edge(link, Tier.PROVEN, seen)
        for link, seen in self._promised.items():
            fact = self._latest[link.connector]
            if link not in self._touched and link.direction is fact.direction and link.topic in fact.promised:
                yield _topic_edge(link, Tier.DECLARED, seen)
        for link, seen in self._dead_letters.items():
            if link.topic == self._latest[link.connector].dead_letter_topic:
                yield _topic_edge(link._replace(direction=Direction.SOURCE), Tier.DECLARED, seen)

    def _external_edges(self) -> Iterator[EdgeDraft]:
        for end, seen in self._used.items():
            if self._is_certain(end):
                yield _external_edge(end, Tier.OBSERVED, seen)
        for end, seen in self._ends.items():
            if not (end in self._used and self._is_certain(end)) and (end in self._used or self._is_current(end)):
                yield _external_edge(end, Tier.DECLARED, seen)

    def _is_certain(self, end: _End) -> bool:
        """Lists of topics outlive a change of the configuration: then nobody knows which end the records went to."""
        return len(self._others[end.connector]) == 1

    def _is_current(self, end: _End) -> bool:
        fact = self._latest[end.connector]
        return end.direction is fact.direction and end.external in fact.externals


def connector_node(name: str) -> NodeName:
    """A connector of a Connect cluster that works for the audited cluster."""
    return NodeName(NodeKind.CONNECTOR, name)


def external_node(external: External) -> NodeName:
    """A system outside of Kafka; where only the system is known and nothing in it, it bears its namespace as a name."""
    return NodeName(NodeKind.EXTERNAL, external.name or external.namespace, external.namespace)


def _topic_edge(link: _Link, tier: Tier, seen: Seen) -> EdgeDraft:
    connector, topic = connector_node(link.connector), topic_node(link.topic)
    evidence = evidence_of(Channel.CONNECT, tier, seen, _said_by(tier))
    if link.direction is Direction.SINK:
        return EdgeDraft(topic, connector, EdgeKind.CONSUMES, evidence)
    return EdgeDraft(connector, topic, EdgeKind.PRODUCES, evidence)


def _external_edge(end: _End, tier: Tier, seen: Seen) -> EdgeDraft:
    connector, external = connector_node(end.connector), external_node(end.external)
    evidence = evidence_of(Channel.CONNECT, tier, seen, _said_by(tier))
    if end.direction is Direction.SINK:
        return EdgeDraft(connector, external, EdgeKind.SINKS, evidence)
    return EdgeDraft(external, connector, EdgeKind.SOURCES, evidence)


def _said_by(tier: Tier) -> Detail:
    return detail(said_by="configuration" if tier is Tier.DECLARED else "workers")


def _see(held: dict[_K, Seen], key: _K, seen: Seen) -> None:
    held[key] = held[key].merge(seen) if key in held else seen


def _age(fact: ConnectorSeen) -> tuple[int, bytes]:
    return (fact.provenance.observed_ms, encode_fact(fact))
