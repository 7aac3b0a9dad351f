"""The baselines by name, each with the threshold that served it best on the tuning seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from benchmarks.linkage.baselines.containment import containment
from benchmarks.linkage.baselines.leaves import Pair, Record
from benchmarks.linkage.baselines.overlap import overlaps
from benchmarks.linkage.baselines.rates import spikes

Find = Callable[[float], set[Pair]]
"""A threshold to directed pairs of topics."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A way of finding flows in records alone."""

    name: str
    threshold: float
    """The best of `tried` by F1 on tuning seeds 0-9 of the generated estates."""
    tried: tuple[float, ...]
    prepare: Callable[[Sequence[Record]], Find]
    """Records to the question that a threshold is asked with."""

    def pairs(self, records: Sequence[Record]) -> set[Pair]:
        """What it finds at its best threshold."""
        return self.prepare(records)(self.threshold)


def _above(weigh: Callable[[Sequence[Record]], dict[Pair, float]], records: Sequence[Record]) -> Find:
    weights = weigh(records)
    return lambda threshold: {pair for pair, weight in weights.items() if weight > threshold}


BASELINES: Final = (
    Baseline("value overlap (Jaccard)", 0.02, (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4), partial(_above, overlaps)),
    Baseline("LSH Ensemble (containment)", 0.7, (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95), containment),
    Baseline("rate correlation (Project5)", 8.0, (3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0), partial(_above, spikes)),
)
"""Those that read records; `metadata.programs_flows` reads none."""
