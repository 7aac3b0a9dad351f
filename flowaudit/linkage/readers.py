"""What the cluster says about programs: who reads what, and which topics one program writes.

It comes from committed offsets, group descriptions and DescribeProducers, needs no name and no host, and may be
missing altogether.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from flowaudit.facts import Fact, GroupSeen, OffsetCommitted, ProducerSeen


@dataclass(frozen=True, slots=True)
class Programs:
    """Groups with the topics that they read, and writers with the topics that they write."""

    read_by: tuple[tuple[str, frozenset[str]], ...]
    """(group, topics), by name of the group; groups that read nothing are left out."""
    written_together: tuple[frozenset[str], ...]
    """Topics that share a producer id; a topic of which no writer is known is in none."""

    @property
    def is_known(self) -> bool:
        """Is there anything to go by?"""
        return bool(self.read_by)

    @property
    def read_topics(self) -> frozenset[str]:
        """Topics that some group reads."""
        return frozenset(topic for _, topics in self.read_by for topic in topics)

    def siblings_of(self, topic: str) -> frozenset[str]:
        """The topic, and all others that the same program writes."""
        return next((topics for topics in self.written_together if topic in topics), frozenset({topic}))


def programs_in(facts: Iterable[Fact]) -> Programs:
    """Collect what facts say about readers and writers, in whatever order."""
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
    return Programs(groups, _joined(written.values()))


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
