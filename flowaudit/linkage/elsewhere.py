"""Do both topics have it from elsewhere? What one outside cause, one clock or two counters leave behind, and no flow.

A flow goes one way: within its delay nobody comes back oftener than chance has it (the own-past rule, Granger 1969,
within the one pair). The delay has no trend, and somebody told the child of the people whom it names. What breaks one
of these is `suspected` at best.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.bins import entropy_bits
from flowaudit.linkage.child import Child
from flowaudit.linkage.confidence import How
from flowaudit.linkage.evidence import PairEvidence
from flowaudit.linkage.parents import Chosen
from flowaudit.linkage.statistics import rank_correlation

_MOST_LAGS: Final = 0.9
"""Of a flow's delays, so many count as within its delay."""
_BACKWARDS: Final = 1 / 3
"""True flows of generated estates stay below .31, most below .02."""
_WORTH_KNOWING: Final = 0.1
_ALL_KNOWN: Final = 0.8
"""What a program gives out itself is new the first time."""
_VARIES_BITS: Final = 1.0
_DRIFTS: Final = 0.8
"""Rank correlation; of true flows whose delay varies at all it stays below .5, in batches too."""
_MIN_DRIFTING: Final = 15

GOES_BACK: Final = "people come back at once as well: both may have them from elsewhere"
DRIFTS: Final = "the delay only grows or only shrinks: two counters, and no flow"
KNOWS_OTHERS: Final = "it names people besides whom no topic that could be its parent names"


def from_elsewhere(child: Child, parent: Chosen, how: How, lags: NDArray[np.float64]) -> str:
    """Why both may have it from elsewhere; empty when nothing says so. `lags` are the flow's, by bin."""
    if how.is_by_people:
        return GOES_BACK if _backwards(child.pairs[parent.upstream], lags) > _BACKWARDS else ""
    if how is not How.EVENTS:
        return ""
    return DRIFTS if entropy_bits(lags) >= _VARIES_BITS and _drifts(child, parent) else ""


def knows_others(child: Child, parents: Iterable[Chosen]) -> bool:
    """Is there a field of people, all of them known, whom hardly a record of any of the parents has?"""
    rows = child.rows
    supplied = rows.seen_in(parent.upstream for parent in parents)
    least = _WORTH_KNOWING * float(rows.weight.sum())
    for bit in rows.bits:
        known = rows.records(rows.people & bit)
        is_known = known > max(least, _ALL_KNOWN * rows.records(rows.present & bit))
        if is_known and rows.records(supplied & rows.people & bit) < _WORTH_KNOWING * known:
            return True
    return False


def _backwards(pair: PairEvidence, lags: NDArray[np.float64]) -> float:
    """How many people go back within a flow's delays for each who goes there, chance subtracted from both."""
    if not lags.any():
        return 0.0
    end = int(np.searchsorted(np.cumsum(lags), _MOST_LAGS * float(lags.sum()))) + 2
    there, back, chance = (
        int(counts[:end].sum()) for counts in (pair.entity.preceding, pair.entity.following, pair.entity.shifted)
    )
    return max(0, back - chance) / max(1, there - chance)


def _drifts(child: Child, parent: Chosen) -> bool:
    """Does the delay grow or shrink from beginning to end, as between two counters that count at their own pace?"""
    rows = child.rows
    hit = (parent.explains != 0) & (rows.lag_ms[:, parent.upstream] > 0)
    times, lags = (values[hit].astype(np.float64) for values in (rows.time_ms, rows.lag_ms[:, parent.upstream]))
    return len(lags) >= _MIN_DRIFTING and abs(rank_correlation(times, lags)) >= _DRIFTS
