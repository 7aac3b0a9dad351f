"""Telling only what is new: the memory of a polled source."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from msgspec.structs import replace

from flowaudit.facts import Fact, OffsetCommitted, ProducerSeen

REFRESH_MS = 60_000
"""An unchanged fact is told again after this long, so that `last_seen` keeps up with reality."""
PROGRESS_MS = 5_000
"""A mere progress (an offset that moved, a sequence number that grew) is not told more often than this."""
_PROGRESS: Mapping[type, tuple[str, ...]] = {
    OffsetCommitted: ("offset", "end_offset"),
    ProducerSeen: ("last_sequence", "last_timestamp_ms"),
}


class News:
    """Lets a fact through when it differs from the last one of the same key, or when that one is a minute old."""

    def __init__(self, refresh_ms: int = REFRESH_MS, progress_ms: int = PROGRESS_MS) -> None:
        self._refresh_ms = refresh_ms
        self._progress_ms = progress_ms
        self._told: dict[Hashable, Fact] = {}

    def of(self, facts: Iterable[tuple[Hashable, Fact]]) -> Iterator[Fact]:
        """The facts that are worth telling, each beside the key of what it speaks about."""
        for key, fact in facts:
            told = self._told.get(key)
            if told is None or self._is_news(told, fact):
                self._told[key] = fact
                yield fact

    def of_all(self, facts: Iterable[tuple[Hashable, Fact]]) -> Iterator[Fact]:
        """As `of`, for all that there is now: a thing that is not among them and comes back later is told again."""
        there: set[Hashable] = set()

        def noted() -> Iterator[tuple[Hashable, Fact]]:
            for key, fact in facts:
                there.add(key)
                yield key, fact

        yield from self.of(noted())
        self.forget_all_but(there)

    def forget_all_but(self, keys: Iterable[Hashable]) -> None:
        """Drop the memory of things that are no longer listed, so that one that comes back is told again."""
        for key in self._told.keys() - set(keys):
            del self._told[key]

    def _is_news(self, told: Fact, fact: Fact) -> bool:
        age_ms = fact.provenance.observed_ms - told.provenance.observed_ms
        if age_ms >= self._refresh_ms:
            return True
        same = replace(told, provenance=fact.provenance)
        if same == fact:
            return False
        if age_ms >= self._progress_ms or type(fact) is not type(told):
            return True
        return replace(same, **{field: getattr(fact, field) for field in _PROGRESS.get(type(fact), ())}) != fact
