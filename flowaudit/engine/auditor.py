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
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from typing_extensions import override

from flowaudit.engine.ports import Delivery, Part
from flowaudit.engine.writer import Writer
from flowaudit.graph.fold import GraphFold
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.ledger import Ledger
from flowaudit.linkage.window import LinkageWindow

_QUEUED_DELIVERIES = 256
_BATCH_DELIVERIES = 64
_END_WITHIN_S = 15.0
"""When the writer itself has failed, parts are given so long to end; they are daemons."""
_RESTS = 2
"""Linkage, and the snapshot that concludes from it, each rest so many times as long as they took, however large the
window. More rest costs seconds until a hidden flow is flagged: with 8 a busy estate took 24."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often the auditor does what."""

    publish_s: float = 2.0
    linkage_s: float = 5.0


class Auditor:
    """Starts parts, takes what they deliver, and lets its `Writer` write, link and publish on the thread of `run`.

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
        self._writer = Writer(ledger, fold, window, clock)
        self._rhythm = rhythm
        self._queue: queue.Queue[Delivery] = queue.Queue(_QUEUED_DELIVERIES)
        self._published: GraphSnapshot | None = None
        self._failure: BaseException | None = None

    @property
    def snapshot(self) -> GraphSnapshot | None:
        """The latest snapshot; None until the first one is made."""
        return self._published

    @property
    def facts_stored(self) -> int:
        """How many facts of the ledger the latest snapshot is made of."""
        return self._writer.facts_stored

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
        self._writer.resume()
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
        self._writer.leave()
        return self._publish(publish)

    def _end(self, started: Sequence[Part]) -> None:
        ending = _Ending(started)
        ending.start()
        try:
            # Only written: the last linkage and the last snapshot follow when everything is in.
            while self._failure is None and not (ending.is_over and self._queue.empty()):
                self._writer.write(self._take())
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
            self._writer.write(self._take())
            now = time.monotonic()
            if now >= linkage_at:
                self._writer.link()
                took_s = time.monotonic() - now
                linkage_at = time.monotonic() + max(self._rhythm.linkage_s, took_s * _RESTS)
            if now >= publish_at:
                began = time.monotonic()
                self._publish(publish)
                took_s = time.monotonic() - began
                publish_at = time.monotonic() + max(self._rhythm.publish_s, took_s * _RESTS)

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

    def _publish(self, publish: Callable[[GraphSnapshot], None]) -> GraphSnapshot:
        snapshot = self._writer.snapshot()
        self._published = snapshot
        publish(snapshot)
        return snapshot


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
