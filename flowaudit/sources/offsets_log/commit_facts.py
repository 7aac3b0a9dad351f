"""Records of commits → facts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from flowaudit.facts import Channel, Fact, OffsetCommitted, Outcome, Provenance, TransactionalCommit
from flowaudit.sources.offsets_log.commit_records import CommitKey, decode_commit_key, decode_commit_value
from flowaudit.sources.offsets_log.pacing import Commit

_PARTITION_BYTES: Final = 4


class TransactionKey(NamedTuple):
    """What is paced of transactional commits."""

    producer_id: int
    outcome: Outcome
    key: bytes


class CommitFacts:
    """Makes facts of commits that one topic records."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._last_prefix = b""
        self._last_named = ("", "")

    def committed(self, partition: int, key: bytes, commit: Commit) -> OffsetCommitted:
        """The fact of one commit.

        Raises:
            RecordUndecodable: its key or value has another layout.
        """
        group, topic, number = self._named(key)
        offset, committed_ms = decode_commit_value(commit[1], key[1])
        where = f"{self._topic}-{partition} @ {commit[0]}"
        provenance = Provenance(Channel.OFFSETS_LOG, max(0, committed_ms), where)
        return OffsetCommitted(provenance, group, topic, number, offset)

    def in_transaction(self, partition: int, key: TransactionKey, commit: Commit) -> Iterator[Fact]:
        """The facts of one commit that was part of a transaction.

        Raises:
            RecordUndecodable: as `committed`.
        """
        plain = self.committed(partition, key.key, commit)
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

    def _named(self, key: bytes) -> CommitKey:
        """A group commits its partitions together: what comes before the partition is decoded once for them."""
        prefix = key[:-_PARTITION_BYTES]
        if prefix == self._last_prefix:
            return (*self._last_named, int.from_bytes(key[-_PARTITION_BYTES:], "big", signed=True))
        group, topic, partition = decode_commit_key(key)
        self._last_prefix, self._last_named = prefix, (group, topic)
        return group, topic, partition
