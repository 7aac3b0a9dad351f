"""The Reader: takes partitions of the audited cluster by `assign()` and hands on whole runs of records.

No consumer group, nothing committed, nothing created: READ and DESCRIBE on the tapped topics are all it needs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError, TopicAuthorizationFailedError

from flowaudit.errors import SourceUnreachable
from flowaudit.facts import OffsetClass
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import ListedTopic
from flowaudit.sources.tap.audit import TappedRun
from flowaudit.sources.tap.kafka_client import DamagedTail, batches_are_whole, tap_consumer
from flowaudit.sources.tap.plan import Owns, Plan, TapPartition, TopicFilter, owns_all, plan_of
from flowaudit.sources.tap.runs import delivered_run

_LOG = logging.getLogger(__name__)
_POLL_MS: Final = 200
_BATCHES_AT_ONCE: Final = 64
"""Batches that are unpacked before they are audited: it bounds the memory that a well compressed topic takes."""
_RECORDS_AT_ONCE: Final = 5_000
_OFFSETS_TIMEOUT_S: Final = 5.0
_DENIED_AGAIN_S: Final = 60.0
_FIRST_BACKOFF_S: Final = 0.2
_MAX_BACKOFF_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """What to read, and where to begin in a partition without a known position."""

    connection: KafkaConnection
    topics: TopicFilter
    start: Literal["earliest", "latest"] = "earliest"
    listing_interval_s: float = 2.0


Listing = Callable[[], Iterable[ListedTopic]]
"""Lists the topics that this principal may describe; called in a thread. May raise `SourceUnreachable`."""
PositionOf = Callable[[TapPartition], int | None]
"""Where to go on in a partition; None: it was never read."""


class Positions(Protocol):
    """The caller's knowledge of how far partitions were read."""

    def of(self, partition: TapPartition) -> int | None:
        """Where to go on in a partition; None: it was never read."""

    async def begin(self, found: Mapping[TapPartition, int]) -> None:
        """Take note of where reading begins in partitions that were never read; called before it does."""


OnRun = Callable[[TappedRun], Awaitable[None]]
OnLevel = Callable[[frozenset[TapPartition]], Awaitable[None]]
"""Called with the partitions that have something left to read, after the runs up to there, whenever they change."""
OnNotVisible = Callable[[str, str], None]
"""Called with a topic and a reason: `no-read-right`, `log-went-back`. Once for each."""


class Reader:
    """Reads until it is cancelled. Errors of the cluster are waited out: reading goes on where it stopped.

    Runs of one partition are contiguous and in order: each one's `from_offset` is the last one's `next_offset`. A
    partition whose topic is deleted is dropped. A topic that is created, or created anew, while we run is read from its
    beginning, whatever `start` says.
    """

    def __init__(
        self,
        settings: ReaderSettings,
        listing: Listing,
        positions: Positions,
        on_run: OnRun,
        on_not_visible: OnNotVisible,
        on_level: OnLevel | None = None,
    ) -> None:
        self._settings = settings
        self._listing = listing
        self._known = positions
        self._on_run = on_run
        self._on_not_visible = on_not_visible
        self._on_level = on_level
        self._behind: frozenset[TapPartition] | None = None
        self._owns: Owns = owns_all
        self._positions: dict[TapPartition, int] = {}
        self._read: dict[TopicPartition, TapPartition] = {}
        self._resting: dict[str, float] = {}
        self._told: set[tuple[str, str]] = set()
        self._listed: tuple[ListedTopic, ...] = ()
        self._present_at_start: frozenset[TapPartition] | None = None
        self._changed = asyncio.Event()
        self._items_at_once = _BATCHES_AT_ONCE if batches_are_whole() else _RECORDS_AT_ONCE

    def take(self, owns: Owns) -> None:
        """Read another share of the partitions from now on; positions are asked for anew. Call it in the loop."""
        self._owns = owns
        self._positions.clear()
        self._changed.set()

    @property
    def positions(self) -> dict[TapPartition, int]:
        """Where each partition that is read goes on."""
        return dict(self._positions)

    async def run(self) -> None:
        """Read for ever; ends by cancellation alone."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_listing())
            tasks.create_task(self._keep_reading())

    async def _keep_reading(self) -> None:
        backoff_s = _FIRST_BACKOFF_S
        while True:
            consumer = tap_consumer(self._settings.connection)
            try:
                await consumer.start()
                backoff_s = _FIRST_BACKOFF_S
                await self._read_with(consumer)
            except (KafkaError, OSError) as error:
                _LOG.info("tap: %s; connecting again in %.1f s", type(error).__name__, backoff_s)
            finally:
                await consumer.stop()
            await asyncio.sleep(backoff_s)
            backoff_s = min(_MAX_BACKOFF_S, backoff_s * 2)

    async def _keep_listing(self) -> None:
        while True:
            try:
                listed = tuple(await asyncio.to_thread(lambda: tuple(self._listing())))
            except SourceUnreachable:
                _LOG.info("tap: topics cannot be listed now")
            else:
                self._take_note(listed)
            await asyncio.sleep(self._settings.listing_interval_s)

    def _take_note(self, listed: tuple[ListedTopic, ...]) -> None:
        if self._present_at_start is None:
            self._present_at_start = plan_of(listed, self._settings.topics, owns_all).partitions
        if listed != self._listed or self._resting:
            self._listed = listed
            self._changed.set()

    async def _read_with(self, consumer: Any) -> None:  # noqa: ANN401 (the library ships no types)
        self._read = {}
        self._changed.set()
        while True:
            if consumer._fetcher.error_future.done():  # noqa: SLF001 (its death is not told in any other way)
                return
            try:
                if self._changed.is_set():
                    self._changed.clear()
                    await self._assign(consumer)
                if self._read:
                    await self._deliver(consumer)
                    await self._tell_level(consumer)
                elif self._present_at_start is not None:
                    await self._tell_level(consumer)
                    await asyncio.sleep(_POLL_MS / 1000)
                else:
                    await asyncio.sleep(_POLL_MS / 1000)
            except KafkaError as error:
                # What one failing partition made of the others' prefetched records cannot be known: sit down anew.
                await self._recover(consumer, error)
                self._changed.set()

    async def _assign(self, consumer: Any) -> None:  # noqa: ANN401
        plan = self._plan()
        for topic in plan.unreadable:
            self._tell(topic, "no-read-right")
        await self._find_positions(consumer, plan.partitions - self._positions.keys())
        readable = plan.partitions & self._positions.keys()
        self._read = {TopicPartition(each.topic, each.partition): each for each in readable}
        consumer.assign(list(self._read))
        for kafka_partition, partition in self._read.items():
            consumer.seek(kafka_partition, self._positions[partition])

    def _plan(self) -> Plan:
        now = asyncio.get_running_loop().time()
        self._resting = {topic: until for topic, until in self._resting.items() if until > now}
        awake = [topic for topic in self._listed if topic.name not in self._resting]
        return plan_of(awake, self._settings.topics, self._owns)

    async def _find_positions(self, consumer: Any, partitions: Iterable[TapPartition]) -> None:  # noqa: ANN401
        found = {partition: self._known.of(partition) for partition in partitions}
        never_read = [partition for partition, offset in found.items() if offset is None]
        first = await self._first_positions(consumer, never_read)
        if first:
            await self._known.begin(first)
        if self._changed.is_set():
            # Another share was given meanwhile, and positions are asked for anew.
            return
        self._positions.update({partition: offset for partition, offset in found.items() if offset is not None} | first)
        if len(first) < len(never_read):
            await asyncio.sleep(_FIRST_BACKOFF_S)
            self._changed.set()

    async def _first_positions(
        self,
        consumer: Any,  # noqa: ANN401
        partitions: Iterable[TapPartition],
    ) -> dict[TapPartition, int]:
        """Where partitions that were never read begin; those whose end cannot be asked now are left out."""
        at_end = frozenset() if self._settings.start == "earliest" else self._present_at_start or frozenset()
        # If a log begins later than at 0, the broker says "out of range", and what is gone is accounted as truncated.
        first = dict.fromkeys((each for each in partitions if each not in at_end), 0)
        asked = {TopicPartition(each.topic, each.partition): each for each in partitions if each in at_end}
        if asked:
            ends = await self._offsets(consumer.end_offsets, list(asked))
            first |= {asked[each]: offset for each, offset in ends.items()}
        return first

    @staticmethod
    async def _offsets(ask: Any, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:  # noqa: ANN401
        try:
            found: dict[TopicPartition, int] = await asyncio.wait_for(ask(partitions), _OFFSETS_TIMEOUT_S)
        except (KafkaError, TimeoutError):
            return {}
        return found

    async def _deliver(self, consumer: Any) -> None:  # noqa: ANN401
        fetched = await consumer.getmany(timeout_ms=_POLL_MS, max_records=self._items_at_once)
        # Positions move past markers, aborted and compacted records too, without anything being fetched.
        reached = {each: await consumer.position(each) for each in self._read}
        if self._changed.is_set():
            # Another share, or other topics: what was fetched is fetched again, from positions that still hold.
            return
        for kafka_partition, partition in list(self._read.items()):
            from_offset, next_offset = self._positions[partition], reached[kafka_partition]
            if next_offset > from_offset:
                self._positions[partition] = next_offset
                await self._on_run(delivered_run(partition, from_offset, next_offset, fetched.get(kafka_partition, ())))
            if self._changed.is_set():
                return

    async def _tell_level(self, consumer: Any) -> None:  # noqa: ANN401
        if self._on_level is None or self._changed.is_set():
            return
        behind = frozenset(partition for each, partition in self._read.items() if self._is_behind(consumer, each))
        behind |= self._plan().partitions - set(self._read.values())
        if behind != self._behind:
            self._behind = behind
            await self._on_level(behind)

    def _is_behind(self, consumer: Any, kafka_partition: TopicPartition) -> bool:  # noqa: ANN401
        """Has it records that were not read, as far as its last answer says? Without an answer it may have."""
        stable, end = consumer.last_stable_offset(kafka_partition), consumer.highwater(kafka_partition)
        end = stable if stable is not None and stable >= 0 else end
        return end is None or self._positions[self._read[kafka_partition]] < end

    async def _recover(self, consumer: Any, error: KafkaError) -> None:  # noqa: ANN401
        if isinstance(error, OffsetOutOfRangeError):
            await self._enter_range(consumer, list(error.args[0]))
        elif isinstance(error, TopicAuthorizationFailedError):
            self._rest(str(error.args[0]), _DENIED_AGAIN_S)
            self._tell(str(error.args[0]), "no-read-right")
        elif isinstance(error, DamagedTail):
            self._rest(error.topic, _MAX_BACKOFF_S)
        else:
            _LOG.info("tap: %s while fetching; trying again", type(error).__name__)
            await asyncio.sleep(_FIRST_BACKOFF_S)

    async def _enter_range(self, consumer: Any, out_of_range: list[TopicPartition]) -> None:  # noqa: ANN401
        """Bring positions that the log does not reach back into it, unless the topic has gone meanwhile."""
        listed = await asyncio.to_thread(self._listed_now)
        ids = {topic.name: topic.topic_id for topic in listed}
        starts = await self._offsets(consumer.beginning_offsets, out_of_range)
        ends = await self._offsets(consumer.end_offsets, out_of_range)
        for kafka_partition in out_of_range:
            partition = self._read.get(kafka_partition)
            if partition is None or kafka_partition not in starts or kafka_partition not in ends:
                continue
            if ids.get(partition.topic) == partition.topic_id:
                await self._move_into(partition, starts[kafka_partition], ends[kafka_partition])

    def _listed_now(self) -> tuple[ListedTopic, ...]:
        try:
            self._listed = tuple(self._listing())
        except SourceUnreachable:
            _LOG.info("tap: topics cannot be listed now")
        return self._listed

    async def _move_into(self, partition: TapPartition, start: int, end: int) -> None:
        position = self._positions.get(partition)
        if position is None:
            return
        if position < start:
            self._positions[partition] = start
            truncated = TappedRun(*partition, position, start, (), holes=OffsetClass.TRUNCATED)
            await self._on_run(truncated)
        elif position > end:
            self._positions[partition] = end
            self._tell(partition.topic, "log-went-back")

    def _rest(self, topic: str, seconds: float) -> None:
        self._resting[topic] = asyncio.get_running_loop().time() + seconds

    def _tell(self, topic: str, reason: str) -> None:
        if (topic, reason) not in self._told:
            self._told.add((topic, reason))
            self._on_not_visible(topic, reason)
