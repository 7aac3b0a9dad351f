"""Reads the newest records of data topics for their headers and schema ids, within bounds: whole batches travel."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence, Set
from typing import Final

from flowaudit.facts import Channel, DeadLettered, Fact, NotVisible, Outcome, Provenance, SchemaUsed
from flowaudit.sources.headers.decode import Place, RecordScan, SchemaSeen
from flowaudit.sources.kafka_admin import AdminSession, ListedTopic, decode_topics
from flowaudit.sources.kafka_admin.end_offsets import end_offsets
from flowaudit.sources.kafka_admin.raw import chunks
from flowaudit.sources.kafka_log import (
    Batch,
    BatchUndecodable,
    FetchedPartition,
    LogFetcher,
    LogRecord,
    log_starts,
    readable_batches,
)
from flowaudit.sources.kafka_log.fetch import OFFSET_OUT_OF_RANGE
from flowaudit.sources.news import News
from flowaudit.sources.schema_registry import RegistryUnreachable, SchemaRegistry

_NEWEST_OFFSETS: Final = 2_000
"""Of a partition that is new, or that grew faster than it is read, the rest is left out."""
_POLL_BYTES: Final = 32 << 20
"""All partitions together; those that had no turn come first in the next poll."""
_PARTITIONS_A_FETCH: Final = 64
_QUESTIONS_A_POLL: Final = 100
_BATCH_BYTES: Final = 16 << 20
"""A batch that is larger when decompressed is passed over."""
_KEY_BYTES: Final = 16

Partition = tuple[str, int]


class HeadersSource:
    """What the headers of records tell: dead letters, origins, traces through several topics, schemas.

    Records of transactions count once their commit marker was read; aborted ones never do. Reading waits at the first
    one that is undecided, until the partition grew by two thousand offsets more. A transaction that does not fit into
    one fetch of `bytes_per_partition` with its marker says nothing.

    A dead letter from a topic that this cluster does not list is left out: it came with a copy from another one. A
    program that passes headers on as they are may still make a topic look like a dead-letter topic.
    """

    name = "headers"

    def __init__(
        self,
        session: AdminSession,
        wanted: Callable[[str], bool],
        bytes_per_partition: int,
        registry: SchemaRegistry | None = None,
    ) -> None:
        """`wanted` says which topics are read; internal and unreadable ones never are.

        Of a partition, one poll reads `bytes_per_partition`, and more only when a single batch is larger.
        """
        self._session = session
        self._wanted = wanted
        self._partition_bytes = bytes_per_partition
        self._registry = registry
        self._fetcher = LogFetcher(session)
        self._scan = RecordScan(secrets.token_bytes(_KEY_BYTES))
        self._next: dict[Partition, int] = {}
        self._topic_ids: dict[str, str] = {}
        self._had_turn: dict[Partition, int] = {}
        self.fetched_bytes: Counter[str] = Counter()
        """What this source read of each topic so far: egress that is the auditor's own."""
        self._news = News()
        self._blind_spots = News()

    def poll(self, now_ms: int) -> list[Fact]:
        """What the records since the last call tell.

        Raises:
            SourceUnreachable: no broker answers. A registry that does not is a `NotVisible`.
        """
        listed = decode_topics(self._session.topics())
        wanted = [topic for topic in listed if not topic.internal and self._wanted(topic.name)]
        topics = [topic for topic in wanted if topic.readable]
        self._forget_what_went(topics)
        budget = _POLL_BYTES
        behind = self._behind([(topic.name, number) for topic in topics for number, _ in topic.leaders])
        for some in chunks(behind, _PARTITIONS_A_FETCH):
            if budget <= 0:
                break
            budget -= self._read(some, now_ms)
        schemas, blind_spots = self._schemas(now_ms)
        blind_spots += [(topic.name, _unreadable(topic.name, now_ms)) for topic in wanted if not topic.readable]
        here = {topic.name for topic in listed}
        # Records that were copied from another cluster bring along what happened there.
        named = [(key, fact) for key, fact in self._scan.named() if not _is_from_elsewhere(fact, here)]
        told = list(self._news.of([*named, *schemas]))
        return [*told, *self._scan.traces(now_ms), *self._blind_spots.of(blind_spots)]

    def _forget_what_went(self, topics: Sequence[ListedTopic]) -> None:
        ids = {topic.name: topic.topic_id for topic in topics}
        same = {name for name, topic_id in ids.items() if self._topic_ids.get(name) == topic_id}
        if len(same) < len(self._topic_ids):
            self._next = {partition: offset for partition, offset in self._next.items() if partition[0] in same}
            self._had_turn = {partition: turn for partition, turn in self._had_turn.items() if partition[0] in same}
            self._scan.keep_only(same)
            self._news = News()
        self._topic_ids = ids

    def _behind(self, partitions: Sequence[Partition]) -> list[Partition]:
        """Partitions with something to read, those first that waited longest. Sets where reading begins."""
        ends = end_offsets(self._session, partitions)
        starts = log_starts(self._session, [partition for partition in ends if partition not in self._next])
        for partition, end in ends.items():
            newest = max(end - _NEWEST_OFFSETS, starts.get(partition, 0))
            at = self._next.get(partition)
            if at is None or not newest <= at <= end:
                self._next[partition] = newest
        behind = [partition for partition, end in ends.items() if self._next[partition] < end]
        return sorted(behind, key=lambda partition: (self._had_turn.get(partition, 0), partition))

    def _read(self, partitions: Sequence[Partition], now_ms: int) -> int:
        size = 0
        for one in self._fetch({partition: self._next[partition] for partition in partitions}):
            partition = (one.topic, one.partition)
            self._had_turn[partition] = now_ms
            size += self._counted(one)
            if one.error == OFFSET_OUT_OF_RANGE:
                del self._next[partition]
            elif not one.error and not self._take(one, now_ms):
                size += self._read_alone(partition, now_ms)
        return size

    def _read_alone(self, partition: Partition, now_ms: int) -> int:
        """The first partition of a fetch gets its batch however large it is; in company a large one is cut off."""
        fetched = list(self._fetch({partition: self._next[partition]}))
        for one in fetched:
            self._take(one, now_ms)
        return sum(self._counted(one) for one in fetched)

    def _counted(self, one: FetchedPartition) -> int:
        self.fetched_bytes[one.topic] += len(one.data)
        return len(one.data)

    def _fetch(self, asked: dict[Partition, int]) -> Iterator[FetchedPartition]:
        return self._fetcher.fetch(
            asked, max_bytes=_POLL_BYTES, max_wait_ms=0, partition_max_bytes=self._partition_bytes
        )

    def _take(self, one: FetchedPartition, now_ms: int) -> bool:
        """Whether any whole batch was there."""
        at = self._next[one.topic, one.partition]
        batches = [batch for batch in readable_batches(one.data) if batch.last_offset >= at]
        known, standing = _decided(batches, one.last_stable_offset)
        place = Place(one.topic, one.partition, now_ms)
        for batch in standing:
            self._scan.take(place, (record for record in _records(batch) if record.offset >= at))
        if known:
            self._next[one.topic, one.partition] = batches[known - 1].last_offset + 1
        return bool(batches)

    def _schemas(self, now_ms: int) -> tuple[list[tuple[Hashable, Fact]], list[tuple[Hashable, NotVisible]]]:
        facts: list[tuple[Hashable, Fact]] = []
        asking = _Asking(self._registry)
        for seen in self._scan.schemas():
            subjects = asking.subjects(seen.schema_id) if seen.may_ask else None
            # A registry that answers is right about what only looks like one of its ids, and about what does not.
            if subjects or seen.in_header or (subjects is None and seen.is_certain):
                subject = subject_of(seen, subjects or ())
                fact = SchemaUsed(seen.provenance, seen.topic, seen.part, seen.schema_id, subject)
                facts.append(((seen.topic, seen.part, seen.schema_id), fact))
        return facts, [(None, _registry_hidden(now_ms))] if asking.failed else []


class _Asking:
    """The questions of one poll to the registry: so many, and none after the first that was not answered."""

    def __init__(self, registry: SchemaRegistry | None) -> None:
        self._registry = registry
        self._left = _QUESTIONS_A_POLL
        self.failed = False

    def subjects(self, schema_id: str) -> tuple[str, ...] | None:
        """None: nobody answered."""
        if self._registry is None or self.failed:
            return None
        if not self._registry.knows(schema_id):
            if not self._left:
                return None
            self._left -= 1
        try:
            return self._registry.subjects(schema_id)
        except RegistryUnreachable:
            self.failed = True
            return None


def subject_of(seen: SchemaSeen, subjects: Sequence[str]) -> str:
    """The subject that is meant: the only one, or the one that is named after the topic; else none can be told."""
    if len(subjects) == 1:
        return subjects[0]
    by_topic = f"{seen.topic}-{seen.part}"
    return by_topic if by_topic in subjects else ""


def _is_from_elsewhere(fact: Fact, topics: Set[str]) -> bool:
    return isinstance(fact, DeadLettered) and fact.topic not in topics


def _unreadable(topic: str, now_ms: int) -> NotVisible:
    hides = "dead letters, origins, traces and schemas of the topic's records: reading them asks for READ"
    return NotVisible(
        Provenance(Channel.HEADERS, now_ms, "Metadata"), "topic", topic, "no-read-right-for-headers", hides
    )


def _registry_hidden(now_ms: int) -> NotVisible:
    provenance = Provenance(Channel.HEADERS, now_ms, "GET /schemas/ids/{id}/versions")
    hides = "the subjects of the schemas that records are written with: the schema registry does not answer"
    return NotVisible(provenance, "source", "schema-registry", "registry-unreachable", hides)


def _decided(batches: Sequence[Batch], last_stable_offset: int) -> tuple[int, list[Batch]]:
    """How many batches are done with, and those of them that stand: outside of transactions, or committed further on.

    Done with is what comes before the first batch whose transaction has no end among them. If that is the very first,
    its transaction is either open, and worth waiting for, or too large for one fetch.
    """
    outcomes: dict[int, Outcome | None] = {}
    standing: list[tuple[int, Batch]] = []
    known = len(batches)
    for place, batch in reversed(list(enumerate(batches))):
        if batch.is_control:
            outcomes[batch.producer_id] = _outcome(batch)
        elif batch.is_transactional and batch.producer_id not in outcomes:
            known = place
        elif not batch.damage and (not batch.is_transactional or outcomes[batch.producer_id] is Outcome.COMMITTED):
            standing.append((place, batch))
    if not known and batches and batches[0].base_offset < last_stable_offset:
        known = len(batches)
    return known, [batch for place, batch in reversed(standing) if place < known]


def _outcome(marker: Batch) -> Outcome | None:
    try:
        return marker.control_outcome()
    except BatchUndecodable:
        return None


def _records(batch: Batch) -> list[LogRecord]:
    try:
        return batch.records(_BATCH_BYTES)
    except BatchUndecodable:
        return []
