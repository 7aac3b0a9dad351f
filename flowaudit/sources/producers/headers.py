"""Batch headers of data topics → who wrote, and what became of it. Pure: a state machine a partition.

A header carries the producer id; how a transaction ended stands in a marker further on, so what a transaction wrote is
held back until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from flowaudit.facts import Channel, Fact, NotVisible, Outcome, ProducerSeen, Provenance
from flowaudit.sources.kafka_log import Batch, BatchUndecodable

REFRESH_MS: Final = 30_000
"""A producer id that goes on writing to a partition is told again after this long."""
_FORGET_MS: Final = 3_600_000
_NO_ID: Final = -1

Partition = tuple[str, int]


@dataclass(slots=True)
class _Written:
    """What one producer id wrote to one partition, since it was told last."""

    epoch: int
    first_ms: int
    last_ms: int
    last_sequence: int
    last_offset: int
    observed_ms: int

    @classmethod
    def by(cls, batch: Batch, now_ms: int) -> _Written:
        # Not the number of records: compaction takes some away, sequence numbers run on with the offsets.
        last_sequence = batch.base_sequence + batch.last_offset - batch.base_offset
        written_ms = batch.max_timestamp_ms
        return cls(batch.producer_epoch, written_ms, written_ms, last_sequence, batch.last_offset, now_ms)

    def add(self, later: _Written) -> None:
        self.first_ms = min(self.first_ms, later.first_ms)
        self.last_ms = max(self.last_ms, later.last_ms)
        self.epoch, self.last_sequence = max((self.epoch, self.last_sequence), (later.epoch, later.last_sequence))
        self.last_offset, self.observed_ms = later.last_offset, later.observed_ms


_Key = tuple[str, int, int, Outcome]
_K = TypeVar("_K")


class HeaderScan:
    """Takes batches in the order of their offsets and gives the facts that are new.

    Records bear times that their clients chose; they are told as such (`last_timestamp_ms`), and a fact's own time is
    the moment at which the batch was read, or for a transaction its marker's time, which is the broker's.
    """

    def __init__(self) -> None:
        self._open: dict[Partition, dict[int, _Written]] = {}
        self._written: dict[_Key, _Written] = {}
        self._told_ms: dict[_Key, int] = {}
        self._unsigned: dict[str, int] = {}

    def take(self, topic: str, partition: int, batches: Iterable[Batch], now_ms: int) -> None:
        """Take in the next batches of a partition. Damaged ones say nothing."""
        transactions = self._open.setdefault((topic, partition), {})
        for batch in batches:
            if batch.damage:
                continue
            if batch.is_control:
                self._end(topic, partition, batch, now_ms)
            elif batch.producer_id == _NO_ID:
                self._unsigned[topic] = now_ms
            elif batch.is_transactional:
                _add(transactions, batch.producer_id, _Written.by(batch, now_ms))
            else:
                key = (topic, partition, batch.producer_id, Outcome.WRITTEN)
                _add(self._written, key, _Written.by(batch, now_ms))

    def skip(self, topic: str, partition: int) -> None:
        """Offsets are left out: a marker may be among them, so how open transactions end is not known any more."""
        self._open.pop((topic, partition), None)

    def keep_only(self, topics: Iterable[str]) -> None:
        """Drop what is remembered of all other topics."""
        kept = set(topics)
        self._open = {partition: held for partition, held in self._open.items() if partition[0] in kept}
        self._unsigned = {topic: at for topic, at in self._unsigned.items() if topic in kept}

    def facts(self, now_ms: int) -> list[Fact]:
        """What is worth telling now. A topic with writers that leave no producer id is told in every call."""
        due = [key for key in self._written if key not in self._told_ms or now_ms - self._told_ms[key] >= REFRESH_MS]
        told: list[Fact] = [_unsigned(topic, now_ms) for topic in self._unsigned]
        for key in due:
            told += _facts(key, self._written.pop(key), is_first=key not in self._told_ms)
            self._told_ms[key] = now_ms
        self._told_ms = {key: at for key, at in self._told_ms.items() if now_ms - at < _FORGET_MS}
        return told

    def _end(self, topic: str, partition: int, marker: Batch, now_ms: int) -> None:
        written = self._open[topic, partition].pop(marker.producer_id, None)
        outcome = _outcome(marker)
        if written is not None and outcome is not None:
            written.observed_ms = min(marker.max_timestamp_ms, now_ms) if marker.max_timestamp_ms >= 0 else now_ms
            _add(self._written, (topic, partition, marker.producer_id, outcome), written)


def _add(known: dict[_K, _Written], key: _K, written: _Written) -> None:
    if key in known:
        known[key].add(written)
    else:
        known[key] = written


def _outcome(marker: Batch) -> Outcome | None:
    try:
        return marker.control_outcome()
    except BatchUndecodable:
        return None


def _facts(key: _Key, written: _Written, *, is_first: bool) -> Iterator[ProducerSeen]:
    """The latest write; of a producer id that is new, its first one too: so it is known since when it writes."""
    topic, partition, producer_id, outcome = key
    provenance = Provenance(Channel.PRODUCER_ID, written.observed_ms, f"{topic}-{partition} @ {written.last_offset}")
    for written_ms in sorted({written.first_ms, written.last_ms} if is_first else {written.last_ms}):
        yield ProducerSeen(
            provenance=provenance,
            topic=topic,
            partition=partition,
            producer_id=producer_id,
            epoch=written.epoch,
            last_sequence=written.last_sequence,
            last_timestamp_ms=written_ms,
            transactional=outcome is not Outcome.WRITTEN,
            outcome=outcome,
        )


def _unsigned(topic: str, now_ms: int) -> NotVisible:
    provenance = Provenance(Channel.PRODUCER_ID, now_ms, "batch headers")
    hides = "who wrote some of the topic's records: their producers are not idempotent and leave no producer id"
    return NotVisible(provenance, "topic", topic, "writes-without-producer-id", hides)
