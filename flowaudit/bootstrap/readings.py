"""What is known of topics' readers at one moment: what the estimate of unaccounted egress is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set

from flowaudit.graph.evidence import EdgeKind, Tier
from flowaudit.graph.snapshot import Edge, GraphSnapshot
from flowaudit.ledger import Ledger
from flowaudit.sources.broker_metrics import Readings, TopicReading
from flowaudit.sources.kafka_admin import AdminSession, decode_topics
from flowaudit.sources.kafka_admin.end_offsets import end_offsets

_TAP = "the tap"
"""No group may be called so by accident: the auditor's own progress stands beside those of the groups."""
OwnBytes = Callable[[], Mapping[str, int]]
"""Bytes by topic that the auditor fetched beside its tap, in total since it began."""


def readings_of(
    session: AdminSession,
    snapshot: Callable[[], GraphSnapshot | None],
    ledger: Ledger,
    own_bytes: OwnBytes,
    unmeasured_topics: Set[str],
) -> Readings:
    """End offsets as the cluster says them now, progress as the latest snapshot has it.

    `unmeasured_topics` are read by the auditor in a way that nobody counts.
    """
    before: dict[str, dict[str, int]] = {}

    def readings() -> Mapping[str, TopicReading]:
        latest = snapshot()
        if latest is None:
            return {}
        ends = _ends(session)
        progress = _progress(latest.edges)
        went_back = _went_back(before, progress)
        before.clear()
        before.update(progress)
        tapped = _tapped(ledger)
        fetched = own_bytes()
        unmeasured = _unmeasured(latest.edges) | went_back | unmeasured_topics
        return {
            topic: TopicReading(
                end_offset=end,
                progress={**progress.get(topic, {}), **({_TAP: tapped[topic]} if topic in tapped else {})},
                own_bytes=fetched.get(topic, 0),
                has_unmeasured_readers=topic in unmeasured,
            )
            for topic, end in ends.items()
        }

    return readings


def _ends(session: AdminSession) -> dict[str, int]:
    topics = [topic for topic in decode_topics(session.topics()) if not topic.internal]
    ends: dict[str, int] = {}
    asked = [(topic.name, partition) for topic in topics for partition, _ in topic.leaders]
    for (topic, _), end in end_offsets(session, asked).items():
        ends[topic] = ends.get(topic, 0) + end
    return ends


def _progress(edges: Iterable[Edge]) -> dict[str, dict[str, int]]:
    progress: dict[str, dict[str, int]] = {}
    for edge in edges:
        if edge.kind is EdgeKind.CONSUMES and (position := _position(edge)) is not None:
            progress.setdefault(edge.source.name, {})[edge.target.document_id] = position
    return progress


def _position(edge: Edge) -> int | None:
    """How far the reader is now, over all partitions: the latest commits, not the highest."""
    told = [
        (evidence.last_seen_ms, value)
        for evidence in edge.evidence
        for key, value in evidence.detail
        if key == "position_records" and isinstance(value, int)
    ]
    return max(told)[1] if told else None


def _went_back(before: Mapping[str, Mapping[str, int]], now: Mapping[str, Mapping[str, int]]) -> set[str]:
    """Topics with a reader that was set back: what it reads again, nobody counts."""
    return {
        topic
        for topic, readers in now.items()
        if any(position < before.get(topic, {}).get(reader, 0) for reader, position in readers.items())
    }


def _tapped(ledger: Ledger) -> dict[str, int]:
    read: dict[str, int] = {}
    for key, offset in ledger.positions().items():
        read[key.topic] = read.get(key.topic, 0) + offset
    return read


def _unmeasured(edges: Iterable[Edge]) -> set[str]:
    """Topics with a reader that was seen, and of which nobody knows how far it has come."""
    return {
        edge.source.name
        for edge in edges
        if edge.kind is EdgeKind.CONSUMES and edge.tier.at_least(Tier.OBSERVED) and _position(edge) is None
    }
