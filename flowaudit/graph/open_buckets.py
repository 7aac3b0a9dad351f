"""What linkage would tell of the buckets that are still open: the latest telling stands in for what will be told."""

from __future__ import annotations

from collections.abc import Iterator

from flowaudit.facts import BucketsClosed, Fact, OpenBuckets, decode_fact


class OpenBucketsHeld:
    """Merges `OpenBuckets` and `BucketsClosed`; any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._open: dict[int, OpenBuckets] = {}
        self._closed: dict[int, int] = {}

    def copy(self) -> OpenBucketsHeld:
        """An accumulator that can go its own way."""
        twin = OpenBucketsHeld()
        twin._open = self._open.copy()
        twin._closed = self._closed.copy()
        return twin

    def add_open(self, fact: OpenBuckets) -> None:
        """Take in what a shard's open buckets told."""
        self._open[fact.shard] = max(self._open.get(fact.shard, fact), fact, key=_age)

    def add_closed(self, fact: BucketsClosed) -> None:
        """Take in how far a shard's buckets are closed."""
        self._closed[fact.shard] = max(self._closed.get(fact.shard, 0), fact.until_ms)

    def standing(self) -> Iterator[Fact]:
        """The facts that stand in for what the open buckets will tell."""
        for shard, fact in sorted(self._open.items()):
            if self._closed.get(shard, 0) <= fact.since_ms:
                yield from map(decode_fact, fact.facts)


def _age(fact: OpenBuckets) -> tuple[int, int, int, tuple[bytes, ...]]:
    return fact.provenance.observed_ms, fact.since_ms, fact.sightings, fact.facts
