"""The statistics of linkage: is it more than chance, and what share of it is?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

_MOST_TERMS: Final = 20_000
_MIN_OBSERVED: Final = 5

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def binomial_tail(successes: int, trials: int) -> float:
    """P(X ≥ successes) for X ~ Binomial(trials, ½), exact to the precision of floats."""
    if successes <= 0:
        return 1.0
    if successes > trials:
        return 0.0
    first = math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)
    k = np.arange(successes, min(trials, successes + _MOST_TERMS), dtype=np.float64)
    # Each term is the one before times (n - k) / (k + 1).
    steps = np.concatenate([[0.0], np.cumsum(np.log((trials - k) / (k + 1)))])
    peak = float(steps.max())
    log_sum = first - trials * math.log(2) + peak + math.log(float(np.exp(steps - peak).sum()))
    return min(1.0, math.exp(log_sum)) if log_sum > -700 else 0.0


def scan_p_value(observed: Counts, null: Counts) -> float:
    """How likely is the most remarkable lag window, if lags came from the null as easily as from the data?

    A scan statistic (Naus, 1965): every contiguous window of bins is compared, observed against null, as coin flips;
    the smallest tail counts, multiplied by the number of windows that were tried (Bonferroni).
    """
    o, n = _window_sums(observed), _window_sums(null)
    trials = o + n + 1
    share = o / trials
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = np.where(share < 1, (1 - share) * np.log(2 * (1 - share)), 0.0)
        surprise = trials * (share * np.log(2 * share) + entropy)
    surprise = np.where((share > 0.5) & (o >= _MIN_OBSERVED), surprise, 0.0)
    best = int(np.argmax(surprise))
    if surprise[best] <= 0:
        return 1.0
    windows = len(np.unique(o))
    return min(1.0, binomial_tail(int(o[best]), int(trials[best])) * windows)


@lru_cache(maxsize=4)
def _windows(bins: int) -> tuple[Counts, Counts]:
    """Start and end (exclusive) of every contiguous window of that many bins."""
    return np.triu_indices(bins + 1, 1)


def _window_sums(histogram: Counts) -> Counts:
    cumulative = np.concatenate([[0], np.cumsum(histogram)])
    start, end = _windows(len(histogram))
    return np.asarray(cumulative[end] - cumulative[start], dtype=np.int64)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values (q-values) that control the false discovery rate (Benjamini and Hochberg, 1995)."""
    if not p_values:
        return []
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return [float(value) for value in adjusted]


def caused_share(preceding: Counts, following: Counts, shifted: Counts) -> Floats:
    """Per lag bin: the share of preceding sightings that neither null model explains (posterior of "caused").

    Counts are smoothed over neighbouring bins first: chance leaves holes in a null that mean nothing.
    """
    observed = _smooth(preceding)
    chance = np.maximum(_smooth(following), _smooth(shifted)) + 0.5
    return np.where(observed > 0, np.maximum(0.0, 1.0 - chance / np.maximum(observed, 1e-9)), 0.0)


def _smooth(histogram: Counts) -> Floats:
    return np.convolve(histogram.astype(np.float64), [0.25, 0.5, 0.25], mode="same")


def rank_correlation(x: Floats, y: Floats) -> float:
    """Spearman's rank correlation; 0 when either does not vary."""
    a, b = _ranks(x), _ranks(y)
    a, b = a - a.mean(), b - b.mean()
    scale = math.sqrt(float((a * a).sum()) * float((b * b).sum()))
    return float((a * b).sum()) / scale if scale > 0 else 0.0


def _ranks(values: Floats) -> Floats:
    """Ranks with ties averaged."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2.0)[inverse], dtype=np.float64)
