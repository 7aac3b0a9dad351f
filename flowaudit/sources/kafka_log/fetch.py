"""Raw Fetch requests: the log's own bytes, from the leaders, without a group and without a trace.

Fetch up to version 12 names topics (13 and later name their ids). Nothing here makes a broker create anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from kafka.protocol.consumer import FetchRequest, ListOffsetsRequest
from typing_extensions import override

from flowaudit.errors import SourceUnreachable
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_admin.end_offsets import leaders

NO_LEADER: Final = 5
"""LEADER_NOT_AVAILABLE: what `FetchedPartition.error` says when there is no broker to ask."""
OFFSET_OUT_OF_RANGE: Final = 1
_MOVED: Final = frozenset({3, 5, 6, 9, 13, 74, 75, 76, 100, 103})
"""Errors after which the leader is asked for anew: unknown topic or partition, no leader, not the leader, replica or
broker not available, network, leader epochs, unknown or inconsistent topic id."""
_NEWEST_VERSION_BY_NAME: Final = 12
_NO_SESSION: Final = -1
_EARLIEST: Final = -2
_CONSUMER: Final = -1
_MOST_LEADERS_AT_ONCE: Final = 16

Partition = tuple[str, int]
"""Topic and number."""


@dataclass(frozen=True, slots=True)
class FetchedPartition:
    """One partition's part of a Fetch answer."""

    topic: str
    partition: int
    error: int
    """Kafka's error code; 0: none."""
    high_watermark: int
    """Offset up to which the partition may be read; -1 with an error."""
    last_stable_offset: int
    """All transactions below are decided; -1 with an error."""
    log_start_offset: int
    """The first offset that is still there; -1 with an error, or before Kafka 1.0."""
    data: bytes
    """Record batches, for `read_batches`. The first may begin before the asked offset, the last may be cut off."""

    @override
    def __repr__(self) -> str:
        return f"FetchedPartition({self.topic!r}, {self.partition}, error={self.error}, bytes={len(self.data)})"


class LogFetcher:
    """Fetches from partition leaders over one session. For one thread at a time.

    A fetch that waits holds up whatever else the session's connection to that broker is asked: give it a session of
    its own. Leaders are remembered, and asked for anew after an error that says that they moved.
    """

    def __init__(self, session: AdminSession) -> None:
        self._session = session
        self._leaders: dict[Partition, int] = {}

    def fetch(
        self,
        wanted: Mapping[Partition, int],
        *,
        max_bytes: int = 16 << 20,
        max_wait_ms: int = 300,
        partition_max_bytes: int = 1 << 20,
        min_bytes: int = 1,
    ) -> Iterator[FetchedPartition]:
        """Ask once for `wanted` (topic and partition → offset); answers are filled in its order.

        A leader answers with at most `max_bytes` (more when a single batch is larger) as soon as it has `min_bytes`,
        or after `max_wait_ms`. Leaders are asked at the same time. Uncommitted and control batches are included.

        Partitions that nobody leads, or whose leader does not answer, come with an error.

        Raises:
            SourceUnreachable: no broker answers at all.
        """
        led = self._by_leader(wanted)
        request = _Request(max_bytes, max_wait_ms, partition_max_bytes, min_bytes)
        asked = [
            (leader, {p: wanted[p] for p in partitions}) for leader, partitions in led.items() if leader is not None
        ]
        answered = 0
        for partitions, answer in _at_once(lambda one: (one[1], self._ask(one[0], request, one[1])), asked):
            answered += answer is not None
            yield from self._taken(partitions, answer)
        if asked and not answered:
            msg = f"none of {len(asked)} brokers answered a fetch: are they up?"
            raise SourceUnreachable(msg)
        yield from (_failed(partition, NO_LEADER) for partition in led.get(None, ()))

    def _by_leader(self, wanted: Iterable[Partition]) -> dict[int | None, list[Partition]]:
        partitions = list(wanted)
        unknown = [partition for partition in partitions if partition not in self._leaders]
        for leader, topics in leaders(self._session, unknown).items() if unknown else ():
            self._leaders |= {(topic, number): leader for topic, numbers in topics.items() for number in numbers}
        led: dict[int | None, list[Partition]] = {}
        for partition in partitions:
            led.setdefault(self._leaders.get(partition), []).append(partition)
        return led

    def _ask(self, leader: int, request: _Request, wanted: Mapping[Partition, int]) -> Any:  # noqa: ANN401 (untyped answer)
        try:
            return self._session.send(request.message(wanted), leader)
        except SourceUnreachable:
            return None

    def _taken(self, asked: Iterable[Partition], answer: Any) -> Iterator[FetchedPartition]:  # noqa: ANN401
        fetched = _decoded(answer) if answer is not None else (_failed(partition, NO_LEADER) for partition in asked)
        for one in fetched:
            if one.error in _MOVED:
                self._leaders.pop((one.topic, one.partition), None)
            yield one


def log_starts(session: AdminSession, partitions: Iterable[Partition]) -> dict[Partition, int]:
    """First offset that is still there. Partitions that cannot be asked (rights, no leader, gone) are left out."""
    found: dict[Partition, int] = {}
    for leader, led in leaders(session, partitions).items():
        for topic in session.send(_list_offsets(led), leader).topics:
            for partition in topic.partitions:
                if not partition.error_code:
                    found[str(topic.name), int(partition.partition_index)] = int(partition.offset)
    return found


@dataclass(frozen=True, slots=True)
class _Request:
    max_bytes: int
    max_wait_ms: int
    partition_max_bytes: int
    min_bytes: int

    def message(self, wanted: Mapping[Partition, int]) -> object:
        topic, partition = FetchRequest.FetchTopic, FetchRequest.FetchTopic.FetchPartition
        named: dict[str, list[object]] = {}
        for (name, number), offset in wanted.items():
            asked = partition(
                partition=number,
                current_leader_epoch=-1,
                fetch_offset=offset,
                last_fetched_epoch=-1,
                log_start_offset=-1,
                partition_max_bytes=self.partition_max_bytes,
            )
            named.setdefault(name, []).append(asked)
        return FetchRequest(
            replica_id=_CONSUMER,
            max_wait_ms=self.max_wait_ms,
            min_bytes=self.min_bytes,
            max_bytes=self.max_bytes,
            isolation_level=0,
            session_id=0,
            session_epoch=_NO_SESSION,
            topics=[topic(topic=name, partitions=partitions) for name, partitions in named.items()],
            forgotten_topics_data=[],
            rack_id="",
            max_version=_NEWEST_VERSION_BY_NAME,
        )


def _at_once(
    call: Callable[[tuple[int, dict[Partition, int]]], tuple[dict[Partition, int], Any]],
    asked: list[tuple[int, dict[Partition, int]]],
) -> Iterator[tuple[dict[Partition, int], Any]]:
    if len(asked) <= 1:
        yield from map(call, asked)
        return
    with ThreadPoolExecutor(min(len(asked), _MOST_LEADERS_AT_ONCE), "flowaudit-fetch") as threads:
        yield from threads.map(call, asked)


def _decoded(answer: Any) -> Iterator[FetchedPartition]:  # noqa: ANN401
    for topic in answer.responses:
        for part in topic.partitions:
            yield FetchedPartition(
                topic=str(topic.topic),
                partition=int(part.partition_index),
                error=int(part.error_code),
                high_watermark=int(part.high_watermark),
                last_stable_offset=int(part.last_stable_offset),
                log_start_offset=int(part.log_start_offset),
                data=bytes(part.records or b""),
            )


def _failed(partition: Partition, error: int) -> FetchedPartition:
    return FetchedPartition(*partition, error, -1, -1, -1, b"")


def _list_offsets(led: Mapping[str, list[int]]) -> object:
    topic, partition = ListOffsetsRequest.ListOffsetsTopic, ListOffsetsRequest.ListOffsetsTopic.ListOffsetsPartition
    topics = [
        topic(name=name, partitions=[partition(partition_index=index, timestamp=_EARLIEST) for index in indexes])
        for name, indexes in led.items()
    ]
    return ListOffsetsRequest(replica_id=_CONSUMER, isolation_level=0, topics=topics, min_version=1)
