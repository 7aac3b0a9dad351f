"""One tap worker: a Faust app on the audit cluster hosts the Reader and the audit of the audited cluster.

The order of things is what makes a crash harmless: facts and sightings are acknowledged first, progress is saved
after that. What is read twice gives the same facts, which the ledger trims.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import faust
import mode
from aiokafka.errors import KafkaError

from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.schema_registry import SchemaRegistry
from flowaudit.sources.tap.audit import TapAudit, TappedRun
from flowaudit.sources.tap.audit_cluster import AuditLayout, create_audit_topics
from flowaudit.sources.tap.faust_app import QUEUED_RUNS, tap_app
from flowaudit.sources.tap.in_process import TELL_AGAIN_S, TapOutbox, not_visible
from flowaudit.sources.tap.loop_thread import first_cause
from flowaudit.sources.tap.plan import TapPartition
from flowaudit.sources.tap.process_memory import settle_memory
from flowaudit.sources.tap.progress import saved_positions
from flowaudit.sources.tap.quiet import quiet_libraries
from flowaudit.sources.tap.reader import Listing, Reader, ReaderSettings
from flowaudit.sources.tap.schema_fetch import SchemaFetch
from flowaudit.sources.tap.settings import AuditSettings
from flowaudit.sources.tap.shipping import Message, begun, messages_of, progress_of

_LOG = logging.getLogger(__name__)
_FLUSH_S: Final = 0.25
_AGAIN_S: Final = 1.0
_TOLD_BY: Final = "feed"
"""What a worker tells comes to the engine through its feed."""
_STOP_POLL_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What one worker of the distributed deployment needs. All workers share everything here."""

    reader: ReaderSettings
    audit: AuditSettings
    audit_cluster: KafkaConnection
    layout: AuditLayout = field(default_factory=AuditLayout)
    registry: SchemaRegistry | None = None
    """Who is asked for the schemas that records name."""


def run_tap_worker(
    settings: WorkerSettings, listing: Listing, clock_ms: Callable[[], int], stop: threading.Event
) -> None:
    """Run a worker until `stop` is set, or SIGINT or SIGTERM comes. Call it in the main thread of a process of its own.

    Makes the audit cluster's topics when they are missing.

    Raises:
        SourceUnreachable, UsageError: as `create_audit_topics` says.
        Exception: what ended the worker before its time.
    """
    create_audit_topics(settings.audit_cluster, settings.layout)
    quiet_libraries()
    host = TapHost(settings, listing, clock_ms, stop)
    worker = faust.Worker(host.app, host, quiet=True, override_logging=False, redirect_stdouts=False)
    worker.spinner = None
    settle_memory()
    try:
        worker.execute_from_commandline()
    except SystemExit:
        crash = host.crash_reason or worker.crash_reason
        if isinstance(crash, Exception):
            raise first_cause(crash) from None


class TapHost(mode.Service):  # type: ignore[misc]  # the library ships no types
    """Reads the partitions of the slots that the group gives this worker, and ships what the audit makes of them."""

    def __init__(
        self, settings: WorkerSettings, listing: Listing, clock_ms: Callable[[], int], stop: threading.Event
    ) -> None:
        super().__init__()
        self._settings = settings
        self._clock_ms = clock_ms
        self._stop_asked = stop
        self._schemas = SchemaFetch(settings.registry, clock_ms, _TOLD_BY)
        self._audit = TapAudit(settings.audit, book=self._schemas.book, told_by=_TOLD_BY)
        self._outbox = TapOutbox()
        self._shipping: asyncio.Task[None] | None = None
        self._flush_at = 0.0
        self._epoch = 0
        self._slots: frozenset[int] = frozenset()
        self._saved: dict[TapPartition, int] = {}
        self._next: dict[TapPartition, int] = {}
        self._reader: Reader | None = None
        self._listing = listing
        self._assignment_changed = asyncio.Event()
        self.app = tap_app(settings.audit_cluster, settings.layout)
        self._runs = self.app.channel(maxsize=QUEUED_RUNS)
        self._topics = {
            name: self.app.topic(name)
            for name in (settings.layout.facts_topic, settings.layout.sightings_topic, settings.layout.progress_topic)
        }
        self.app.agent(self.app.topic(settings.layout.slots_topic), name="slots")(_idle)
        self.app.agent(self._runs, name="audit")(self._audit_runs)
        self.app.on_partitions_assigned.connect(self._on_assigned)
        self.app.on_partitions_revoked.connect(self._on_revoked)

    async def _on_assigned(self, _app: object, assigned: Iterable[Any], **_: object) -> None:
        slots = frozenset(each.partition for each in assigned if each.topic == self._settings.layout.slots_topic)
        self._change_slots(slots)

    async def _on_revoked(self, _app: object, _revoked: Iterable[Any], **_: object) -> None:
        # Faust's rebalances are eager: everything is revoked, then some is assigned anew.
        self._change_slots(frozenset())

    def _change_slots(self, slots: frozenset[int]) -> None:
        self._slots = slots
        self._rest()
        self._assignment_changed.set()

    def _rest(self) -> None:
        """Read nothing until positions are known again; runs that are still under way are dropped by their epoch."""
        self._epoch += 1
        self._next = {}
        if self._reader is not None:
            self._reader.take(lambda _topic, _partition: False)

    @mode.Service.task  # type: ignore[untyped-decorator]
    async def _follow_assignment(self) -> None:
        while not await self.wait_for_stopped(self._assignment_changed.wait()):
            self._assignment_changed.clear()
            slots, epoch = self._slots, self._epoch
            await self._shipped()
            try:
                saved = await saved_positions(self._settings.audit_cluster, self._settings.layout, slots)
            except (KafkaError, OSError) as error:
                _LOG.info("worker: progress cannot be read (%s); trying again", type(error).__name__)
                await self.sleep(_AGAIN_S)
                self._assignment_changed.set()
                continue
            if epoch == self._epoch:
                self._saved = saved
                self._read_slots(slots)

    def _read_slots(self, slots: frozenset[int]) -> None:
        if self._reader is not None:
            self._reader.take(lambda topic, partition: self._settings.layout.slot_of(topic, partition) in slots)

    @mode.Service.task  # type: ignore[untyped-decorator]
    async def _read(self) -> None:
        self._reader = Reader(self._settings.reader, self._listing, self, self._queue, self._on_not_visible)
        self._rest()
        self._assignment_changed.set()
        await self._reader.run()

    def of(self, partition: TapPartition) -> int | None:
        """Saved progress: see `Positions`."""
        return self._saved.get(partition)

    async def begin(self, found: Mapping[TapPartition, int]) -> None:
        """Save where reading begins, so that a worker that takes over cannot begin elsewhere: see `Positions`."""
        await self._acknowledged(begun(found, self._settings.layout))

    async def _queue(self, run: TappedRun) -> None:
        await self._runs.send(value=(self._epoch, run))

    async def _audit_runs(self, stream: Any) -> None:  # noqa: ANN401
        async for epoch, run in stream:
            if epoch == self._epoch:
                for blind_spot in await self._schemas.prepare(run):
                    self._outbox.add_fact(blind_spot)
            if epoch == self._epoch:
                await self._audit_run(run)

    async def _audit_run(self, run: TappedRun) -> None:
        partition = TapPartition(run.topic, run.topic_id, run.partition)
        if run.from_offset != self._next.get(partition, run.from_offset):
            # Faust empties its queues when a rebalance ends; a run that was in one is read again.
            self._change_slots(self._slots)
            return
        self._next[partition] = run.next_offset
        audited = self._audit.audit(run, self._clock_ms())
        self._outbox.add(audited.fact, audited.facts[1:], audited.sightings)
        if time.monotonic() >= self._flush_at:
            await self._ship()

    def _on_not_visible(self, topic: str, reason: str) -> None:
        self._outbox.add_fact(not_visible(topic, reason, self._clock_ms()))

    @mode.Service.timer(_FLUSH_S)  # type: ignore[untyped-decorator]
    async def _flush(self) -> None:
        await self._ship()

    @mode.Service.timer(TELL_AGAIN_S)  # type: ignore[untyped-decorator]
    async def _tell_again(self) -> None:
        slots, layout = self._slots, self._settings.layout
        for fact in self._audit.blind_spots(self._clock_ms(), lambda topic, n: layout.slot_of(topic, n) in slots):
            self._outbox.add_fact(fact)

    @mode.Service.timer(_STOP_POLL_S)  # type: ignore[untyped-decorator]
    async def _stop_when_asked(self) -> None:
        if self._stop_asked.is_set():
            self._stop_asked.clear()
            signal.raise_signal(signal.SIGTERM)

    async def _ship(self) -> None:
        """Ship what has gathered. One batch is under way at a time, so this waits while the audit cluster is slow."""
        self._flush_at = time.monotonic() + _FLUSH_S
        await self._shipped()
        batch = self._outbox.take()
        if batch is not None:
            messages = messages_of(batch, self._settings.layout)
            progress = progress_of(batch, self._settings.layout)
            self._shipping = asyncio.create_task(self._deliver(messages, progress))

    async def _shipped(self) -> None:
        if self._shipping is not None:
            await asyncio.shield(self._shipping)

    async def _deliver(self, messages: list[Message], progress: list[Message]) -> None:
        await self._acknowledged(messages)
        await self._acknowledged(progress)

    async def _acknowledged(self, messages: list[Message]) -> None:
        while messages and not self._stopped.is_set():
            try:
                sent = [
                    await self._topics[each.topic].send(key=each.key, value=each.value, partition=each.partition)
                    for each in messages
                ]
                await asyncio.gather(*sent)
            except (KafkaError, faust.exceptions.ProducerSendError) as error:
                _LOG.info("worker: facts cannot be delivered (%s); trying again", type(error).__name__)
                await asyncio.sleep(_AGAIN_S)
            else:
                return


async def _idle(stream: Any) -> None:  # noqa: ANN401
    """Holds the group's membership; no record ever comes."""
    async for _ in stream:
        pass
