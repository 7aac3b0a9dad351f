"""How often a value of a field comes back, from the tokens of the coordinated sample. Pure, bounded memory."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_CAPACITY: Final = 1_024
_ENOUGH_SIGHTINGS: Final = 64
_OFTEN: Final = 3


class Multiplicity:
    """Counts sightings of the values whose tokens lie below a limit, which is halved whenever there are too many.

    A sample of *records* would miss that a value returns; a sample of *values* (KMV, Bar-Yossef et al. 2002) sees every
    sighting of those it holds. The order of tokens alone decides, not their batching.
    """

    __slots__ = ("_counts", "_limit", "_sightings")

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._limit = 1 << 64
        self._sightings = 0

    def observe(self, tokens: NDArray[np.uint64]) -> None:
        """Take the tokens of some sightings, in the order of the records."""
        if self._limit < 1 << 64:
            tokens = tokens[tokens < np.uint64(self._limit)]
        for token in tokens.tolist():
            if token < self._limit:
                self._counts[token] = self._counts.get(token, 0) + 1
                self._sightings += 1
                if len(self._counts) > _CAPACITY:
                    self._halve()

    def _halve(self) -> None:
        self._limit //= 2
        self._counts = {token: count for token, count in self._counts.items() if token < self._limit}
        self._sightings = sum(self._counts.values())

    @property
    def distinct_share(self) -> float | None:
        """Distinct values per sighting, 1.0 when none came back; None while there are too few sightings."""
        if self._sightings < _ENOUGH_SIGHTINGS:
            return None
        return len(self._counts) / self._sightings

    @property
    def often_share(self) -> float:
        """Share of the values that were seen three times or more: who repeats himself says things twice."""
        return sum(count >= _OFTEN for count in self._counts.values()) / max(1, len(self._counts))
