"""The tap as a part of the engine: in this process, or shared out over workers on an audit cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

from flowaudit.bootstrap.parts import audit_settings_of, reader_settings_of
from flowaudit.config import Settings
from flowaudit.engine.clock import now_ms
from flowaudit.engine.ports import Delivery, Sink, SourceHealth
from flowaudit.facts import Fact
from flowaudit.ledger import Ledger, PartitionKey
from flowaudit.metrics.state import TapLag
from flowaudit.sources.kafka_admin import AdminSession, ListedTopic, decode_topics
from flowaudit.sources.kafka_admin.end_offsets import end_offsets
from flowaudit.sources.tap.in_process import InProcessTap, TapBatch
from flowaudit.sources.tap.plan import TapPartition


class Tap(Protocol):
    """What delivers tapped runs."""

    def start(self, sink: Callable[[TapBatch], None]) -> None:
        """Begin to deliver."""

    def stop(self) -> None:
        """Deliver what is left, then end."""


class TapPart:
    """Hands the tap's batches to the engine and keeps its health."""

    name = "tap"

    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._health = SourceHealth(self.name)

    def start(self, sink: Sink) -> None:
        """Begin to deliver."""

        def take(batch: TapBatch) -> None:
            sink(Delivery(facts=batch.facts, sightings=batch.sightings))
            attempts = self._health.attempts + 1
            self._health = replace(self._health, attempts=attempts, last_success_ms=now_ms())

        self._tap.start(take)

    def stop(self) -> None:
        """Deliver what is left, then end."""
        self._tap.stop()

    def health(self) -> tuple[SourceHealth, ...]:
        """One entry: the tap, last successful when it last delivered."""
        return (self._health,)


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
    """The tap that the settings ask for; None when they name no topic."""
    if not settings.tap.topics:
        return None
    return TapPart(_in_process(settings, session, ledger))


def _in_process(settings: Settings, session: AdminSession, ledger: Ledger) -> InProcessTap:
    positions = ledger.positions()

    def position_of(partition: TapPartition) -> int | None:
        return positions.get(PartitionKey(partition.topic, partition.topic_id, partition.partition))

    def listing() -> Iterable[ListedTopic]:
        return decode_topics(session.topics())

    return InProcessTap(reader_settings_of(settings), audit_settings_of(settings), listing, position_of, now_ms)


def _lags(positions: dict[PartitionKey, int], ends: dict[tuple[str, int], int]) -> Iterable[TapLag]:
    behind: dict[str, int] = {}
    for key, position in positions.items():
        end = ends.get((key.topic, key.partition), position)
        behind[key.topic] = behind.get(key.topic, 0) + max(end - position, 0)
    return (TapLag(topic, records) for topic, records in sorted(behind.items()))
