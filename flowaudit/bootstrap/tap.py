"""The tap as a part of the engine: in this process, or shared out over workers on an audit cluster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from flowaudit.bootstrap.connection import connection_of
from flowaudit.bootstrap.parts import audit_settings_of, linkage_settings_of, reader_settings_of
from flowaudit.bootstrap.sources import registry_of
from flowaudit.bootstrap.worker import audit_cluster_of, layout_of
from flowaudit.config import Settings
from flowaudit.engine.clock import now_ms
from flowaudit.engine.ports import Delivery, Sink, SourceHealth
from flowaudit.engine.watermark import Level
from flowaudit.facts import BucketsClosed, Fact, RunAudited
from flowaudit.ledger import FeedKey, Ledger, PartitionKey
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.metrics.state import TapLag
from flowaudit.sources.kafka_admin import AdminSession, ListedTopic, decode_topics
from flowaudit.sources.kafka_admin.end_offsets import end_offsets
from flowaudit.sources.tap.feed import AuditClusterFeed, FeedBatch
from flowaudit.sources.tap.in_process import Account, InProcessTap, TapBatch
from flowaudit.sources.tap.partition_audit import Resumed
from flowaudit.sources.tap.plan import TapPartition
from flowaudit.sources.tap.resume import resumed


class TapPart(Protocol):
    """A part of the engine that brings what taps read."""

    @property
    def name(self) -> str:
        """A short stable name."""

    def start(self, sink: Sink) -> None:
        """Begin to deliver."""

    @property
    def has_failed(self) -> bool:
        """Did something end it before its time?"""

    def stop(self) -> None:
        """Deliver what is left, then end."""

    def health(self) -> tuple[SourceHealth, ...]:
        """One entry; the last success is the last delivery."""


class OwnTap:
    """The tap in this process."""

    name = "tap"

    def __init__(self, tap: InProcessTap) -> None:
        self._tap = tap
        self._health = SourceHealth(self.name)

    def start(self, sink: Sink) -> None:
        """Begin to deliver."""

        def take(batch: TapBatch) -> None:
            sink(Delivery(facts=batch.facts, sightings=batch.sightings, level=_level(batch)))
            self._health = _delivered(self._health)

        # Until the tap has asked, anything may be left to read: no bucket of linkage is closed before.
        sink(Delivery(level=Level(is_known=False)))
        self._tap.start(take)

    @property
    def has_failed(self) -> bool:
        """Did something end it before its time?"""
        return self._tap.has_failed

    def stop(self) -> None:
        """Deliver what is left, then end."""
        self._tap.stop()

    def health(self) -> tuple[SourceHealth, ...]:
        """One entry; the last success is the last delivery."""
        return (self._health,)


class WorkersFeed:
    """What workers shipped to the audit cluster. How far it was read is stored with the facts themselves."""

    name = "feed"

    def __init__(self, feed: AuditClusterFeed) -> None:
        self._feed = feed
        self._health = SourceHealth(self.name)

    def start(self, sink: Sink) -> None:
        """Begin to deliver."""

        def take(batch: FeedBatch) -> None:
            positions = {FeedKey(self.name, *where): offset for where, offset in batch.positions.items()}
            sink(Delivery(facts=batch.facts, sightings=batch.sightings, feed_positions=positions))
            self._health = _delivered(self._health, batch.undecodable)

        self._feed.start(take)

    @property
    def has_failed(self) -> bool:
        """Did something end it before its time?"""
        return self._feed.has_failed

    def stop(self) -> None:
        """End it."""
        self._feed.stop()

    def health(self) -> tuple[SourceHealth, ...]:
        """One entry; its errors are records of the audit cluster that are no facts of this version."""
        return (self._health,)


def _delivered(health: SourceHealth, errors: int = 0) -> SourceHealth:
    attempts = health.attempts + 1
    return replace(health, attempts=attempts, errors=health.errors + errors, last_success_ms=now_ms())


class TapLagWatch:
    """Asks where the tapped partitions end, and so how far the tap is behind. It tells no facts."""

    name = "tap-lag"

    def __init__(self, session: AdminSession, ledger: Ledger) -> None:
        self._session = session
        self._ledger = ledger
        self._lags: tuple[TapLag, ...] = ()

    def poll(self, now_ms: int) -> list[Fact]:  # noqa: ARG002 (lags are not dated)
        """Ask once."""
        positions = self._ledger.positions()
        ends = end_offsets(self._session, {(key.topic, key.partition) for key in positions})
        self._lags = tuple(_lags(positions, ends))
        return []

    def lags(self) -> tuple[TapLag, ...]:
        """Records yet to read, by topic, as of the last poll."""
        return self._lags


def tap_of(settings: Settings, session: AdminSession, ledger: Ledger) -> TapPart | None:
    """The tap that the settings ask for: none, the workers' of an audit cluster, or one in this process."""
    if not settings.tap.topics:
        return None
    if settings.audit_cluster is not None:
        return WorkersFeed(_feed(settings, ledger))
    return OwnTap(_in_process(settings, session, ledger))


def _feed(settings: Settings, ledger: Ledger) -> AuditClusterFeed:
    layout = layout_of(settings)
    positions = ledger.feed_positions(WorkersFeed.name)

    def position_of(topic: str, partition: int) -> int | None:
        if topic == layout.sightings_topic:
            # Sightings are kept for one linkage window only, and a run that starts has forgotten that window.
            return None
        return positions.get(FeedKey(WorkersFeed.name, topic, partition))

    return AuditClusterFeed(connection_of(audit_cluster_of(settings)), layout, position_of)


def _level(batch: TapBatch) -> Level | None:
    if batch.behind is None:
        return None
    behind = frozenset((partition.topic, partition.partition) for partition in batch.behind)
    return Level(behind, is_reading_again=batch.is_reading_again)


def resumed_of(ledger: Ledger, linkage: LinkageSettings) -> dict[TapPartition, Resumed]:
    """What must be read again of what is accounted for: all that the open buckets of linkage look at."""
    starts = {TapPartition(key.topic, key.topic_id, key.partition): offset for key, offset in ledger.starts().items()}
    closed = [fact.until_ms for fact in ledger.facts_of(BucketsClosed)]
    needed_ms = max(closed) - linkage.reach_ms if closed else None
    return resumed(ledger.facts_of(RunAudited), starts, needed_ms)


def _in_process(settings: Settings, session: AdminSession, ledger: Ledger) -> InProcessTap:
    positions = ledger.positions()

    def position_of(partition: TapPartition) -> int | None:
        return positions.get(PartitionKey(partition.topic, partition.topic_id, partition.partition))

    def listing() -> Iterable[ListedTopic]:
        return decode_topics(session.topics())

    return InProcessTap(
        reader_settings_of(settings),
        audit_settings_of(settings),
        listing,
        Account(position_of, resumed_of(ledger, linkage_settings_of(settings))),
        now_ms,
        registry_of(settings),
    )


def _lags(positions: dict[PartitionKey, int], ends: dict[tuple[str, int], int]) -> Iterable[TapLag]:
    behind: dict[str, int] = {}
    for key, position in positions.items():
        end = ends.get((key.topic, key.partition), position)
        behind[key.topic] = behind.get(key.topic, 0) + max(end - position, 0)
    return (TapLag(topic, records) for topic, records in sorted(behind.items()))
