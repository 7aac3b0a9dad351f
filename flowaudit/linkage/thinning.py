"""Rows worth keeping for good: a bottom-k sample of an endless stream grows with the logarithm of its length."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import RowsObserved


class RowThinning:
    """Remembers, for each topic and kind of quoting, the smallest ranks so far; rows above all of them are dropped.

    What stays of a bucket stands for the whole of it: its rows' weights are raised accordingly.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._smallest: dict[tuple[str, frozenset[str]], NDArray[np.uint64]] = {}

    def thin(self, fact: RowsObserved) -> RowsObserved:
        """The fact with the rows that belong into the sample of everything up to now."""
        rows = fact.row_table().copy()
        quoting = rows["known"] & rows["instance"]
        keep = np.zeros(len(rows), dtype=bool)
        for kind in np.unique(quoting):
            mine = np.flatnonzero(quoting == kind)
            chosen = mine[rows["rank"][mine] <= self._limit_after(fact, int(kind), rows["rank"][mine])]
            keep[chosen] = True
            if len(chosen):
                rows["weight"][chosen] *= rows["weight"][mine].sum() / rows["weight"][chosen].sum()
        number = np.cumsum(keep) - 1
        parents = fact.parent_table()
        parents = parents[keep[parents["row"]]].copy()
        parents["row"] = number[parents["row"]]
        return msgspec.structs.replace(fact, rows=rows[keep].tobytes(), parents=parents.tobytes())

    def remember(self, fact: RowsObserved) -> None:
        """Take note of a fact that was thinned before: what it keeps is all that the next ones are measured by."""
        rows = fact.row_table()
        quoting = rows["known"] & rows["instance"]
        for kind in np.unique(quoting):
            self._limit_after(fact, int(kind), rows["rank"][quoting == kind])

    def _limit_after(self, fact: RowsObserved, kind: int, ranks: NDArray[np.uint64]) -> np.uint64:
        """The largest rank that is in the sample, after these ranks have been offered to it."""
        paths = frozenset(path for bit, path in enumerate(fact.fields) if kind >> bit & 1)
        before = self._smallest.get((fact.downstream, paths), np.empty(0, dtype=np.uint64))
        smallest = np.sort(np.concatenate([before, ranks]))[: self._kept]
        self._smallest[fact.downstream, paths] = smallest
        return np.uint64(smallest[-1])
