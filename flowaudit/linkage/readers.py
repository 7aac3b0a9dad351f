"""What the cluster says about programs: who reads what, and which topics one program writes.

It comes from committed offsets, group descriptions and DescribeProducers, needs no name and no host, and may be
missing altogether.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flowaudit.facts import Fact, GroupSeen, OffsetCommitted, ProducerSeen


@dataclass(frozen=True, slots=True)
class Writer:
    """One program as far as its writing is known: topics with the same producer id, application or connector."""

    topics: frozenset[str]
    groups: tuple[str, ...] = ()
    """Readers (by their names in `Programs.read_by`) that this writer certainly is; empty when that is not known.

    A name that `read_by` does not have is a program that reads nothing: a connector that brings data in.
    """
    likely_groups: tuple[str, ...] = ()
    """Readers that it may well be: a client id or a host says so."""
    settled_by: tuple[str, ...] = ()
    """Evidence channels that tie it to `groups`, or to `likely_groups` when there are none."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Groups with the topics that they read, and writers with the topics that they write."""

    read_by: tuple[tuple[str, frozenset[str]], ...] = ()
    """(reader, topics), by name; whoever reads: a consumer group, a connector. Those that read nothing are left out."""
    writers: tuple[Writer, ...] = ()
    """No topic is in two of them unless two programs write it; a topic of which no writer is known is in none."""

    @property
    def is_known(self) -> bool:
        """Is there anything to go by?"""
        return bool(self.read_by or self.writers)

    @property
    def read_topics(self) -> frozenset[str]:
        """Topics that somebody reads."""
        return frozenset(topic for _, topics in self.read_by for topic in topics)

    def reads_of(self, readers: Collection[str]) -> frozenset[str]:
        """Everything that any of the readers reads."""
        return frozenset(topic for reader, topics in self.read_by if reader in readers for topic in topics)

    def between(self, upstream: str, reads: Collection[str], followed: Collection[str]) -> tuple[str, ...]:
        """Topics of `reads` in which nothing can be followed, and which a known reader of the upstream one writes.

        What comes out of them was the upstream topic's, as far as anybody can tell who cannot read them.
        """
        return tuple(
            topic
            for topic in sorted(set(reads) - set(followed))
            if any(topic in writer.topics and upstream in self.reads_of(writer.groups) for writer in self.writers)
        )

    def siblings_of(self, topic: str) -> frozenset[str]:
        """The topic, and all others that a program writes which writes it."""
        return frozenset({topic}).union(*(writer.topics for writer in self.writers if topic in writer.topics))

    def only_siblings_of(self, topic: str) -> frozenset[str]:
        """Topics that each of the topic's writers writes too, and does not read as far as is known.

        They are no parents of the topic: what both have in common the program has from elsewhere, and Kafka may never
        have seen it.
        """
        beside = [
            writer.topics - self.reads_of((*writer.groups, *writer.likely_groups))
            for writer in self.writers
            if topic in writer.topics
        ]
        return frozenset.intersection(*beside) - {topic} if beside else frozenset()


def programs_in(facts: Iterable[Fact]) -> Programs:
    """Collect what facts of groups, commits and producers say about readers and writers, in whatever order."""
    read: dict[str, set[str]] = defaultdict(set)
    written: dict[int, set[str]] = defaultdict(set)
    for fact in facts:
        if isinstance(fact, OffsetCommitted):
            read[fact.group].add(fact.topic)
        elif isinstance(fact, GroupSeen):
            read[fact.group].update(fact.assigned, fact.subscribed)
        elif isinstance(fact, ProducerSeen) and fact.producer_id >= 0:
            written[fact.producer_id].add(fact.topic)
    groups = tuple((group, frozenset(topics)) for group, topics in sorted(read.items()) if topics)
    return Programs(groups, tuple(map(Writer, _joined(written.values()))))


def _joined(sets: Iterable[set[str]]) -> tuple[frozenset[str], ...]:
    """Sets that overlap made one, sorted."""
    joined: list[set[str]] = []
    for topics in sets:
        merged = set(topics)
        apart = []
        for other in joined:
            if other & merged:
                merged |= other
            else:
                apart.append(other)
        joined = [*apart, merged]
    return tuple(sorted((frozenset(topics) for topics in joined), key=sorted))
