"""Rate correlation: causal delays are spikes in the cross-correlation of two topics' rates.

The convolution of Project5 (Aguilera et al.: "Performance Debugging for Distributed Systems of Black Boxes", SOSP
2003), on records a topic and time bin instead of messages a node.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.linkage.baselines.leaves import Pair, Record

_BIN_MS: Final = 100
_LONGEST_LAG_MS: Final = 30_000


def spikes(records: Sequence[Record]) -> dict[Pair, float]:
    """The highest spike of each pair, in standard deviations of its correlation; the earlier topic is upstream."""
    topics, rates = _rates(records)
    if not topics:
        return {}
    length = rates.shape[1]
    lags = min(_LONGEST_LAG_MS // _BIN_MS, length // 2)
    size = 1 << (2 * length - 1).bit_length()
    spectra = np.fft.rfft(rates - rates.mean(axis=1, keepdims=True), size)
    found: dict[Pair, float] = {}
    for one, upstream in enumerate(topics):
        # correlation[c, k] is the sum over t of rate of `one` at t times the rate of c at t + k bins.
        correlation = np.fft.irfft(spectra[one].conj() * spectra, size)
        spread = np.concatenate((correlation[:, : lags + 1], correlation[:, size - lags :]), axis=1)
        deviation = spread.std(axis=1)
        forward, backward = correlation[:, 1 : lags + 1].max(axis=1), correlation[:, size - lags :].max(axis=1)
        for other, downstream in enumerate(topics):
            if other != one and deviation[other] > 0 and forward[other] > backward[other]:
                height = (forward[other] - spread[other].mean()) / deviation[other]
                found[upstream, downstream] = float(height)
    return found


def _rates(records: Sequence[Record]) -> tuple[list[str], NDArray[np.float64]]:
    topics = sorted({record.topic for record in records})
    if not topics:
        return [], np.zeros((0, 0))
    row = {topic: number for number, topic in enumerate(topics)}
    times = np.array([record.timestamp_ms for record in records])
    bins = (times - times.min()) // _BIN_MS
    rates = np.zeros((len(topics), int(bins.max()) + 1))
    np.add.at(rates, (np.array([row[record.topic] for record in records]), bins), 1.0)
    return topics, rates
