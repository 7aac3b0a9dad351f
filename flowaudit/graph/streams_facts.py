"""Stream processors: Kafka Streams and Faust applications, and the topics that are their machinery."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from flowaudit.facts import Channel, GroupSeen, StreamsTopologySeen
from flowaudit.graph.draft import EdgeDraft, NodeDraft, group_node, observed, topic_node
from flowaudit.graph.evidence import EdgeKind
from flowaudit.graph.internal import faust_leader_topic
from flowaudit.graph.seen import Seen, detail, seen_at

_STREAMS_ASSIGNOR: Final = "stream"
_STREAMS_TYPE: Final = "streams"
_FAUST_ASSIGNOR: Final = "faust"


class Role(StrEnum):
    """What an internal topic of a stream processor is for."""

    CHANGELOG = "changelog"
    REPARTITION = "repartition"
    ASSIGNOR_LEADER = "assignor-leader"


class InternalTopic(NamedTuple):
    """A topic that belongs to one application."""

    owner: str
    """The application's group."""
    role: Role


_SUFFIXES: Final = (
    ("-changelog", Role.CHANGELOG),
    ("-repartition", Role.REPARTITION),
    ("-subscription-registration-topic", Role.REPARTITION),
    ("-subscription-response-topic", Role.REPARTITION),
)
"""How Kafka Streams ends the names of its topics; the last two carry foreign-key joins (KIP-213)."""
_GENERATED: Final = re.compile(r"(KSTREAM|KTABLE)-[A-Z-]+-\d{10}(-.+)?-(changelog|repartition|topic)")
"""What it calls steps that have no name of their own: nobody else writes this by accident."""
_FOREIGN_KEY: Final = re.compile(r"KTABLE-FK-JOIN-SUBSCRIPTION-(REGISTRATION|RESPONSE)-\d{10}-topic")


class _App(NamedTuple):
    seen: Seen
    is_streams: bool
    is_faust: bool

    def merge(self, other: _App) -> _App:
        return _App(self.seen.merge(other.seen), self.is_streams or other.is_streams, self.is_faust or other.is_faust)


class _Use(NamedTuple):
    """A topic in the topology that a group announced."""

    group: str
    topic: str
    kind: EdgeKind


class StreamsFacts:
    """Merges what groups and topologies say of stream processors; any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._apps: dict[str, _App] = {}
        self._topics: dict[str, set[str]] = {}
        self._uses: dict[tuple[_Use, str], Seen] = {}
        """By use and id of the subtopology."""
        self._roles: dict[str, set[InternalTopic]] = {}

    def copy(self) -> StreamsFacts:
        """An accumulator that can go its own way."""
        twin = StreamsFacts()
        twin._apps = self._apps.copy()
        twin._topics = {group: topics.copy() for group, topics in self._topics.items()}
        twin._uses = self._uses.copy()
        twin._roles = {topic: roles.copy() for topic, roles in self._roles.items()}
        return twin

    def add_group(self, fact: GroupSeen) -> None:
        """Take in a look at a group."""
        is_streams = fact.protocol == _STREAMS_ASSIGNOR or fact.group_type == _STREAMS_TYPE
        self._add_app(fact.group, _App(seen_at(fact.provenance), is_streams, fact.protocol == _FAUST_ASSIGNOR))
        self._topics.setdefault(fact.group, set()).update(fact.subscribed, fact.assigned)

    def add_topology(self, fact: StreamsTopologySeen) -> None:
        """Take in a topology; those that a group announced before stay known."""
        seen = seen_at(fact.provenance)
        self._add_app(fact.group, _App(seen, is_streams=True, is_faust=False))
        for part in fact.subtopologies:
            for topic in {*part.sources, *part.repartition_sources}:
                self._use(_Use(fact.group, topic, EdgeKind.CONSUMES), part.id, seen)
            for topic in {*part.repartition_sinks, *part.changelogs, *part.sinks}:
                self._use(_Use(fact.group, topic, EdgeKind.PRODUCES), part.id, seen)
            for topic in part.changelogs:
                self._roles.setdefault(topic, set()).add(InternalTopic(fact.group, Role.CHANGELOG))
            for topic in {*part.repartition_sources, *part.repartition_sinks}:
                self._roles.setdefault(topic, set()).add(InternalTopic(fact.group, Role.REPARTITION))

    def faust_apps(self) -> frozenset[str]:
        """Groups that are Faust applications: by their assignor, or by the leader topic that they ask for."""
        return frozenset(group for group, app in self._apps.items() if app.is_faust or self._asks_for_leader(group))

    def internal_topic(self, topic: str) -> InternalTopic | None:
        """Whose machinery a topic is, as its application announced or by its name; None: nobody's that is known.

        Anybody may name a topic so. A name is believed only where the group that it begins with is known to be a
        stream processor (the longest, when several are), or where the rest is a name that Kafka Streams generates.
        """
        if told := self._roles.get(topic):
            return min(told)
        at = len(topic)
        while (at := topic.rfind("-", 0, at)) > 0:
            group = topic[:at]
            if group in self._apps and (role := self._role(group, topic)) is not None:
                return InternalTopic(group, role)
        return None

    def is_certain(self, topic: str) -> bool:
        """Is the topic machinery by more than its name: announced, or of a group that is a Streams application?"""
        if topic in self._roles:
            return True
        internal = self.internal_topic(topic)
        return internal is not None and self._apps[internal.owner].is_streams

    def nodes(self, topics: Iterable[str]) -> Iterator[NodeDraft]:
        """What is known of those topics that are machinery: whose, and for what."""
        for topic in {*topics, *self._roles}:
            if (internal := self.internal_topic(topic)) is not None:
                yield NodeDraft(topic_node(topic), detail(owner=internal.owner, role=internal.role.value))

    def edges(self, topics: Collection[str], with_records: Collection[str]) -> Iterator[EdgeDraft]:
        """What topologies announce, and what the names of the listed `topics` say.

        A Faust application's changelog counts only `with_records`: Faust makes the topic for every table at once.
        """
        announced: dict[_Use, list[tuple[str, Seen]]] = {}
        for (use, subtopology), seen in self._uses.items():
            announced.setdefault(use, []).append((subtopology, seen))
        for use, parts in announced.items():
            merged = parts[0][1]
            for _, seen in parts[1:]:
                merged = merged.merge(seen)
            yield _edge(use, merged, subtopologies=", ".join(sorted(subtopology for subtopology, _ in parts)))
        for topic in topics:
            for use in self._uses_by_name(topic, with_records):
                if use not in announced:
                    yield _edge(use, self._apps[use.group].seen, basis="name")

    def _uses_by_name(self, topic: str, with_records: Collection[str]) -> Iterator[_Use]:
        internal = self.internal_topic(topic)
        if internal is None or internal.role is Role.ASSIGNOR_LEADER:
            return
        if not self._is_streams(internal.owner, topic) and topic not in with_records:
            return
        yield _Use(internal.owner, topic, EdgeKind.PRODUCES)
        if internal.role is Role.REPARTITION:
            yield _Use(internal.owner, topic, EdgeKind.CONSUMES)

    def _role(self, group: str, topic: str) -> Role | None:
        if self._is_streams(group, topic):
            return _streams_role(topic[len(group) + 1 :])
        if not (self._apps[group].is_faust or self._asks_for_leader(group)):
            return None
        if topic == faust_leader_topic(group):
            return Role.ASSIGNOR_LEADER
        is_table = topic in self._topics[group] and _streams_role(topic[len(group) + 1 :]) is Role.CHANGELOG
        return Role.CHANGELOG if is_table else None

    def _is_streams(self, group: str, topic: str) -> bool:
        return self._apps[group].is_streams or bool(_GENERATED.fullmatch(topic, len(group) + 1))

    def _asks_for_leader(self, group: str) -> bool:
        return faust_leader_topic(group) in self._topics.get(group, ())

    def _add_app(self, group: str, app: _App) -> None:
        known = self._apps.get(group)
        self._apps[group] = app if known is None else known.merge(app)
        self._topics.setdefault(group, set())

    def _use(self, use: _Use, subtopology: str, seen: Seen) -> None:
        known = self._uses.get((use, subtopology))
        self._uses[use, subtopology] = seen if known is None else known.merge(seen)


def _streams_role(rest: str) -> Role | None:
    """The role that the part of a name behind the application's id tells; the step or the store must have a name."""
    if _FOREIGN_KEY.fullmatch(rest):
        return Role.REPARTITION
    return next((role for suffix, role in _SUFFIXES if rest.endswith(suffix) and rest != suffix), None)


def _edge(use: _Use, seen: Seen, **known: str) -> EdgeDraft:
    evidence = observed(Channel.STREAMS_TOPOLOGY, seen, detail(**known))
    group, topic = group_node(use.group), topic_node(use.topic)
    source, target = (group, topic) if use.kind is EdgeKind.PRODUCES else (topic, group)
    return EdgeDraft(source, target, use.kind, evidence)
