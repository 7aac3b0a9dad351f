"""Telling only what is new: the memory of a polled source."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

import msgspec

from flowaudit.facts import Fact

REFRESH_MS = 60_000
"""An unchanged fact is told again after this long, so that `last_seen` keeps up with reality."""


class News:
    """Lets a fact through when it differs from the last one of the same key, or when that one is a minute old."""

    def __init__(self, refresh_ms: int = REFRESH_MS) -> None:
        self._refresh_ms = refresh_ms
        self._told: dict[Hashable, Fact] = {}

    def of(self, facts: Iterable[tuple[Hashable, Fact]]) -> Iterator[Fact]:
        """The facts that are worth telling, each beside the key of what it speaks about."""
        for key, fact in facts:
            told = self._told.get(key)
            if told is None or self._changed(told, fact):
                self._told[key] = fact
                yield fact

    def forget_all_but(self, keys: Iterable[Hashable]) -> None:
        """Drop the memory of things that are no longer listed, so that one that comes back is told again."""
        kept = set(keys)
        self._told = {key: fact for key, fact in self._told.items() if key in kept}

    def _changed(self, told: Fact, fact: Fact) -> bool:
        age_ms = fact.provenance.observed_ms - told.provenance.observed_ms
        return age_ms >= self._refresh_ms or msgspec.structs.replace(told, provenance=fact.provenance) != fact
