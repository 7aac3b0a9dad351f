"""Which partitions are to be read, from a listing of topics. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from flowaudit.sources.kafka_admin import ListedTopic


class TapPartition(NamedTuple):
    """A partition of one incarnation of a topic: a re-created topic has another id (KIP-516)."""

    topic: str
    topic_id: str
    partition: int


Owns = Callable[[str, int], bool]
"""Whether (topic, partition) is this reader's to read."""


def owns_all(topic: str, partition: int) -> bool:  # noqa: ARG001 (it does not matter which)
    """The share of a reader that is alone: everything."""
    return True


@dataclass(frozen=True, slots=True)
class TopicFilter:
    """Which topics may be tapped. A pattern must match a topic's whole name; internal topics are never tapped."""

    patterns: tuple[str, ...]
    exclude: tuple[str, ...] = ()

    def takes(self, topic: ListedTopic) -> bool:
        """Whether the topic may be tapped."""
        return (
            not topic.internal
            and any(re.fullmatch(pattern, topic.name) for pattern in self.patterns)
            and not any(re.fullmatch(pattern, topic.name) for pattern in self.exclude)
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What a listing says is to be read, and what cannot be."""

    partitions: frozenset[TapPartition]
    unreadable: frozenset[str]
    """Topics that the filter takes and this principal may not READ."""


def plan_of(listed: Iterable[ListedTopic], topics: TopicFilter, owns: Owns) -> Plan:
    """The plan for one listing."""
    taken = [topic for topic in listed if topics.takes(topic)]
    return Plan(
        partitions=frozenset(
            TapPartition(topic.name, topic.topic_id, partition)
            for topic in taken
            if topic.readable
            for partition in range(topic.partitions)
            if owns(topic.name, partition)
        ),
        unreadable=frozenset(topic.name for topic in taken if not topic.readable),
    )
