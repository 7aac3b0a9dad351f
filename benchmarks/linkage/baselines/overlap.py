"""Plain value overlap: two topics are linked when the Jaccard similarity of their values is high enough."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from benchmarks.linkage.baselines.leaves import Pair, Record, columns_of, is_first, values_of


def overlaps(records: Sequence[Record]) -> dict[Pair, float]:
    """The Jaccard similarity of every two topics that share a value; who held most of those first is upstream."""
    values = values_of(columns_of(records))
    similarities: dict[Pair, float] = {}
    for one, other in combinations(sorted(values), 2):
        shared = values[one].keys() & values[other].keys()
        if not shared:
            continue
        similarity = len(shared) / (len(values[one]) + len(values[other]) - len(shared))
        pair = (one, other) if is_first(values[one], values[other], shared) else (other, one)
        similarities[pair] = similarity
    return similarities
