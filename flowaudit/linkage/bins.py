"""Logarithmic lag bins: three to the octave, from 1 ms to about 70 minutes.

Delays of programs spread over orders of magnitude, so equal ratios deserve equal bins (as in Orion's delay spikes,
OSDI 2008, but on a logarithmic axis).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

BINS_PER_OCTAVE: Final = 3
BINS: Final = 66
"""Bin `i` holds lags of `[2^(i/3), 2^((i+1)/3))` milliseconds; the last one also all that is longer."""


def bin_of(lag_ms: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bin of each lag (1 ms or more)."""
    # The tiny summand keeps exact powers of two on their own edge in spite of rounding.
    bins = np.floor(np.log2(lag_ms) * BINS_PER_OCTAVE + 1e-9).astype(np.int64)
    return np.minimum(bins, BINS - 1)


def lower_edge_ms(index: float) -> float:
    """The shortest lag of a bin, in milliseconds; fractions of a bin are allowed."""
    return float(2.0 ** (index / BINS_PER_OCTAVE))


def quantile_ms(histogram: NDArray[np.float64], share: float) -> int:
    """The lag below which `share` of the histogram's mass lies, geometrically interpolated; 0 when it is empty."""
    total = float(histogram.sum())
    if total <= 0:
        return 0
    cumulative = np.cumsum(histogram)
    index = int(np.searchsorted(cumulative, share * total))
    index = min(index, len(histogram) - 1)
    before = float(cumulative[index - 1]) if index else 0.0
    inside = (share * total - before) / max(float(histogram[index]), 1e-12)
    return round(lower_edge_ms(index + min(max(inside, 0.0), 1.0)))


def entropy_bits(histogram: NDArray[np.float64]) -> float:
    """Shannon entropy of a lag histogram: 0 for a constant delay, above 4 for what has no delay of its own."""
    total = float(histogram.sum())
    if total <= 0:
        return 0.0
    p = histogram[histogram > 0] / total
    return abs(float(-(p * np.log2(p)).sum()))


def trimmed(histogram: NDArray[np.int64]) -> tuple[int, ...]:
    """The histogram as a fact keeps it: without trailing zeros."""
    filled = np.flatnonzero(histogram)
    end = int(filled[-1]) + 1 if len(filled) else 0
    return tuple(histogram[:end].tolist())


def padded(histogram: tuple[int, ...]) -> NDArray[np.int64]:
    """The inverse of `trimmed`. Bins beyond ours (a fact of another version) fall into the last one."""
    full = np.zeros(BINS, dtype=np.int64)
    full[: min(len(histogram), BINS)] = histogram[:BINS]
    full[-1] += sum(histogram[BINS:])
    return full
