"""How far event time has come in everything that is tapped. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from flowaudit.facts import RunAudited
from flowaudit.linkage.event_time import LATENESS_MS

__all__ = ["HOLD_MS", "IDLE_MS", "LATENESS_MS", "Level", "Watermark"]

IDLE_MS: Final = 5_000
"""A partition that is read to its end, and whose event time did not advance for so long, holds nobody up."""
HOLD_MS: Final = 120_000
"""Nor does one that is read to its end and still older than this: a backfill, or a clock that is wrong."""
_NOTHING_YET: Final = -1

Partition = tuple[str, int]
"""Topic and partition."""


@dataclass(frozen=True, slots=True)
class Level:
    """Which partitions have records that the tap has not read yet."""

    behind: frozenset[Partition] = frozenset()
    is_known: bool = True
    """False until the tap has found out."""
    is_reading_again: bool = False
    """Are some of them behind what was read before a restart?"""


class Watermark:
    """The least event time below which, as far as can be told, nothing more will come.

    A partition that is not read to its end holds it back, however long nothing came of it: what interleaving the
    broker and the reader chose then decides nothing, and a topic that is read from its beginning is not compared with
    one that is read live before both are level. Of the others the slowest whose event time advances holds it back, but
    for one whose records are old as they arrive. Without anything told of levels every partition counts as read.
    """

    def __init__(self) -> None:
        self._latest: dict[Partition, tuple[int, int]] = {}
        self._level: Level | None = None

    @property
    def is_reading_again(self) -> bool:
        """Whether some of what was read before a restart is still to be read again."""
        return self._level is not None and (not self._level.is_known or self._level.is_reading_again)

    def saw(self, runs: Iterable[RunAudited], now_ms: int) -> None:
        """Take note of runs that arrived at `now_ms`."""
        for run in runs:
            event_ms = run.clock_ms if run.clock_ms >= 0 else run.last_timestamp_ms
            held = self._latest.get((run.topic, run.partition))
            if event_ms >= 0 and (held is None or event_ms > held[0]):
                self._latest[run.topic, run.partition] = (event_ms, now_ms)

    def told(self, level: Level) -> None:
        """Take note of what is left to read, once everything before that was seen."""
        self._level = level

    def at(self, now_ms: int) -> int:
        """The watermark at `now_ms`, Unix milliseconds; negative while nothing can be said."""
        if self._level is None:
            return min([now_ms, *self._busy(now_ms, frozenset())]) - LATENESS_MS
        if not self._level.is_known:
            return _NOTHING_YET
        behind = [self._latest.get(partition, (_NOTHING_YET, 0))[0] for partition in self._level.behind]
        busy = [event_ms for event_ms in self._busy(now_ms, self._level.behind) if now_ms - event_ms <= HOLD_MS]
        return min([now_ms, *behind, *busy]) - LATENESS_MS

    def _busy(self, now_ms: int, without: frozenset[Partition]) -> Iterable[int]:
        """Event times that advanced a short while ago."""
        return (
            event_ms
            for partition, (event_ms, arrived_ms) in self._latest.items()
            if partition not in without and now_ms - arrived_ms < IDLE_MS
        )
