"""The linkage window: sightings in, mergeable facts out, memory bounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import (
    PARENT,
    BucketsClosed,
    Channel,
    DigestsCompared,
    Fact,
    OpenBuckets,
    PeopleCounted,
    Provenance,
    RowsObserved,
    SightingRun,
    encode_fact,
)
from flowaudit.linkage.clocks import corrected
from flowaudit.linkage.columns import Named, SightingColumns
from flowaudit.linkage.compared import ComparedDigests, DigestThinning, digest_facts
from flowaudit.linkage.digests import Digests
from flowaudit.linkage.kept_share import KeptShare, token_limit
from flowaudit.linkage.neighbours import Neighbours
from flowaudit.linkage.pairs import Stamp, observe_pairs
from flowaudit.linkage.people import PeopleThinning, people_facts
from flowaudit.linkage.popular import popular
from flowaudit.linkage.rows import RecordIndexes, draw_rows, parents_in, row_facts
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.slice import Slice, index_slice, subset
from flowaudit.linkage.thinning import RowThinning

_CLOSED: Final = "sightings up to the watermark"
_EMPTY_BUCKETS: Final = 15
"""So many empty buckets are passed over before it is told that they are closed."""


class LinkageWindow:
    """Holds the sightings of the last window and turns them into facts, one bucket of event time after the other.

    While memory suffices, facts are a function of the *set* of sightings: batching, order and replays change nothing,
    provided that a watermark is told only after everything up to it was added. Where it does not suffice, how many
    tokens a bucket's facts rest on depends on what was held, and so on when things were added and closed; but they
    are the facts that those tokens alone would give, in all topics alike: a bucket uses only tokens that were kept all
    through the stretch of time it looks at, so that neither null model leans to one side.

    Windows that hold disjoint shares of the tokens (each with its own `shard`) yield facts that add up; only where
    the data begins and ends does each know for itself. What takes two tokens of one record is known only to a window
    that holds both: names that a mapping table joins, and composite keys, are found less and less the more windows
    share the tokens. Any int64 is taken for a timestamp; what cannot be an event
    time is not counted.
    """

    def __init__(self, settings: LinkageSettings) -> None:
        self._settings = settings
        self._columns = SightingColumns()
        self._digests = Digests(settings.max_sightings, settings.max_aliases)
        self._run_theta = 1.0
        self._kept = KeptShare()
        self._open_from_ms: int | None = None
        self._held_since_ms = -1
        self._said_closed_ms: int | None = None
        self._thinning = RowThinning(settings.kept_rows_per_topic)
        self._people = PeopleThinning()
        self._compared = DigestThinning()
        self._ahead_ms: dict[str, int] = {}

    @property
    def theta(self) -> float:
        """The sampling rate of what comes in now: the lowest that any run came with, times what memory has room for."""
        return self._run_theta * self._kept.newest

    @property
    def sightings(self) -> int:
        """Sightings held now."""
        return len(self._columns) + len(self._digests)

    def add(self, run: SightingRun) -> None:
        """Take in a run. A replayed run changes nothing."""
        self._run_theta = min(self._run_theta, run.theta)
        self._columns.add(run, token_limit(self._kept.newest))
        self._digests.add(run)
        while len(self._columns) > self._settings.max_sightings:
            self._columns.settle()
            if len(self._columns) > self._settings.max_sightings:
                self._halve()

    def resume(self, closed: BucketsClosed) -> None:
        """Do not tell of buckets that a window before this one closed. Call it before adding."""
        self._open_from_ms = self._said_closed_ms = closed.until_ms

    def correct(self, ahead_ms: Mapping[str, int]) -> None:
        """Compare topics by these clocks from now on: how far each topic's own is ahead (see `TopicClocks`)."""
        self._ahead_ms = dict(ahead_ms)

    def remember(self, rows: RowsObserved) -> None:
        """Take note of rows that a window before this one told, in the order of telling: they thin what follows."""
        self._thinning.remember(rows)

    def close(self, watermark_ms: int) -> list[Fact]:
        """Facts of every bucket whose following horizon the watermark has passed, each bucket once; then expire.

        Rows and registers are thinned: what is stored of an endless stream grows with the logarithm of its length.
        Where no row is left there is no fact of rows. If memory has room again afterwards, more tokens are kept from
        now on. Sightings that arrive for a closed bucket afterwards are not counted in it.
        """
        facts: list[Fact] = []
        for bucket_ms in self._buckets():
            end_ms = bucket_ms + self._settings.bucket_ms
            if end_ms + self._settings.window_ms > watermark_ms:
                break
            observed = self._observe((bucket_ms, end_ms), end_ms + self._settings.window_ms)
            facts += self._thinned(observed)
            facts.append(self._closed(end_ms))
        return facts + self._pass_over(watermark_ms)

    def _closed(self, until_ms: int) -> BucketsClosed:
        self._open_from_ms = self._said_closed_ms = until_ms
        return BucketsClosed(Provenance(Channel.LINKAGE, until_ms, _CLOSED), self._settings.shard, until_ms)

    def _pass_over(self, watermark_ms: int) -> list[Fact]:
        """Close what holds nothing, and say so now and then; forget what no open bucket looks at."""
        width = self._settings.bucket_ms
        until_ms = (watermark_ms - self._settings.window_ms) // width * width
        if until_ms > (self._open_from_ms or 0):
            self._open_from_ms = until_ms
        if self._open_from_ms is None:
            return []
        self._forget_before(self._open_from_ms - self._settings.reach_ms)
        if self._said_closed_ms is None:
            self._said_closed_ms = self._open_from_ms
        is_told = self._open_from_ms < self._said_closed_ms + _EMPTY_BUCKETS * width
        return [] if is_told else [self._closed(self._open_from_ms)]

    def open_buckets(self, now_ms: int) -> OpenBuckets:
        """What the open buckets tell so far, as one fact that a later one takes the place of."""
        self._columns.settle()
        self._digests.settle()
        told = tuple(encode_fact(fact) for fact in self.provisional())
        since_ms = min(self._buckets(), default=self._open_from_ms or 0)
        provenance = Provenance(Channel.LINKAGE, now_ms, "sightings of the open buckets")
        return OpenBuckets(provenance, self._settings.shard, since_ms, self.sightings, told)

    def provisional(self) -> list[Fact]:
        """Facts of what is still open, as one bucket that ends with the data. Nothing is closed or forgotten.

        They stand in for the facts that `close` will emit: use the latest ones, together with all closed ones.
        """
        buckets = self._buckets()
        if not buckets:
            return []
        end_ms = int(self._times_ms().max()) - min((0, *self._ahead_ms.values())) + 1
        return self._observe((buckets[0], end_ms), end_ms)

    def _buckets(self) -> list[int]:
        """Starts of the open buckets that hold anything, ascending."""
        times = self._times_ms()
        if self._open_from_ms is not None:
            times = times[times >= self._open_from_ms]
        width = self._settings.bucket_ms
        starts: list[int] = (np.unique(times // width) * width).tolist()
        return starts

    def _times_ms(self) -> NDArray[np.int64]:
        return np.concatenate([self._columns.timestamps_ms(), self._digests.timestamps_ms()])

    def _observe(self, bucket: tuple[int, int], until_ms: int) -> list[Fact]:
        settings = self._settings
        from_ms = bucket[0] - settings.reach_ms
        share = self._kept.over(from_ms)
        limit = token_limit(share)
        (rows, topics, fields), compared = self._sightings_between(from_ms, until_ms, limit)
        if not len(rows):
            return []
        times = rows["timestamp_ms"]
        stretch = (int(times.min()), min(until_ms, int(times.max()) + 1))
        data = index_slice(rows, topics, fields, stretch)
        data = subset(data, ~popular(data, settings.popular_share, settings.popular_records))
        theta = self._run_theta * share
        provenance = Provenance(
            Channel.LINKAGE, until_ms, f"sightings of [{bucket[0]}, {bucket[1]}) ms, theta {theta:g}"
        )
        stamp = Stamp(provenance, bucket[0], settings.shard, theta)
        return [*facts_of(data, bucket, settings, stamp), *digest_facts(compared, stamp, self._run_theta)]

    def _sightings_between(
        self, from_ms: int, until_ms: int, limit: int | None
    ) -> tuple[Named, ComparedDigests | None]:
        """What is held of a stretch of time, by corrected clocks, digests under the name of what they are of."""
        earlier_ms = from_ms + min((0, *self._ahead_ms.values()))
        later_ms = until_ms + max((0, *self._ahead_ms.values()))
        sightings = self._columns.between(earlier_ms, later_ms, limit)
        (rows, topics, fields), compared = self._digests.resolve(sightings, earlier_ms, later_ms, limit)
        return (corrected(rows, topics, self._ahead_ms, (from_ms, until_ms)), topics, fields), compared

    def _thinned(self, facts: list[Fact]) -> list[Fact]:
        """The facts with the rows, registers and fields that stay; those that keep no row or field are left out."""
        return [thinned for fact in facts if (thinned := self._thin(fact)) is not None]

    def _thin(self, fact: Fact) -> Fact | None:
        if isinstance(fact, PeopleCounted):
            return self._people.thin(fact)
        if isinstance(fact, DigestsCompared):
            return self._compared.thin(fact)
        if not isinstance(fact, RowsObserved):
            return fact
        thinned = self._thinning.thin(fact)
        return thinned if thinned.rows else None

    def _halve(self) -> None:
        """Drop every second identifier, in all topics alike. Tokens are uniform, so their size can choose."""
        self._kept.halve()
        limit = token_limit(self._kept.newest)
        if limit is not None:
            self._columns.keep_tokens_below(limit)

    def _forget_before(self, held_since_ms: int) -> None:
        if held_since_ms > self._held_since_ms:
            self._held_since_ms = held_since_ms
            self._columns.keep_since(held_since_ms)
            self._digests.keep_since(held_since_ms)
        if self._kept.newest < 1.0:
            self._columns.settle()
        self._kept.rise(held_since_ms, self._columns.latest_ms, len(self._columns) / self._settings.max_sightings)


def facts_of(data: Slice, bucket: tuple[int, int], settings: LinkageSettings, stamp: Stamp) -> list[Fact]:
    """The linkage facts of a slice, counting the sightings whose event time lies in the bucket."""
    if not len(data):
        return []
    data = _shared_with(data, bucket)
    targets = (data.time >= bucket[0]) & (data.time < bucket[1])
    near = Neighbours(data, settings.window_ms)
    sample = draw_rows(data, targets, settings.rows_per_topic)
    indexes = RecordIndexes.of(data)
    facts: list[Fact] = []
    parents = [np.empty(0, dtype=PARENT)]
    for upstream in range(len(data.topics)):
        near.look_at(upstream)
        facts += observe_pairs(data, near, targets, upstream, stamp)
        parents.append(parents_in(data, near, sample, indexes, upstream))
    facts += row_facts(data, sample, np.concatenate(parents), stamp)
    facts += people_facts(data, bucket, settings.window_ms, stamp)
    return facts


def _shared_with(data: Slice, bucket: tuple[int, int]) -> Slice:
    """The slice without the identifiers that the bucket does not hold: nothing in it is compared with them."""
    targets = (data.time >= bucket[0]) & (data.time < bucket[1])
    is_held = np.zeros(int(data.token[-1]) + 1, dtype=bool)
    is_held[data.token[targets]] = True
    return subset(data, is_held[data.token])
