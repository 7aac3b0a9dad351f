"""Bursts: do the records of a topic come many at once, as those of batches and windows do? Pure."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

_CLOSE: Final = 0.05
"""Two records are close when they are this share of the mean distance apart, or less."""
_BY_CHANCE: Final = 1 - math.exp(-2 * _CLOSE)
"""Share of records that have a close one before or after them when they come by chance (Poisson)."""
_MIN_RECORDS: Final = 20
IN_BURSTS: Final = 0.3
"""So many records that come at once are a batch or a window; people come one by one."""
_PAUSES: Final = 0.02


def in_bursts(time_ms: NDArray[np.int64]) -> float:
    """Share (0-1) of records, sampled or not, that come close upon others, beyond chance. 0 for too few records."""
    if len(time_ms) < _MIN_RECORDS:
        return 0.0
    gaps = np.diff(np.sort(time_ms)).astype(np.float64)
    close = gaps <= _CLOSE * float(gaps.mean())
    is_close = np.zeros(len(time_ms), dtype=bool)
    is_close[1:] |= close
    is_close[:-1] |= close
    return max(0.0, (float(is_close.mean()) - _BY_CHANCE) / (1 - _BY_CHANCE))


def burst_starts(time_ms: NDArray[np.int64]) -> NDArray[np.int64]:
    """When each burst began, ascending; nothing where records do not come in bursts.

    A burst ends where nothing comes for half as long as bursts are apart.
    """
    if in_bursts(time_ms) < IN_BURSTS:
        return np.empty(0, dtype=np.int64)
    times = np.sort(time_ms)
    gaps = np.diff(times)
    pause_ms = float(np.sort(gaps)[-max(1, round(_PAUSES * len(gaps))) :].mean()) / 2
    pause_ms = max(pause_ms, 2 * float(gaps.mean()))
    starts: NDArray[np.int64] = times[np.concatenate([[True], gaps > pause_ms])]
    return starts
