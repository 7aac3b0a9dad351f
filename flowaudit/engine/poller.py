"""Polls sources, each at its interval, and keeps their health."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from msgspec.structs import replace as replace_fields

from flowaudit.engine.ports import Delivery, PolledSource, Sink, SourceHealth
from flowaudit.errors import SourceUnreachable
from flowaudit.facts import Fact, NotVisible

_RETRY_S: Final = 5.0
"""A source that is asked once in a while is asked sooner after it failed."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A source and how often to ask it."""

    source: PolledSource
    interval_s: float


class Poller:
    """Asks each source on a thread of its own: one that is slow or fails holds up no other.

    `warn` is told, once for each source and kind of error, of failures that are no silence of the cluster.
    """

    name = "poller"
    has_failed = False
    """Never: a source that fails is tried again."""

    def __init__(self, schedules: Sequence[Schedule], clock: Callable[[], int], warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._warned: set[tuple[str, str]] = set()
        self._schedules = tuple(schedules)
        self._clock = clock
        self._health = {schedule.source.name: SourceHealth(schedule.source.name) for schedule in schedules}
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, sink: Sink) -> None:
        """Poll everything at once, then go on by the clock."""
        for schedule in self._schedules:
            name = f"flowaudit-{schedule.source.name}"
            thread = threading.Thread(target=self._run, args=(schedule, sink), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Poll what answers once more, so that the last moments are in, then end."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def health(self) -> tuple[SourceHealth, ...]:
        """The sources' health as it is now."""
        return tuple(self._health.values())

    def _run(self, schedule: Schedule, sink: Sink) -> None:
        while not self._stopping.is_set():
            self._poll(schedule.source, sink)
            has_failed = bool(self._health[schedule.source.name].last_error)
            self._stopping.wait(min(schedule.interval_s, _RETRY_S) if has_failed else schedule.interval_s)
        if not self._health[schedule.source.name].last_error:
            self._poll(schedule.source, sink)

    def _poll(self, source: PolledSource, sink: Sink) -> None:
        started = time.monotonic()
        health = self._health[source.name]
        health = replace(health, attempts=health.attempts + 1)
        try:
            facts = source.poll(self._clock())
        except Exception as error:  # noqa: BLE001 (one source's fault must not blind the others)
            kind = type(error).__name__
            health = replace(health, errors=health.errors + 1, last_error=kind)
            if not isinstance(error, SourceUnreachable):
                self._warn_once(source.name, kind)
        else:
            duration_ms = round((time.monotonic() - started) * 1000)
            health = replace(health, last_success_ms=self._clock(), duration_ms=duration_ms, last_error="")
            if facts:
                sink(Delivery(facts=[_signed(fact, source.name) for fact in facts]))
        self._health[source.name] = health

    def _warn_once(self, source: str, kind: str) -> None:
        if (source, kind) not in self._warned:
            self._warned.add((source, kind))
            self._warn(f"the source {source!r} failed ({kind}): a bug in flowaudit; the others go on, please report it")


def _signed(fact: Fact, source: str) -> Fact:
    """A blind spot says who told it: it is over when that source goes on without it."""
    return replace_fields(fact, source=source) if isinstance(fact, NotVisible) else fact
