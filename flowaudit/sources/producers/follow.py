"""Reads the newest batches of data topics for their headers, within bounds: whole batches travel for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flowaudit.facts import Fact, NotVisible
from flowaudit.sources.kafka_admin import AdminSession, ListedTopic, decode_topics
from flowaudit.sources.kafka_admin.end_offsets import end_offsets
from flowaudit.sources.kafka_admin.raw import chunks
from flowaudit.sources.kafka_log import (
    FetchedPartition,
    LogFetcher,
    log_starts,
    readable_batches,
)
from flowaudit.sources.kafka_log.fetch import OFFSET_OUT_OF_RANGE
from flowaudit.sources.news import News
from flowaudit.sources.producers.headers import HeaderScan, Partition

_PARTITIONS_A_FETCH: Final = 64


@dataclass(frozen=True, slots=True)
class HeaderLimits:
    """How much one poll may read."""

    newest_offsets: int = 10_000
    """Of a partition that is new, or that grew faster than it is read, the rest is left out."""
    partition_bytes: int = 256 << 10
    """A partition a poll; more only when a single batch is larger."""
    poll_bytes: int = 32 << 20
    """All partitions together; those that had no turn come first in the next poll."""


class BatchHeadersSource:
    """Who writes, by the headers of the batches themselves: idempotent producers, and how transactions ended.

    Unlike DescribeProducers it tells committed from aborted, and notices producers that leave no id.
    """

    name = "batch-headers"

    def __init__(
        self, session: AdminSession, wanted: Callable[[str], bool], limits: HeaderLimits | None = None
    ) -> None:
        """`wanted` says of which topics the headers are read; internal and unreadable ones never are."""
        self._session = session
        self._wanted = wanted
        self._limits = limits or HeaderLimits()
        self._fetcher = LogFetcher(session)
        self._scan = HeaderScan()
        self._next: dict[Partition, int] = {}
        self._topic_ids: dict[str, str] = {}
        self._had_turn: dict[Partition, int] = {}
        self._blind_spots = News()
        self.fetched_bytes: dict[str, int] = {}
        """By topic, since the beginning: what the brokers served because of this source."""

    def poll(self, now_ms: int) -> list[Fact]:
        """New writers since the last call, and those that went on writing."""
        topics = [topic for topic in decode_topics(self._session.topics()) if self._is_read(topic)]
        self._forget_what_went(topics)
        budget = self._limits.poll_bytes
        behind = self._behind([(topic.name, partition) for topic in topics for partition, _ in topic.leaders])
        for some in chunks(behind, _PARTITIONS_A_FETCH):
            if budget <= 0:
                break
            budget -= self._read(some, now_ms)
        facts = self._scan.facts(now_ms)
        blind_spots = [(fact.name, fact) for fact in facts if isinstance(fact, NotVisible)]
        self._blind_spots.forget_all_but(name for name, _ in blind_spots)
        return [*(f for f in facts if not isinstance(f, NotVisible)), *self._blind_spots.of(blind_spots)]

    def _is_read(self, topic: ListedTopic) -> bool:
        return topic.readable and not topic.internal and self._wanted(topic.name)

    def _forget_what_went(self, topics: Sequence[ListedTopic]) -> None:
        ids = {topic.name: topic.topic_id for topic in topics}
        same = {name for name, topic_id in ids.items() if self._topic_ids.get(name) == topic_id}
        self._next = {partition: offset for partition, offset in self._next.items() if partition[0] in same}
        self._had_turn = {partition: turn for partition, turn in self._had_turn.items() if partition[0] in same}
        self._scan.keep_only(same)
        self._topic_ids = ids

    def _behind(self, partitions: Sequence[Partition]) -> list[Partition]:
        """Partitions with something to read, those first that waited longest. Sets where reading begins."""
        ends = end_offsets(self._session, partitions)
        starts = log_starts(self._session, [partition for partition in ends if partition not in self._next])
        for partition, end in ends.items():
            newest = max(end - self._limits.newest_offsets, starts.get(partition, 0))
            at = self._next.get(partition)
            if at is None or not newest <= at <= end:
                self._next[partition] = newest
                self._scan.skip(*partition)
        behind = [partition for partition, end in ends.items() if self._next[partition] < end]
        return sorted(behind, key=lambda partition: (self._had_turn.get(partition, 0), partition))

    def _read(self, partitions: Sequence[Partition], now_ms: int) -> int:
        asked = {partition: self._next[partition] for partition in partitions}
        size = 0
        for one in self._fetch(asked):
            partition = (one.topic, one.partition)
            self._had_turn[partition] = now_ms
            size += self._weigh(one)
            if one.error == OFFSET_OUT_OF_RANGE:
                del self._next[partition]
            elif not one.error and not self._take(one, now_ms):
                size += self._read_alone(partition, now_ms)
        return size

    def _read_alone(self, partition: Partition, now_ms: int) -> int:
        """The first partition of a fetch gets its batch however large it is; in company a large one is cut off."""
        size = 0
        for one in self._fetch({partition: self._next[partition]}):
            self._take(one, now_ms)
            size += self._weigh(one)
        return size

    def _weigh(self, one: FetchedPartition) -> int:
        size = len(one.data)
        self.fetched_bytes[one.topic] = self.fetched_bytes.get(one.topic, 0) + size
        return size

    def _fetch(self, asked: dict[Partition, int]) -> Iterator[FetchedPartition]:
        limits = self._limits
        return self._fetcher.fetch(
            asked, max_bytes=limits.poll_bytes, max_wait_ms=0, partition_max_bytes=limits.partition_bytes
        )

    def _take(self, one: FetchedPartition, now_ms: int) -> bool:
        """Whether any whole batch was there."""
        at = self._next[one.topic, one.partition]
        batches = [batch for batch in readable_batches(one.data) if batch.last_offset >= at]
        self._scan.take(one.topic, one.partition, batches, now_ms)
        if batches:
            self._next[one.topic, one.partition] = batches[-1].last_offset + 1
        return bool(batches)
