"""Aliases of sampled plaintexts: which digests are theirs. Pure, bounded memory, holds hashes and never values.

An alias is told once for each period of event time in which its plaintext is sighted, or more often when memory of
what was told is short: the *set* of aliases follows from the records alone, however they are cut and interleaved.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from flowaudit.facts import ALIAS_PERIOD_MS, Preimage
from flowaudit.linkage.preimages import FUNCTIONS, digests_of, other_spellings, text_of
from flowaudit.linkage.tokens import Pseudonymiser
from flowaudit.sources.tap.sightings import Sightings, SpelledColumn, alias_rows

_REMEMBERED: Final = 65_536
_PERIODS: Final = 1 << 32
_AS_IS: Final = Preimage.AS_IS


class AliasMaker:
    """Makes the aliases of one tap, for all its partitions."""

    def __init__(self, pseudonymiser: Pseudonymiser) -> None:
        self._pseudonymiser = pseudonymiser
        self._told: OrderedDict[int, None] = OrderedDict()
        self._made: OrderedDict[int, list[bytes]] = OrderedDict()

    def of(self, found: Sightings, column: SpelledColumn, where: object, *, functions: int = FUNCTIONS) -> list[bytes]:
        """Digests of sampled values that were not told lately, by the commonest functions.

        `where` is the field, by what no other field equals.
        """
        aliases: list[bytes] = []
        place = hash(where)
        values = map(column.values.__getitem__, found.positions)
        for value, form, (token, _, time, field) in zip(values, found.forms, found.rows.tolist(), strict=True):
            period = time // ALIAS_PERIOD_MS
            if not 0 <= period < _PERIODS or not self._is_new(hash((place, value, period))):
                continue
            text = text_of(value)
            digests = self._digests(text.encode("utf-8", "replace"), functions)
            aliases += alias_rows(digests, token, period, field, _AS_IS)
            if self._is_new(hash((text, period, functions))):
                for preimage, spelling in other_spellings(text, form):
                    aliases += alias_rows(self._digests(spelling, functions), token, period, 0, preimage)
        return aliases

    def _digests(self, spelling: bytes, functions: int) -> list[bytes]:
        """The tokens of a spelling's digests: many fields and periods hold the same ones."""
        mark = hash((spelling, functions))
        made = self._made.get(mark)
        if made is None:
            made = self._made[mark] = self._pseudonymiser.token_bytes(digests_of(spelling, functions))
            if len(self._made) > _REMEMBERED:
                self._made.popitem(last=False)
        return made

    def of_previous_key(self, found: Sightings) -> list[bytes]:
        """The tokens that sampled values had under the previous key, if any, where they were not told lately."""
        previous = self._pseudonymiser.previous
        if previous is None:
            return []
        periods = (found.rows["timestamp_ms"] // ALIAS_PERIOD_MS).tolist()
        kept = [
            row
            for row, (form, period) in enumerate(zip(found.forms, periods, strict=True))
            if 0 <= period < _PERIODS and previous.keeps(form) and self._is_new(hash((form, period, "rotated")))
        ]
        former = previous.token_bytes([found.forms[row] for row in kept])
        tokens = found.rows["token"][kept].tolist()
        return [
            alias
            for digest, token, row in zip(former, tokens, kept, strict=True)
            for alias in alias_rows((digest,), token, periods[row], previous.key_id, Preimage.ROTATED)
        ]

    def _is_new(self, mark: int) -> bool:
        if mark in self._told:
            return False
        self._told[mark] = None
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return True
