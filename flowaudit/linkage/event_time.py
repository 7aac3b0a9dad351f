"""The clock of one partition: how far event time has come in it, and which of its records are too late to be linked.

Both follow from the partition's records alone, in the order of their offsets: whoever reads them, in whatever pieces
and however long afterwards, tells the same ones late. That is bounded disorder as in Dataflow's watermarks (Akidau et
al., VLDB 2015), decided for each partition by itself.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

LATENESS_MS: Final = 30_000
"""A record that is older than its partition's clock by more is late: a replay or a backfill."""
AHEAD_MS: Final = 60_000
"""A record from further ahead of its arrival has a wrong clock: its order in time says nothing."""
LEAP_MS: Final = 600_000
"""A record that is ahead of the partition's clock by more does not move it alone …"""
_PERSISTENT: Final = 64
"""… but so many in a row do: nothing had come for a while."""
_UNSET: Final = -1

Times = NDArray[np.int64]
Bools = NDArray[np.bool_]


class EventClock:
    """Event time of one partition, Unix milliseconds; it is told of every record once, in the order of offsets."""

    __slots__ = ("_leaps", "now_ms")

    def __init__(self, now_ms: int = _UNSET) -> None:
        self.now_ms = now_ms
        """The greatest time that is believed; -1 before the first record."""
        self._leaps = 0

    @property
    def is_settled(self) -> bool:
        """Whether `now_ms` is all there is to know: a clock made from it goes on as this one does."""
        return not self._leaps

    def late(self, times: Times, arrived_ms: int) -> Bools:
        """Which of the next records are late. Stamps below 0, or ahead of their arrival, are none, and never late."""
        times = np.where(times > arrived_ms + AHEAD_MS, _UNSET, times)
        if self.now_ms != _UNSET and not self._leaps and len(times):
            reached = np.maximum.accumulate(np.maximum(times, self.now_ms))
            before = np.concatenate([[self.now_ms], reached[:-1]])
            if not (times > before + LEAP_MS).any():
                self.now_ms = int(reached[-1])
                return np.asarray((times >= 0) & (times < before - LATENESS_MS))
        return np.array([self._is_late(time) for time in times.tolist()], dtype=bool)

    def _is_late(self, time: int) -> bool:
        if time < 0:
            return False
        leaps = self.now_ms != _UNSET and time > self.now_ms + LEAP_MS
        self._leaps = self._leaps + 1 if leaps else 0
        if self._leaps >= _PERSISTENT:
            self._leaps, leaps = 0, False
        if leaps:
            return False
        is_late = time < self.now_ms - LATENESS_MS
        self.now_ms = max(self.now_ms, time)
        return is_late
