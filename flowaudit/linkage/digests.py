"""Digests in the window: each takes the token of its plaintext, where a plaintext was seen in any topic.

A digest shows nothing of its plaintext, so the tap hands over every digest, and beside it the aliases of those
plaintexts that are in the sample. Where the two meet the digest becomes a sighting of the plaintext; one that is
met by no alias keeps its own token, and counts when that is in the sample. So both sides of a link are sampled alike.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import Preimage, SightingRun
from flowaudit.linkage.aliases import Aliases, first_alias
from flowaudit.linkage.columns import SightingColumns
from flowaudit.linkage.kept_share import KeptShare, token_limit

_ORDER: Final = ("key", "token", "timestamp_ms", "topic", "partition", "offset", "field")

Named = tuple[NDArray[np.void], tuple[str, ...], tuple[str, ...]]
"""Sightings, and the topics and fields that their numbers stand for, as `SightingColumns.between` gives them."""


class Digests:
    """The digests and aliases of one linkage window, bounded by themselves: a burst of them costs no plaintext."""

    def __init__(self, max_sightings: int, max_aliases: int) -> None:
        self._max_sightings = max_sightings
        self._columns = SightingColumns()
        self._aliases = Aliases(max_aliases)
        self._kept = KeptShare()

    def __len__(self) -> int:
        """Sightings of digests held now."""
        return len(self._columns)

    def add(self, run: SightingRun) -> None:
        """Take in a run's digests and aliases. A replayed run changes nothing."""
        self._aliases.add(run)
        self._columns.add(msgspec.structs.replace(run, rows=run.digests), token_limit(self._kept.newest))
        while len(self._columns) > self._max_sightings:
            self._columns.settle()
            if len(self._columns) > self._max_sightings:
                self._kept.halve()
                self._columns.keep_tokens_below(token_limit(self._kept.newest) or 0)

    def keep_since(self, timestamp_ms: int) -> None:
        """Forget what was before this event time."""
        self._columns.keep_since(timestamp_ms)
        self._aliases.keep_since(timestamp_ms)
        self._kept.rise(timestamp_ms, self._columns.latest_ms, len(self._columns) / self._max_sightings)

    def timestamps_ms(self) -> NDArray[np.int64]:
        """The event time of each sighting of a digest, in no useful order."""
        return self._columns.timestamps_ms()

    def resolve(self, sightings: Named, from_ms: int, to_ms: int, limit: int | None) -> Named:
        """These sightings, those of digests under the token of their plaintext where it is known.

        Only digests of `[from_ms, to_ms)` are looked at, and of plaintexts whose token is below `limit`.
        """
        if not len(self._columns):
            return sightings
        aliases, _ = self._aliases.between(from_ms, to_ms)
        if not len(aliases):
            return sightings
        rows, topics, fields = sightings
        digests = self._columns.between(from_ms, to_ms, token_limit(self._kept.over(from_ms)))
        plain = rows[first_alias(rows, aliases) < 0]
        found = _resolved(digests[0], aliases)
        if limit is not None:
            found = found[found["token"] < np.uint64(limit)]
        return _together((plain, topics, fields), (found, *digests[1:]))


def _resolved(digests: NDArray[np.void], aliases: NDArray[np.void]) -> NDArray[np.void]:
    """Sightings of digests whose plaintext is known here, as sightings of that plaintext.

    Two plaintexts of one digest have a spelling in common; the smaller token stands for both.
    """
    here = aliases[aliases["preimage"] != Preimage.ELSEWHERE]
    found = first_alias(digests, here)
    taken = digests[found >= 0]
    taken["token"] = here["token"][found[found >= 0]]
    return taken


def _together(one: Named, other: Named) -> Named:
    """Two sets of sightings as one, under common numbers of topics and fields."""
    topics, fields = (tuple(sorted({*one[place], *other[place]})) for place in (1, 2))
    parts = []
    for rows, its_topics, its_fields in (one, other):
        part = rows.copy()
        part["topic"] = _numbers(its_topics, topics)[rows["topic"]]
        part["field"] = _numbers(its_fields, fields)[rows["field"]]
        parts.append(part)
    rows = np.concatenate(parts)
    return rows[np.lexsort(tuple(rows[name] for name in reversed(_ORDER)))], topics, fields


def _numbers(names: tuple[str, ...], among: tuple[str, ...]) -> NDArray[np.int64]:
    return np.searchsorted(np.array(among, dtype=object), np.array(names, dtype=object))
