"""The tap of one machine: Reader and audit on a thread of their own, facts and sightings to a sink."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from flowaudit.facts import Channel, Fact, NotVisible, Provenance, RunAudited, SightingRun
from flowaudit.sources.schema_registry import SchemaRegistry
from flowaudit.sources.tap.audit import TapAudit, TappedRun
from flowaudit.sources.tap.loop_thread import LoopThread
from flowaudit.sources.tap.partition_audit import Resumed
from flowaudit.sources.tap.plan import TapPartition
from flowaudit.sources.tap.quiet import quiet_libraries
from flowaudit.sources.tap.reader import Listing, PositionOf, Reader, ReaderSettings
from flowaudit.sources.tap.schema_fetch import SchemaFetch
from flowaudit.sources.tap.segments import merged
from flowaudit.sources.tap.settings import AuditSettings
from flowaudit.sources.tap.sightings import merged_sightings

_FLUSH_S: Final = 0.25
TELL_AGAIN_S: Final = 60.0
"""What cannot be seen is told again so often, for as long as it lasts."""
_QUEUED_RUNS: Final = 4
_REFERENCE: Final = "Fetch and Metadata"
_HIDES: Final = {
    "no-read-right": "what the records carry and where their identifiers reappear",
    "log-went-back": "records that the topic lost when its log was cut back (unclean leader election)",
}


@dataclass(frozen=True, slots=True)
class TapBatch:
    """What the tap hands over in one go: facts for the ledger, sightings for linkage."""

    facts: tuple[Fact, ...]
    sightings: tuple[SightingRun, ...]
    behind: frozenset[TapPartition] | None = None
    """Partitions that have records after these; None: as before."""
    is_reading_again: bool = False
    """Are some of them behind what is accounted for already?"""


_Runs = asyncio.Queue[TappedRun | frozenset[TapPartition]]
"""Runs, and between them which partitions have something left to read."""

TapSink = Callable[[TapBatch], None]
"""Takes a batch; called from the tap's own threads, one batch at a time. It may block: reading waits meanwhile."""


def not_visible(topic: str, reason: str, now_ms: int) -> NotVisible:
    """The fact that a tapped topic cannot be seen, or not all of it."""
    return NotVisible(Provenance(Channel.LINKAGE, now_ms, _REFERENCE), "topic", topic, reason, _HIDES[reason])


@dataclass(slots=True)
class TapOutbox:
    """Collects what audited runs gave, until it is handed over. Contiguous accounts of a partition become one."""

    _runs: list[RunAudited] = field(default_factory=list)
    _others: list[Fact] = field(default_factory=list)
    _sightings: list[SightingRun] = field(default_factory=list)
    _behind: frozenset[TapPartition] | None = None
    _is_reading_again: bool = False

    def add(self, run: RunAudited, others: tuple[Fact, ...], sightings: SightingRun | None) -> None:
        """Take one audited run's facts and sightings."""
        self._runs.append(run)
        self._others.extend(others)
        if sightings is not None:
            self._sightings.append(sightings)

    def add_sightings(self, sightings: SightingRun | None) -> None:
        """Take the sightings of a run that is accounted for already."""
        if sightings is not None:
            self._sightings.append(sightings)

    def add_fact(self, fact: Fact) -> None:
        """Take a fact that belongs to no run."""
        self._others.append(fact)

    def left_to_read(self, behind: frozenset[TapPartition], *, is_reading_again: bool) -> None:
        """Take note of the partitions that have records after those of the runs that were added."""
        self._behind, self._is_reading_again = behind, is_reading_again

    def take(self) -> TapBatch | None:
        """Everything collected, and begin anew; None when there is nothing."""
        if not self._runs and not self._others and not self._sightings and self._behind is None:
            return None
        facts = (*merged(self._runs), *self._others)
        batch = TapBatch(facts, tuple(merged_sightings(self._sightings)), self._behind, self._is_reading_again)
        self._runs, self._others, self._sightings, self._behind = [], [], [], None
        return batch


@dataclass(frozen=True, slots=True)
class Account:
    """The ledger's positions. Where reading begins needs no note: without a fact of it, it may begin elsewhere."""

    accounted: PositionOf
    """Up to where a partition is accounted for; None: not at all."""
    resumed: Mapping[TapPartition, Resumed] = field(default_factory=dict)
    """What is read again, for linkage alone."""
    span_offsets: int = 32_768

    def of(self, partition: TapPartition) -> int | None:
        """Where to read on in a partition; None: it was never read."""
        resumed = self.resumed.get(partition)
        return self.accounted(partition) if resumed is None else resumed.read_from(self.span_offsets)

    async def begin(self, found: Mapping[TapPartition, int]) -> None:  # noqa: ARG002 (see the class)
        """Nothing to be noted."""
        return


class InProcessTap:
    """Taps topics of one cluster from this process, with nothing but READ and DESCRIBE on them.

    `start` returns at once; a cluster that cannot be reached is tried again until `stop`, which hands over what is
    left and returns when nothing more will come; it raises what ended the tap before its time, if anything did.
    """

    name = "tap"

    def __init__(
        self,
        reader: ReaderSettings,
        audit: AuditSettings,
        listing: Listing,
        account: Account,
        clock_ms: Callable[[], int],
        registry: SchemaRegistry | None = None,
    ) -> None:
        """`registry`: who is asked for the schemas that records name."""
        self._reader_settings = reader
        self._schemas = SchemaFetch(registry, clock_ms, self.name)
        self._audit = TapAudit(audit, account.resumed, book=self._schemas.book, told_by=self.name)
        self._waiting: TappedRun | None = None
        """The run whose schemas are being asked for."""
        self._listing = listing
        self._account = account
        self._to_read_again = set(account.resumed)
        self._clock_ms = clock_ms
        self._outbox = TapOutbox()
        self._sink: TapSink | None = None
        self._flush_at = 0.0
        self._tell_again_at = time.monotonic() + TELL_AGAIN_S
        self._handing = asyncio.Lock()
        self._sink_thread = ThreadPoolExecutor(1, thread_name_prefix="flowaudit-tap-sink")
        self._thread = LoopThread("flowaudit-tap", self._run)

    def start(self, sink: TapSink) -> None:
        """Begin to read and to call `sink`."""
        self._sink = sink
        self._thread.start()

    @property
    def has_failed(self) -> bool:
        """Did something end it before its time? `stop` raises it."""
        return self._thread.has_failed

    def stop(self) -> None:
        """End reading, hand over what is left."""
        self._thread.stop()
        self._sink_thread.shutdown()

    async def _run(self) -> None:
        quiet_libraries()
        # Runs wait in a queue so that the next ones are fetched while these are audited.
        runs: _Runs = asyncio.Queue(_QUEUED_RUNS)
        reader = Reader(self._reader_settings, self._listing, self._account, runs.put, self._on_not_visible, runs.put)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(reader.run())
                tasks.create_task(self._keep_auditing(runs))
                tasks.create_task(self._keep_handing_over())
        except asyncio.CancelledError:
            self._audit_what_waits(runs)
            raise
        finally:
            # After a failure, runs that still wait are left alone: one of their partition may be missing before them.
            await self._hand_over()

    async def _keep_auditing(self, runs: _Runs) -> None:
        while True:
            taken = await runs.get()
            if isinstance(taken, frozenset):
                self._left_to_read(taken)
                continue
            self._waiting = taken
            self._tell(await self._schemas.prepare(self._waiting))
            self._audit_run(self._waiting)
            self._waiting = None
            if time.monotonic() >= self._flush_at:
                await self._hand_over()
            else:
                # Under full load nothing else on this loop would get its turn.
                await asyncio.sleep(0)

    async def _keep_handing_over(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_S)
            if time.monotonic() >= self._tell_again_at:
                self._tell_again_at = time.monotonic() + TELL_AGAIN_S
                self._tell(self._audit.blind_spots(self._clock_ms()))
            await self._hand_over()

    def _audit_what_waits(self, runs: _Runs) -> None:
        left: list[TappedRun | frozenset[TapPartition]] = [] if self._waiting is None else [self._waiting]
        while not runs.empty():
            left.append(runs.get_nowait())
        for run in left:
            if isinstance(run, frozenset):
                self._left_to_read(run)
                continue
            self._tell(self._schemas.prepare_now(run))
            self._audit_run(run)

    def _tell(self, blind_spots: Iterable[Fact]) -> None:
        for fact in blind_spots:
            self._outbox.add_fact(fact)

    def _audit_run(self, run: TappedRun) -> None:
        audited = self._audit.audit(run, self._clock_ms())
        accounted = self._account.accounted(TapPartition(run.topic, run.topic_id, run.partition))
        if accounted is not None and run.next_offset <= accounted:
            self._outbox.add_sightings(audited.sightings)
            return
        self._to_read_again.discard(TapPartition(run.topic, run.topic_id, run.partition))
        self._outbox.add(audited.fact, audited.facts[1:], audited.sightings)

    def _left_to_read(self, behind: frozenset[TapPartition]) -> None:
        self._to_read_again &= behind
        self._outbox.left_to_read(behind, is_reading_again=bool(self._to_read_again))

    def _on_not_visible(self, topic: str, reason: str) -> None:
        self._outbox.add_fact(not_visible(topic, reason, self._clock_ms()))

    async def _hand_over(self) -> None:
        async with self._handing:
            self._flush_at = time.monotonic() + _FLUSH_S
            batch = self._outbox.take()
            if batch is not None and self._sink is not None:
                # One thread: batches reach the sink in order, also when `stop` interrupts a hand-over.
                handing = asyncio.get_running_loop().run_in_executor(self._sink_thread, self._sink, batch)
                await asyncio.shield(handing)
