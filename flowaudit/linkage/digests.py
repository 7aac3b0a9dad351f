"""Digests in the window: each takes the token of its plaintext, where a plaintext was seen in any topic.

A digest shows nothing of its plaintext, so the tap hands over every digest, and beside it the aliases of those
plaintexts that are in the sample. Where the two meet the digest becomes a sighting of the plaintext; one that is
met by no alias keeps its own token, and counts when that is in the sample. So both sides of a link are sampled alike.

A change of keys is met in the same way: for a while each token under the new key comes with the one under the old key
as its alias, and older sightings take the new name. What is in the old key's sample alone keeps the token of that key,
and its id: the sample of each key holds no more than the sampling rate says.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import Preimage, SightingRun
from flowaudit.linkage.aliases import Aliases, first_alias
from flowaudit.linkage.columns import IDENTITY, Named, SightingColumns
from flowaudit.linkage.compared import ComparedDigests, compared_digests
from flowaudit.linkage.kept_share import KeptShare, token_limit
from flowaudit.linkage.ordering import changes, order_of, packed


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
        if not run.digests:
            return
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

    def settle(self) -> None:
        """Drop what was told before."""
        self._columns.settle()

    def timestamps_ms(self) -> NDArray[np.int64]:
        """The event time of each sighting of a digest, in no useful order."""
        return self._columns.timestamps_ms()

    def resolve(
        self, sightings: Named, from_ms: int, to_ms: int, limit: int | None
    ) -> tuple[Named, ComparedDigests | None]:
        """These sightings, those of digests under the token of their plaintext where it is known; and which were.

        Only digests of `[from_ms, to_ms)` are looked at, and of plaintexts whose token is below `limit`. None: there
        was nothing to compare with.
        """
        if not len(self._aliases):
            return sightings, None
        aliases = self._aliases.between(from_ms, to_ms)
        kept = self._kept.over(from_ms)
        compared = ComparedDigests((), (), kept * self._aliases.share)
        rotated = aliases["preimage"] == Preimage.ROTATED
        if len(self._columns) and not rotated.all():
            digests = self._columns.between(from_ms, to_ms, token_limit(kept))
            compared = compared_digests(digests, aliases[~rotated], compared.share)
            sightings = _together(_not_aliased(sightings, aliases[~rotated]), _resolved(digests, aliases[~rotated]))
        if rotated.any():
            renamed = _renamed(sightings[0], aliases[rotated])
            sightings = _sorted(_renamed(renamed, _of_the_old_sample_alone(aliases[rotated])), *sightings[1:])
        rows, topics, fields = sightings
        return ((rows if limit is None else rows[rows["token"] < np.uint64(limit)]), topics, fields), compared


def _not_aliased(sightings: Named, aliases: NDArray[np.void]) -> Named:
    """Without the digests that some alias names, here or in another shard: they are counted by their plaintext."""
    rows, topics, fields = sightings
    return rows[first_alias(rows, aliases) < 0], topics, fields


def _resolved(digests: Named, aliases: NDArray[np.void]) -> Named:
    """Sightings of digests whose plaintext is known here, as sightings of that plaintext.

    Two plaintexts of one digest have a spelling in common; the smaller token stands for both.
    """
    rows, topics, fields = digests
    here = aliases[aliases["preimage"] != Preimage.ELSEWHERE]
    known = rows[first_alias(rows, here) >= 0]
    return _renamed(known, here), topics, fields


def _renamed(rows: NDArray[np.void], aliases: NDArray[np.void]) -> NDArray[np.void]:
    """The sightings, those that have an alias under its key and token."""
    found = first_alias(rows, aliases)
    renamed, named = rows.copy(), found >= 0
    renamed["key"][named] = aliases["new_key"][found[named]]
    renamed["token"][named] = aliases["token"][found[named]]
    return renamed


def _of_the_old_sample_alone(rotated: NDArray[np.void]) -> NDArray[np.void]:
    """Aliases back from the id of the new key to that of the old one, of tokens that the change of keys left alone."""
    back: NDArray[np.void] = rotated[rotated["digest"] == rotated["token"]].copy()
    back["key"], back["new_key"] = back["new_key"], back["key"].copy()
    return back


def _together(one: Named, other: Named) -> Named:
    """Two sets of sightings as one, under common numbers of topics and fields."""
    topics, fields = (tuple(sorted({*one[place], *other[place]})) for place in (1, 2))
    parts = []
    for rows, its_topics, its_fields in (one, other):
        part = rows.copy()
        part["topic"] = _numbers(its_topics, topics)[rows["topic"]]
        part["field"] = _numbers(its_fields, fields)[rows["field"]]
        parts.append(part)
    return _sorted(np.concatenate(parts), topics, fields)


def _sorted(rows: NDArray[np.void], topics: tuple[str, ...], fields: tuple[str, ...]) -> Named:
    """In order, and each once: what was read again under a new key is the same sighting."""
    keys = packed([rows[name] for name in IDENTITY])
    order = order_of(keys)
    return rows[order[changes(keys, order)]], topics, fields


def _numbers(names: tuple[str, ...], among: tuple[str, ...]) -> NDArray[np.int64]:
    return np.searchsorted(np.array(among, dtype=object), np.array(names, dtype=object))
