"""Listed topics → facts. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flowaudit.facts import Channel, NotVisible, Provenance, TopicSeen
from flowaudit.sources.kafka_admin import ListedTopic


def topic_facts(topics: Iterable[ListedTopic], with_records: Collection[str], now_ms: int) -> list[TopicSeen]:
    """One `TopicSeen` a topic; `with_records` are those of which an end offset is above 0."""
    provenance = Provenance(Channel.METADATA, now_ms, "Metadata")
    return [TopicSeen(provenance, t.name, t.topic_id, t.partitions, t.internal, t.name in with_records) for t in topics]


def unreadable_facts(topics: Iterable[ListedTopic], now_ms: int) -> list[NotVisible]:
    """One `NotVisible` a data topic whose records this principal may not read."""
    provenance = Provenance(Channel.METADATA, now_ms, "Metadata, authorized operations (KIP-430)")
    hides = "what the records carry, where their identifiers reappear, and who writes the topic (DescribeProducers)"
    return [
        NotVisible(provenance, "topic", t.name, "no-read-right", hides)
        for t in topics
        if not t.readable and not t.internal
    ]


def untapped_facts(topics: Iterable[ListedTopic], now_ms: int) -> list[NotVisible]:
    """One `NotVisible` a data topic whose records might be read but which nobody asked to tap."""
    provenance = Provenance(Channel.METADATA, now_ms, "the tap's patterns")
    hides = "what the records carry, and where their identifiers reappear; name the topic with --tap to see it"
    return [NotVisible(provenance, "topic", t.name, "not-tapped", hides) for t in topics if not t.internal]
