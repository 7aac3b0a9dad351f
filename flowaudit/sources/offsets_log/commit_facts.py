"""Records of commits → facts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flowaudit.facts import Channel, Fact, OffsetCommitted, Outcome, Provenance, TransactionalCommit
from flowaudit.sources.kafka_log.entries import Entry
from flowaudit.sources.offsets_log.commit_records import decode_commit_key, decode_commit_value


class TransactionKey(NamedTuple):
    """What is paced of transactional commits."""

    producer_id: int
    outcome: Outcome
    key: bytes


class CommitFacts:
    """Makes facts of commits that one topic records."""

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def committed(self, partition: int, key: bytes, entry: Entry) -> OffsetCommitted:
        """The fact of one commit.

        Raises:
            RecordUndecodable: its key or value has another layout.
        """
        group, topic, number = decode_commit_key(key)
        offset, committed_ms = decode_commit_value(entry.value or b"", key[1])
        where = f"{self._topic}-{partition} @ {entry.offset}"
        provenance = Provenance(Channel.OFFSETS_LOG, max(0, committed_ms), where)
        return OffsetCommitted(provenance, group, topic, number, offset)

    def in_transaction(self, partition: int, key: TransactionKey, entry: Entry) -> Iterator[Fact]:
        """The facts of one commit that was part of a transaction.

        Raises:
            RecordUndecodable: as `committed`.
        """
        plain = self.committed(partition, key.key, entry)
        where = plain.provenance
        yield TransactionalCommit(
            provenance=Provenance(Channel.TRANSACTION, where.observed_ms, where.reference),
            producer_id=key.producer_id,
            group=plain.group,
            topic=plain.topic,
            partition=plain.partition,
            offset=plain.offset,
            outcome=key.outcome,
        )
        if key.outcome is Outcome.COMMITTED:
            yield plain
