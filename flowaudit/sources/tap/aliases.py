"""Aliases of sampled plaintexts: which digests are theirs. Pure, bounded memory, holds hashes and never values.

An alias is told once for each period of event time in which its plaintext is sighted, or more often when memory of
what was told is short: the *set* of aliases follows from the records alone, however they are cut and interleaved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import ALIAS, ALIAS_PERIOD_MS, Preimage
from flowaudit.linkage.canonical import Scalar
from flowaudit.linkage.preimages import digests_of, other_spellings, text_of
from flowaudit.linkage.tokens import Pseudonymiser

_REMEMBERED: Final = 65_536


class AliasMaker:
    """Makes the aliases of one tap, for all its partitions."""

    def __init__(self, pseudonymiser: Pseudonymiser) -> None:
        self._pseudonymiser = pseudonymiser
        self._told: dict[int, None] = {}

    def of(
        self, values: Sequence[Scalar], forms: Sequence[bytes], rows: NDArray[np.void], where: object
    ) -> NDArray[np.void]:
        """Aliases of sampled values that were not told lately.

        Args:
            values: as the field spells them, one for each row.
            forms: their canonical forms.
            rows: their sightings.
            where: the field, by anything that no other field equals.
        """
        found: list[tuple[int, int, int, int, int]] = []
        tokens, times, fields = (rows[name].tolist() for name in ("token", "timestamp_ms", "field"))
        for value, form, token, time, field in zip(values, forms, tokens, times, fields, strict=True):
            period = time // ALIAS_PERIOD_MS
            if period >= 0 and self._is_new(hash((where, value, period))):
                found.extend(self._aliases(text_of(value), form, (token, period, field)))
        return np.array(found, dtype=ALIAS)

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


def in_alias_order(parts: Iterable[NDArray[np.void]]) -> bytes:
    """All aliases as the bytes of one array, ascending, each once."""
    given = [part for part in parts if len(part)]
    return np.unique(np.concatenate(given)).tobytes() if given else b""
