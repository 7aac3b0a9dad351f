"""Aliases of sampled plaintexts: which digests are theirs. Pure, bounded memory, holds hashes and never values.

An alias is told once for each period of event time in which its plaintext is sighted, or more often when memory of
what was told is short: the *set* of aliases follows from the records alone, however they are cut and interleaved.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import ALIAS, ALIAS_PERIOD_MS, Preimage
from flowaudit.linkage.preimages import digests_of, other_spellings, text_of
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.sightings import Sightings, SpelledColumn

_REMEMBERED: Final = 65_536
_PERIODS: Final = 1 << 32


class AliasMaker:
    """Makes the aliases of one tap, for all its partitions."""

    def __init__(self, pseudonymiser: Pseudonymiser) -> None:
        self._pseudonymiser = pseudonymiser
        self._told: dict[int, None] = {}

    def of(self, found: Sightings, column: SpelledColumn, where: object) -> NDArray[np.void]:
        """Aliases of sampled values that were not told lately; `where` is the field, by what no other field equals."""
        aliases: list[tuple[int, int, int, int, int]] = []
        tokens, times, fields = (found.rows[name].tolist() for name in ("token", "timestamp_ms", "field"))
        values = map(column.values.__getitem__, found.positions)
        for value, form, token, time, field in zip(values, found.forms, tokens, times, fields, strict=True):
            period = time // ALIAS_PERIOD_MS
            if 0 <= period < _PERIODS and self._is_new(hash((where, value, period))):
                aliases.extend(self._aliases(text_of(value), form, (token, period, field)))
        return np.array(aliases, dtype=ALIAS)

    def _aliases(self, text: str, form: bytes, of: tuple[int, int, int]) -> Iterator[tuple[int, int, int, int, int]]:
        token, period, field = of
        for digest in digests_of(text.encode("utf-8", "replace")):
            yield self._token(digest), token, period, field, Preimage.AS_IS
        if not self._is_new(hash((text, period))):
            return
        for preimage, spelling in other_spellings(text, form):
            for digest in digests_of(spelling):
                yield self._token(digest), token, period, 0, preimage

    def _token(self, digest: bytes) -> int:
        return int.from_bytes(self._pseudonymiser.token(digest), "little")

    def _is_new(self, mark: int) -> bool:
        if mark in self._told:
            return False
        self._told[mark] = None
        if len(self._told) > _REMEMBERED:
            del self._told[next(iter(self._told))]
        return True
