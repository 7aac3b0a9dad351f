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
LEAP_MS: Final = 600_000
"""A record that is ahead of the clock by more does not move it: one wrong stamp must not make the others late."""
_PERSISTENT: Final = 64
"""So many records in a row that are late, or leap ahead, set the clock anew: it was the clock that was wrong."""
_UNSET: Final = -1

Times = NDArray[np.int64]
Bools = NDArray[np.bool_]


class EventClock:
    """Event time of one partition, Unix milliseconds; it is told of every record once, in the order of offsets."""

    __slots__ = ("_astray", "_astray_side", "now_ms")

    def __init__(self, now_ms: int = _UNSET) -> None:
        self.now_ms = now_ms
        """The greatest time that is believed; -1 before the first record."""
        self._astray = 0
        self._astray_side = 0

    @property
    def is_settled(self) -> bool:
        """Whether `now_ms` is all there is to know: a clock made from it goes on as this one does."""
        return not self._astray

    def late(self, times: Times) -> Bools:
        """Which of the next records are late. Stamps below 0 are none, and never late."""
        if not len(times):
            return np.zeros(0, dtype=bool)
        if self.now_ms != _UNSET and not self._astray:
            reached = np.maximum.accumulate(np.maximum(times, self.now_ms))
            before = np.concatenate([[self.now_ms], reached[:-1]])
            astray = ((times < before - LATENESS_MS) & (times >= 0)) | (times > before + LEAP_MS)
            if not astray.any():
                self.now_ms = int(reached[-1])
                return astray
        return np.array([self._is_late(time) for time in times.tolist()], dtype=bool)

    def _is_late(self, time: int) -> bool:
        if time < 0:
            return False
        side = self._side_of(time)
        if not side:
            self._astray = 0
            self.now_ms = max(self.now_ms, time)
            return False
        self._astray = self._astray + 1 if side == self._astray_side else 1
        self._astray_side = side
        if self._astray >= _PERSISTENT:
            self.now_ms, self._astray = time, 0
            return False
        return side < 0

    def _side_of(self, time: int) -> int:
        """-1: late, 1: a leap ahead, 0: neither."""
        if self.now_ms == _UNSET:
            return 0
        return (time > self.now_ms + LEAP_MS) - (time < self.now_ms - LATENESS_MS)
