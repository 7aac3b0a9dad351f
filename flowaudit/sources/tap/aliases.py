"""Aliases of sampled plaintexts: which digests are theirs. Pure, bounded memory, holds hashes and never values.

An alias is told once for each period of event time in which its plaintext is sighted, or more often when memory of
what was told is short: the *set* of aliases follows from the records alone, however they are cut and interleaved.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import ALIAS, ALIAS_PERIOD_MS, Preimage
from flowaudit.linkage.preimages import FUNCTIONS, digests_of, other_spellings, text_of
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.sightings import Sightings, SpelledColumn

_REMEMBERED: Final = 65_536
_PERIODS: Final = 1 << 32


class AliasMaker:
    """Makes the aliases of one tap, for all its partitions."""

    def __init__(self, pseudonymiser: Pseudonymiser) -> None:
        self._pseudonymiser = pseudonymiser
        self._told: OrderedDict[int, None] = OrderedDict()

    def of(self, found: Sightings, column: SpelledColumn, where: object) -> NDArray[np.void]:
        """Digests of sampled values that were not told lately; `where` is the field, by what no other field equals."""
        spelled: list[tuple[int, int, int]] = []
        digests: list[bytes] = []
        times, values = found.rows["timestamp_ms"].tolist(), map(column.values.__getitem__, found.positions)
        for row, (value, form, time) in enumerate(zip(values, found.forms, times, strict=True)):
            period = time // ALIAS_PERIOD_MS
            if not 0 <= period < _PERIODS or not self._is_new(hash((where, value, period))):
                continue
            text = text_of(value)
            spelled.append((row, period, Preimage.AS_IS))
            digests += digests_of(text.encode("utf-8", "replace"))
            if self._is_new(hash((text, period))):
                for preimage, spelling in other_spellings(text, form):
                    spelled.append((row, period, preimage))
                    digests += digests_of(spelling)
        return self._aliases(found.rows, spelled, digests)

    def _aliases(
        self, rows: NDArray[np.void], spelled: list[tuple[int, int, int]], digests: list[bytes]
    ) -> NDArray[np.void]:
        row, period, preimage = np.repeat(np.array(spelled, dtype=np.int64).reshape(-1, 3), FUNCTIONS, axis=0).T
        aliases = np.empty(len(digests), dtype=ALIAS)
        aliases["digest"] = self._pseudonymiser.tokens(digests)
        aliases["token"] = rows["token"][row]
        aliases["period"] = period
        aliases["field"] = np.where(preimage == Preimage.AS_IS, rows["field"][row], 0)
        aliases["preimage"] = preimage
        return aliases

    def of_previous_key(self, found: Sightings) -> NDArray[np.void]:
        """The tokens that sampled values had under the previous key, if any, where they were not told lately."""
        previous = self._pseudonymiser.previous
        if previous is None:
            return np.empty(0, dtype=ALIAS)
        periods = (found.rows["timestamp_ms"] // ALIAS_PERIOD_MS).tolist()
        kept = [
            row
            for row, (form, period) in enumerate(zip(found.forms, periods, strict=True))
            if 0 <= period < _PERIODS and previous.keeps(form) and self._is_new(hash((form, period, "rotated")))
        ]
        aliases = np.empty(len(kept), dtype=ALIAS)
        aliases["digest"] = previous.tokens([found.forms[row] for row in kept])
        aliases["token"] = found.rows["token"][kept]
        aliases["period"] = [periods[row] for row in kept]
        aliases["field"] = previous.key_id
        aliases["preimage"] = Preimage.ROTATED
        return aliases

    def _is_new(self, mark: int) -> bool:
        if mark in self._told:
            return False
        self._told[mark] = None
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return True
