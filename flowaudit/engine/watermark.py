"""How far event time has come in everything that is tapped. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from flowaudit.facts import RunAudited

IDLE_MS = 5_000
"""A partition whose event time did not advance for so long holds nobody up."""
LATENESS_MS = 2_000
"""Producers' clocks and buffers differ by about this much."""


class Watermark:
    """The least event time below which, as far as can be told, nothing more will come.

    It follows the slowest partition whose event time still advances, so that a topic read from its beginning is not
    compared with one that is read live before both are level, and a clock that stands still holds nobody up.
    """

    def __init__(self) -> None:
        self._latest: dict[tuple[str, int], tuple[int, int]] = {}

    def saw(self, runs: Iterable[RunAudited], now_ms: int) -> None:
        """Take note of runs that arrived at `now_ms`."""
        for run in runs:
            held = self._latest.get((run.topic, run.partition))
            if run.last_timestamp_ms >= 0 and (held is None or run.last_timestamp_ms > held[0]):
                self._latest[run.topic, run.partition] = (run.last_timestamp_ms, now_ms)

    def at(self, now_ms: int) -> int:
        """The watermark at `now_ms`, Unix milliseconds."""
        busy = [event_ms for event_ms, arrived_ms in self._latest.values() if now_ms - arrived_ms < IDLE_MS]
        return min([now_ms, *busy]) - LATENESS_MS
