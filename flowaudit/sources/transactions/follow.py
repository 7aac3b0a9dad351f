"""Follows the transaction log: its batches → facts. Pure; the tail that reads them is `kafka_log`'s."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flowaudit.facts import Channel, Fact, NotVisible, Provenance
from flowaudit.sources.kafka_log import Batch, BatchUndecodable
from flowaudit.sources.kafka_log.follower import Flushed, FollowedTopic
from flowaudit.sources.transactions.decode import STATE_TOPIC, TransactionUndecodable, decode_key, decode_value
from flowaudit.sources.transactions.telling import Telling

TRANSACTION_LOG: Final = FollowedTopic(
    STATE_TOPIC, Channel.TRANSACTION, "which topics transactions wrote and how they ended"
)


class TransactionFollower:
    """Tells which producer ids a transactional id has had, and which topics its transactions wrote.

    Nothing is held back: a decision and the topics that it is about stand in one record.
    """

    def __init__(self) -> None:
        self._telling = Telling()
        self._undecodable_records = 0
        self._has_told_undecodable = False

    def begin(self, partition: int, *, from_head: bool) -> None:
        """Nothing is pending of a partition, ever."""

    def take(self, partition: int, batches: Iterable[Batch]) -> None:
        """Take in the next batches. Records that are none, or of a version to come, are counted and passed over."""
        for batch in batches:
            try:
                entries = () if batch.damage or batch.is_control else batch.entries()
            except BatchUndecodable:
                self._undecodable_records += batch.record_count
                continue
            for entry in entries:
                self._take(partition, entry.offset, entry.key, entry.value)

    def flush(self, now_ms: int, *, final: bool) -> Flushed:  # noqa: ARG002 (nothing is kept for the end)
        """What is new."""
        facts = self._telling.facts()
        if self._undecodable_records and not self._has_told_undecodable:
            self._has_told_undecodable = True
            facts.append(_undecodable(now_ms))
        return Flushed(facts)

    def _take(self, partition: int, offset: int, key: bytes | None, value: bytes | None) -> None:
        try:
            transactional_id = decode_key(key or b"")
            if transactional_id is None:
                return
            if value is None:
                self._telling.forget(transactional_id)
            else:
                self._telling.take(transactional_id, decode_value(value), partition, offset)
        except TransactionUndecodable:
            self._undecodable_records += 1


def _undecodable(now_ms: int) -> Fact:
    provenance = Provenance(Channel.TRANSACTION, now_ms, STATE_TOPIC)
    hides = "some transactions: their records are damaged, or of a layout that this version does not know"
    return NotVisible(provenance, "topic", STATE_TOPIC, "undecodable", hides)
