"""Facts that linkage emits: statistics of identifiers seen in two topics. They add up; they hold no token.

Histograms of one (upstream, downstream) pair over disjoint buckets are added; rows of one downstream topic are
merged by offset and the `K` with the smallest `rank` are kept. So several workers may each hold a share of the
tokens, and any order and any batching gives the same sum.
"""

from __future__ import annotations

import msgspec

from flowaudit.facts.provenance import Provenance


class FieldPair(msgspec.Struct, frozen=True, array_like=True):
    """How often a value of `upstream_path` was seen again in `downstream_path`."""

    upstream_path: str
    downstream_path: str
    sightings: int


class PairObserved(msgspec.Struct, frozen=True, tag="pair-observed", omit_defaults=True):
    """Lags between sightings of the same tokens in two topics, over one bucket of event time.

    The three histograms share the same logarithmic lag bins: nearest *preceding* sighting upstream, nearest
    *following* one (time reversal), and nearest preceding one as seen from a moment shifted into the past.
    """

    provenance: Provenance
    upstream: str
    downstream: str
    bucket_ms: int
    """Start of the bucket of event time; (upstream, downstream, bucket_ms, shard) is counted once."""
    shard: int
    preceding: tuple[int, ...]
    following: tuple[int, ...]
    shifted: tuple[int, ...]
    fields: tuple[FieldPair, ...] = ()


class ParentSeen(msgspec.Struct, frozen=True, array_like=True):
    """For one downstream record: which of its known identifiers an upstream topic carried before, and how long before."""

    upstream: str
    lag_ms: int
    mask: int
    """Bit i: the record's i-th known field was covered."""


class RowObserved(msgspec.Struct, frozen=True, array_like=True):
    """One sampled downstream record, as parent selection needs it."""

    rank: int
    """A hash of (topic, partition, offset): the rows with the smallest ranks are the sample, whoever drew it."""
    partition: int
    offset: int
    known: int
    """Bit i: the record's i-th field held an identifier that had been seen before in another topic."""
    parents: tuple[ParentSeen, ...]


class RowsObserved(msgspec.Struct, frozen=True, tag="rows-observed", omit_defaults=True):
    """A batch of sampled records of one downstream topic."""

    provenance: Provenance
    downstream: str
    bucket_ms: int
    shard: int
    fields: tuple[str, ...]
    """Paths that the masks' bits point to; two facts of one topic may order them differently."""
    field_is_instance: tuple[bool, ...]
    records: int
    """Downstream records in the bucket that held any sampled token."""
    rows: tuple[RowObserved, ...]
