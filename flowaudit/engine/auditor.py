"""The auditor: one writer that puts deliveries into the ledger and publishes snapshots.

::

    poller ─┐
    tap    ─┼─ queue ─→ ledger ─→ fold ─→ snapshot (published by reference)
    feed   ─┘        └→ linkage window ─→ facts ┘
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from typing_extensions import override

from flowaudit.engine.ports import Delivery, Part
from flowaudit.engine.watermark import Watermark
from flowaudit.facts import BucketsClosed, Fact, RowsObserved, RunAudited
from flowaudit.graph.fold import GraphFold
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.ledger import Ledger
from flowaudit.linkage.window import LinkageWindow

_QUEUED_DELIVERIES = 256
_BATCH_DELIVERIES = 64
_END_WITHIN_S = 15.0
"""When the writer itself has failed, parts are given so long to end; they are daemons."""
_EARLIEST_MS = 946_684_800_000
"""The year 2000: what claims to be older has no clock."""
_AHEAD_MS = 60_000
"""A record from further ahead has a wrong clock: its order in time says nothing."""
_LINKAGE_RESTS = 4
"""Linkage rests so many times as long as it took: however large the window, the writer keeps most of its time."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often the auditor does what."""

    publish_s: float = 2.0
    linkage_s: float = 5.0


class Auditor:
    """Owns the ledger, the fold and the linkage window; nobody else writes to them.

    `run` is the writer's loop and ends after `stop` is set, with everything delivered, written and published. The
    latest snapshot may be read from any thread.
    """

    def __init__(
        self,
        ledger: Ledger,
        fold: GraphFold,
        window: LinkageWindow,
        clock: Callable[[], int],
        rhythm: Rhythm = Rhythm(),
    ) -> None:
        self._ledger = ledger
        self._fold = fold
        self._window = window
        self._clock = clock
        self._rhythm = rhythm
        self._queue: queue.Queue[Delivery] = queue.Queue(_QUEUED_DELIVERIES)
        self._watermark = Watermark()
        self._provisional: Sequence[Fact] = ()
        self._published: GraphSnapshot | None = None
        self._folded_seq = 0
        self._closed: BucketsClosed | None = None
        self._failure: BaseException | None = None

    @property
    def snapshot(self) -> GraphSnapshot | None:
        """The latest snapshot; None until the first one is made."""
        return self._published

    @property
    def facts_stored(self) -> int:
        """How many facts of the ledger the latest snapshot is made of."""
        return self._folded_seq

    def deliver(self, delivery: Delivery) -> None:
        """Take a delivery, from any thread. Blocks while the writer is behind; drops it once the writer has died."""
        while self._failure is None and not self._put(delivery):
            pass

    def _put(self, delivery: Delivery) -> bool:
        try:
            self._queue.put(delivery, timeout=0.5)
        except queue.Full:
            return False
        return True

    def run(
        self, parts: Sequence[Part], stop: threading.Event, publish: Callable[[GraphSnapshot], None]
    ) -> GraphSnapshot:
        """Start the parts in order, write until `stop` is set, stop them in reverse, publish the last snapshot."""
        self._resume()
        started: list[Part] = []
        try:
            for part in parts:
                part.start(self.deliver)
                started.append(part)
            self._write_until(lambda: stop.is_set() or any(part.has_failed for part in started), publish)
        except BaseException as error:
            self._failure = error
            raise
        finally:
            self._end(started)
        self._leave_open()
        return self._publish(publish)

    def _resume(self) -> None:
        """Fold what earlier runs stored, and leave out of linkage the buckets that they closed."""
        for fact in self._fold_what_is_stored():
            if isinstance(fact, RowsObserved):
                self._window.remember(fact)
            elif isinstance(fact, BucketsClosed):
                self._closed = max(self._closed or fact, fact, key=lambda closed: closed.until_ms)
        if self._closed is not None:
            self._window.resume(self._closed)

    def _leave_open(self) -> None:
        """Store what the open buckets tell. A later run reads their records again and closes them.

        A run that ends before it has read them again leaves what an earlier one stored.
        """
        self._link()
        if self._watermark.is_level or self._closed is None:
            self._ledger.append([self._window.open_buckets(self._clock())])

    def _end(self, started: Sequence[Part]) -> None:
        ending = _Ending(started)
        ending.start()
        try:
            # Only written: the last linkage and the last snapshot follow when everything is in.
            while self._failure is None and not (ending.is_over and self._queue.empty()):
                self._write(self._take())
        except BaseException as error:
            self._failure = error
            raise
        finally:
            ending.join(_END_WITHIN_S)
        if ending.error is not None and self._failure is None:
            raise ending.error

    def _write_until(self, done: Callable[[], bool], publish: Callable[[GraphSnapshot], None]) -> None:
        publish_at = linkage_at = 0.0
        while not done():
            self._write(self._take())
            now = time.monotonic()
            if now >= linkage_at:
                self._link()
                took_s = time.monotonic() - now
                linkage_at = time.monotonic() + max(self._rhythm.linkage_s, took_s * _LINKAGE_RESTS)
            if now >= publish_at:
                self._publish(publish)
                publish_at = time.monotonic() + self._rhythm.publish_s

    def _take(self) -> list[Delivery]:
        try:
            taken = [self._queue.get(timeout=0.2)]
        except queue.Empty:
            return []
        while len(taken) < _BATCH_DELIVERIES:
            try:
                taken.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return taken

    def _write(self, deliveries: Sequence[Delivery]) -> None:
        if not deliveries:
            return
        facts = [fact for delivery in deliveries for fact in delivery.facts]
        positions = {feed: offset for delivery in deliveries for feed, offset in delivery.feed_positions.items()}
        self._ledger.append(facts, positions)
        self._watermark.saw((fact for fact in facts if isinstance(fact, RunAudited)), self._clock())
        for delivery in deliveries:
            for run in delivery.sightings:
                self._window.add(run.between(_EARLIEST_MS, self._clock() + _AHEAD_MS))
            if delivery.level is not None:
                self._watermark.told(delivery.level)

    def _link(self) -> None:
        self._ledger.append(self._window.close(self._watermark.at(self._clock())))
        if self._watermark.is_level or self._closed is None:
            self._provisional = self._window.provisional()

    def _publish(self, publish: Callable[[GraphSnapshot], None]) -> GraphSnapshot:
        for _ in self._fold_what_is_stored():
            pass
        snapshot = self._fold.snapshot(extra_facts=self._provisional)
        self._published = snapshot
        publish(snapshot)
        return snapshot

    def _fold_what_is_stored(self) -> Iterator[Fact]:
        """The graph is a fold of what the ledger holds, not of what was delivered: replays are trimmed there."""
        for seq, fact in self._ledger.facts(self._folded_seq):
            self._fold.add(fact)
            self._folded_seq = seq
            yield fact


class _Ending(threading.Thread):
    """Stops parts in reverse order, beside the writer, which takes what they still deliver."""

    def __init__(self, started: Sequence[Part]) -> None:
        super().__init__(name="flowaudit-stop", daemon=True)
        self._started_parts = started
        self.error: Exception | None = None
        self.is_over = False

    @override
    def run(self) -> None:
        for part in reversed(self._started_parts):
            try:
                part.stop()
            except Exception as error:  # noqa: BLE001 (raised on the main thread, once every part is stopped)
                self.error = self.error or error
        self.is_over = True
