"""A thread that follows one topic of the cluster's own log and delivers what a follower makes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from flowaudit.errors import SourceUnreachable
from flowaudit.facts import Fact, NotVisible, Provenance
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_log.cursor import Access, Begun, LogCursor, PositionOf, Taken
from flowaudit.sources.kafka_log.follower import FollowedTopic, Follower, TailBatch, TailHealth, TailSink

_WAIT_MS: Final = 300
"""Nobody needs a commit sooner, and a fetch that waits costs nothing."""
_FLUSH_S: Final = 1.0
_FLUSH_RECORDS: Final = 100_000
"""While catching up, facts are handed over after so many records, however fast they come."""
_FACTS_AT_ONCE: Final = 10_000
_LOOK_S: Final = 30.0
"""Between two looks for new partitions, or for a right that was granted."""
_RETRY_S: Final = 1.0


class LogTail:
    """Follows all partitions of one topic from `position_of` (or the head) until it is stopped.

    It needs a session of its own, which `connect` opens: a fetch that waits keeps the connection's other requests
    waiting. A cluster that does not answer is tried again for ever, a topic that does not exist is waited for without
    creating it, and one that may not be read is a `NotVisible` fact, told once and tried again every half minute.
    """

    def __init__(
        self,
        name: str,
        connect: Callable[[], AdminSession],
        topic: FollowedTopic,
        follower: Follower,
        position_of: PositionOf,
        clock: Callable[[], int],
    ) -> None:
        """`connect` may raise `SourceUnreachable`; `clock` gives Unix time in milliseconds."""
        self.name = name
        self._connect = connect
        self._topic = topic
        self._follower = follower
        self._clock = clock
        self._position_of = position_of
        self._cursor = LogCursor(topic.name, position_of)
        self._health = TailHealth(name)
        self._session: AdminSession | None = None
        self._delivered: dict[tuple[str, int], int] = {}
        self._pending: list[Fact] = []
        self._told_forbidden = False
        self._flushed_records = 0
        self._flush_due_s = self._look_due_s = 0.0
        self._stopping = threading.Event()
        self._failure: Exception | None = None
        self._thread: threading.Thread | None = None

    def start(self, sink: TailSink) -> None:
        """Begin; returns at once, whether the cluster answers or not."""
        self._thread = threading.Thread(target=self._run, args=(sink,), name=f"flowaudit-{self.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Read what is there at this moment, deliver it, and end.

        Raises:
            Exception: what ended the tail before its time.
        """
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure

    @property
    def has_failed(self) -> bool:
        """Did something end the tail before its time? Silence of the cluster does not."""
        return self._failure is not None

    @property
    def is_caught_up(self) -> bool:
        """Was everything read that stood in the log at the start, and delivered?"""
        return self._health.is_caught_up

    def health(self) -> TailHealth:
        """The state after the latest round."""
        return self._health

    def _run(self, sink: TailSink) -> None:
        try:
            while not self._stopping.is_set():
                self._try_round(sink, _WAIT_MS)
            if self._session is not None:
                self._try_round(sink, 0)
            self._flush(sink, final=True)
        except Exception as error:  # noqa: BLE001 (kept for stop(), which raises it where somebody listens)
            self._failure = error
        finally:
            self._disconnect()

    def _try_round(self, sink: TailSink, wait_ms: int) -> None:
        started = time.monotonic()
        self._note(attempts=self._health.attempts + 1)
        try:
            self._round(wait_ms)
        except Exception as error:  # noqa: BLE001 (a fault must not end the audit: the log is read anew)
            self._note(errors=self._health.errors + 1, last_error=type(error).__name__)
            self._disconnect()
            if not isinstance(error, SourceUnreachable):
                self._cursor = LogCursor(self._topic.name, self._delivered_or_given)
            self._stopping.wait(_RETRY_S)
        else:
            duration_ms = round((time.monotonic() - started) * 1000)
            self._note(last_success_ms=self._clock(), duration_ms=duration_ms, last_error="")
            self._note(lag_records=self._cursor.lag_records, records_read=self._cursor.records_read)
        self._flush_when_due(sink)

    def _delivered_or_given(self, topic: str, partition: int) -> int | None:
        """Where to begin anew: behind what was delivered, else where this tail began."""
        delivered = self._delivered.get((topic, partition))
        return self._position_of(topic, partition) if delivered is None else delivered

    def _round(self, wait_ms: int) -> None:
        if self._session is None:
            self._session = self._connect()
            self._cursor.attach(self._session)
            self._look_due_s = 0.0
        if time.monotonic() >= self._look_due_s:
            self._look()
        if self._cursor.access is Access.OPEN and self._cursor.positions:
            before = self._cursor.records_read
            for event in self._cursor.step(wait_ms):
                self._follow(event)
            if self._cursor.needs_look:
                self._look_due_s = 0.0
                if self._cursor.records_read == before:
                    self._stopping.wait(_RETRY_S)
        else:
            self._stopping.wait(_RETRY_S)

    def _look(self) -> None:
        for event in self._cursor.look():
            self._follow(event)
        is_settled = self._cursor.access is not Access.ABSENT and not self._cursor.needs_look
        self._look_due_s = time.monotonic() + (_LOOK_S if is_settled else _RETRY_S)

    def _follow(self, event: Begun | Taken) -> None:
        if isinstance(event, Begun):
            self._follower.begin(event.partition, from_head=event.from_head)
            return
        self._follower.take(event.partition, event.batches)

    def _flush_when_due(self, sink: TailSink) -> None:
        self._tell_forbidden()
        becomes_caught_up = self._cursor.is_caught_up and not self._health.is_caught_up
        full = self._cursor.records_read - self._flushed_records >= _FLUSH_RECORDS
        if full or becomes_caught_up or time.monotonic() >= self._flush_due_s:
            self._flush(sink, final=False)

    def _flush(self, sink: TailSink, *, final: bool) -> None:
        flushed = self._follower.flush(self._clock(), final=final)
        positions = {
            (self._topic.name, partition): min(offset, flushed.held_back.get(partition, offset))
            for partition, offset in self._cursor.positions.items()
        }
        news = {key: offset for key, offset in positions.items() if self._delivered.get(key) != offset}
        facts = [*self._pending, *flushed.facts]
        while len(facts) > _FACTS_AT_ONCE:
            sink(TailBatch(facts[:_FACTS_AT_ONCE], {}))
            del facts[:_FACTS_AT_ONCE]
        if facts or news:
            sink(TailBatch(facts, news))
        self._pending = []
        self._delivered |= news
        self._flushed_records = self._cursor.records_read
        self._flush_due_s = time.monotonic() + _FLUSH_S
        self._note(is_caught_up=self._health.is_caught_up or self._cursor.is_caught_up)

    def _tell_forbidden(self) -> None:
        is_forbidden = self._cursor.access is Access.FORBIDDEN
        if is_forbidden and not self._told_forbidden:
            provenance = Provenance(self._topic.channel, self._clock(), f"Fetch of {self._topic.name}")
            told = NotVisible(provenance, "topic", self._topic.name, "no-read-right", self._topic.hides)
            self._pending.append(told)
        self._told_forbidden = is_forbidden

    def _note(self, **news: object) -> None:
        # Readers on other threads always see one whole state.
        self._health = replace(self._health, **news)  # type: ignore[arg-type]  # names and types are the fields'

    def _disconnect(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
