"""The cluster's own logs as parts of the engine: followed beside the tap, their positions stored with their facts."""

from __future__ import annotations

from collections.abc import Iterator

from flowaudit.bootstrap.connection import connection_of
from flowaudit.config import Settings
from flowaudit.engine.clock import now_ms
from flowaudit.engine.ports import Delivery, Sink, SourceHealth
from flowaudit.ledger import FeedKey, Ledger
from flowaudit.sources.broker_logs import AuditTopicFollower, audit_topic
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_log import FollowedTopic, Follower, LogTail, TailBatch
from flowaudit.sources.offsets_log import OFFSETS_TOPIC, OffsetsLogFollower
from flowaudit.sources.transactions import TRANSACTION_LOG, TransactionFollower

_OFFSETS = "offsets-log"
_TRANSACTIONS = "transaction-log"
_AUDIT_EVENTS = "audit-topic"


class FollowedLog:
    """One log of the cluster. How far it was read is stored in the transaction that stores the facts."""

    def __init__(self, tail: LogTail) -> None:
        self._tail = tail
        self.name = tail.name

    def start(self, sink: Sink) -> None:
        """Begin to deliver."""

        def take(batch: TailBatch) -> None:
            positions = {FeedKey(self.name, *where): offset for where, offset in batch.positions.items()}
            sink(Delivery(facts=batch.facts, feed_positions=positions))

        self._tail.start(take)

    @property
    def has_failed(self) -> bool:
        """Did something end it before its time?"""
        return self._tail.has_failed

    @property
    def is_caught_up(self) -> bool:
        """Was everything read that stood in the log when the audit began?"""
        return self._tail.is_caught_up

    def stop(self) -> None:
        """Deliver what is there, then end."""
        self._tail.stop()

    def health(self) -> tuple[SourceHealth, ...]:
        """One entry."""
        health = self._tail.health()
        return (
            SourceHealth(
                name=health.name,
                last_success_ms=health.last_success_ms,
                duration_ms=health.duration_ms,
                attempts=health.attempts,
                errors=health.errors,
                last_error=health.last_error,
            ),
        )


def logs_of(settings: Settings, ledger: Ledger) -> tuple[FollowedLog, ...]:
    """The logs that the settings ask for, each going on from where the ledger left it."""
    return tuple(_logs(settings, ledger))


def _logs(settings: Settings, ledger: Ledger) -> Iterator[FollowedLog]:
    if settings.offsets_log.enabled:
        yield _followed(settings, ledger, _OFFSETS, OFFSETS_TOPIC, OffsetsLogFollower())
    if settings.transactions.enabled:
        yield _followed(settings, ledger, _TRANSACTIONS, TRANSACTION_LOG, TransactionFollower())
    if topic := settings.broker_logs.audit_topic:
        yield _followed(settings, ledger, _AUDIT_EVENTS, audit_topic(topic), AuditTopicFollower(topic))


def _followed(settings: Settings, ledger: Ledger, name: str, topic: FollowedTopic, follower: Follower) -> FollowedLog:
    positions = ledger.feed_positions(name)

    def position_of(topic: str, partition: int) -> int | None:
        return positions.get(FeedKey(name, topic, partition))

    def connect() -> AdminSession:
        return AdminSession(connection_of(settings.kafka))

    return FollowedLog(LogTail(name, connect, topic, follower, position_of, now_ms))
