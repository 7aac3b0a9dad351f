"""Follows `__consumer_offsets`: every commit, every membership, every transaction that took offsets along."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flowaudit.facts import Channel, Fact, Outcome
from flowaudit.sources.kafka_log import Batch, BatchUndecodable, Flushed, FollowedTopic
from flowaudit.sources.kafka_log.entries import Entry
from flowaudit.sources.offsets_log.blind_spots import BlindSpots
from flowaudit.sources.offsets_log.commit_facts import CommitFacts, TransactionKey
from flowaudit.sources.offsets_log.commit_records import COMMIT_TYPES
from flowaudit.sources.offsets_log.errors import RecordUndecodable
from flowaudit.sources.offsets_log.group_records import decode_group_record
from flowaudit.sources.offsets_log.groups import Groups, provenance_at
from flowaudit.sources.offsets_log.open_transactions import MOST_PENDING, OpenTransactions
from flowaudit.sources.offsets_log.pacing import AGAIN_MS, Commit, CommitPacing, Pacing

OFFSETS_TOPIC: Final = FollowedTopic(
    name="__consumer_offsets",
    channel=Channel.OFFSETS_LOG,
    hides="readers that come and go between two polls, and which transactions took whose offsets along",
)


class OffsetsLogFollower:
    """The follower of the offsets log, for a `LogTail`.

    Commits are told as `pacing` says. Those inside a transaction are kept until its end is read: committed ones are
    told as `TransactionalCommit` and `OffsetCommitted`, aborted ones as `TransactionalCommit` alone. Where a damaged
    batch may have held the end, the outcome is `undecided`.
    """

    def __init__(self, again_ms: int = AGAIN_MS, most_pending: int = MOST_PENDING) -> None:
        """A key that merely advances is told every `again_ms`; `most_pending` bounds commits in open transactions."""
        self._commits = CommitPacing(again_ms)
        self._decided: Pacing[TransactionKey] = Pacing(again_ms)
        self._open = OpenTransactions(most_pending)
        self._left_out = 0
        self._groups = Groups()
        self._make = CommitFacts(OFFSETS_TOPIC.name)
        self._from_head: set[int] = set()
        self._damaged: list[tuple[int, Batch]] = []
        self.blind_spots = BlindSpots(OFFSETS_TOPIC.name)

    def begin(self, partition: int, *, from_head: bool) -> None:
        """Reading of a partition starts, or starts anew."""
        (self._from_head.add if from_head else self._from_head.discard)(partition)
        self._open.drop(partition)
        self._commits.drop(partition)
        self._decided.drop(partition)

    def take(self, partition: int, batches: Iterable[Batch]) -> None:
        """Take in the next batches of a partition."""
        for batch in batches:
            try:
                if batch.is_control:
                    self._end(partition, batch)
                elif batch.is_transactional:
                    self._take_in_transaction(partition, batch)
                else:
                    self._take_others(partition, self._commits.offer_all(partition, batch.entries()))
            except BatchUndecodable:
                self._damage(partition, batch)

    def flush(self, now_ms: int, *, final: bool) -> Flushed:
        """What is to be told now."""
        for partition, batch in self._damaged:
            self.blind_spots.damaged(partition, batch.base_offset, batch.last_offset, now_ms)
        self._damaged.clear()
        if self._open.left_out > self._left_out:
            self._left_out = self._open.left_out
            self.blind_spots.too_many_open(now_ms)
        facts: list[Fact] = self._groups.facts()
        for partition, key, commit in self._commits.due(now_ms, final=final):
            try:
                facts.append(self._make.committed(partition, key, commit))
            except RecordUndecodable as error:
                self._undecodable(error, partition, commit[0], now_ms)
        for partition, decided, commit in self._decided.due(now_ms, final=final):
            try:
                facts.extend(self._make.in_transaction(partition, decided, commit))
            except RecordUndecodable as error:
                self._undecodable(error, partition, commit[0], now_ms)
        facts += self.blind_spots.facts()
        return Flushed(facts, _least(self._commits.oldest(), self._decided.oldest(), self._open.oldest()))

    def _take_in_transaction(self, partition: int, batch: Batch) -> None:
        commits: list[tuple[bytes, Commit]] = []
        others: list[Entry] = []
        for entry in batch.entries():
            key = entry.key
            if key is not None and len(key) > 1 and key[1] in COMMIT_TYPES:
                commits += [(key, (entry.offset, entry.value))] if entry.value is not None else []
            else:
                others.append(entry)
        self._open.add(partition, batch.producer_id, batch.base_offset, commits)
        self._take_others(partition, others)

    def _end(self, partition: int, batch: Batch) -> None:
        outcome = batch.control_outcome()
        if outcome is not None:
            for key, commit in self._open.end(partition, batch.producer_id).items():
                self._decided.offer(partition, TransactionKey(batch.producer_id, outcome, key), commit)

    def _damage(self, partition: int, batch: Batch) -> None:
        self._damaged.append((partition, batch))
        for producer_id, commits in self._open.abandon(partition):
            for key, commit in commits.items():
                self._decided.offer(partition, TransactionKey(producer_id, Outcome.UNDECIDED, key), commit)

    def _take_others(self, partition: int, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry.key is None:
                continue
            try:
                record = decode_group_record(entry.key, entry.value)
            except RecordUndecodable as error:
                self._undecodable(error, partition, entry.offset, entry.timestamp)
                continue
            if record is not None:
                provenance = provenance_at(OFFSETS_TOPIC.name, partition, entry.offset, entry.timestamp)
                self._groups.take(record, provenance, from_head=partition in self._from_head)

    def _undecodable(self, error: RecordUndecodable, partition: int, offset: int, at_ms: int) -> None:
        self.blind_spots.undecodable(error, provenance_at(OFFSETS_TOPIC.name, partition, offset, at_ms))


def _least(*offsets: dict[int, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in offsets:
        for partition, offset in some.items():
            found[partition] = min(found.get(partition, offset), offset)
    return found
