"""The baselines by name, each with the threshold that served it best on the tuning seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from benchmarks.linkage.baselines.containment import contained
from benchmarks.linkage.baselines.leaves import Pair, Record
from benchmarks.linkage.baselines.overlap import overlaps
from benchmarks.linkage.baselines.rates import spikes


@dataclass(frozen=True, slots=True)
class Baseline:
    """A way of finding flows in records alone."""

    name: str
    threshold: float
    """The best of `tried` by F1 on tuning seeds 0-9 of the generated estates."""
    tried: tuple[float, ...]
    find: Callable[[Sequence[Record], float], set[Pair]]
    """Records and threshold to directed pairs of topics."""

    def pairs(self, records: Sequence[Record]) -> set[Pair]:
        """What it finds at its best threshold."""
        return self.find(records, self.threshold)


def _at_least(
    weigh: Callable[[Sequence[Record]], dict[Pair, float]], records: Sequence[Record], least: float
) -> set[Pair]:
    return {pair for pair, weight in weigh(records).items() if weight > least}


BASELINES: Final = (
    Baseline("value overlap (Jaccard)", 0.1, (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4), partial(_at_least, overlaps)),
    Baseline("LSH Ensemble (containment)", 0.5, (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95), contained),
    Baseline("rate correlation (Project5)", 6.0, (3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0), partial(_at_least, spikes)),
)
"""Those that read records; `metadata.programs_flows` reads none."""
