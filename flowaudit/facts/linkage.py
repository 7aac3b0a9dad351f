"""Facts that linkage emits: statistics of identifiers seen in two topics. They add up; they hold no token.

Histograms of one (upstream, downstream, identifiers) are added: every distinct fact of a pair counts once, however
often it is told, and the linkage window tells each bucket of its shard once (`BucketsClosed` sees to it across
restarts). Rows of one downstream topic are merged by partition and offset; the latest telling of a bucket stands. So
several workers may each hold a share of the tokens, and any order and any batching gives the same sum.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from itertools import zip_longest
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from flowaudit.facts.provenance import Provenance


class IdentifierKind(StrEnum):
    """What kind of identifier a statistic is about."""

    INSTANCE = "instance"
    """Each value names one event or document, and was minted in the topic that carried it first."""
    ENTITY = "entity"
    """Values return: they name a person, a place, a thing."""


class FieldPair(msgspec.Struct, frozen=True, array_like=True):
    """How often a value of `upstream_path` was seen again in `downstream_path`."""

    upstream_path: str
    downstream_path: str
    sightings: int


class PairObserved(msgspec.Struct, frozen=True, tag="pair-observed", omit_defaults=True):
    """Lags between sightings of the same tokens in two topics, over one bucket of event time.

    The three histograms share the logarithmic lag bins of `flowaudit.linkage.bins` (trailing zeros are left out):
    nearest *preceding* sighting upstream, nearest *following* one (time reversal), and nearest preceding one as seen
    from a shifted moment. Entity identifiers are counted within a horizon that is the same in both directions, so
    that the ends of the data favour neither. Instance identifiers need no shifted histogram: it is empty.
    """

    provenance: Provenance
    upstream: str
    downstream: str
    identifiers: IdentifierKind
    bucket_ms: int
    """Start of the bucket of event time, which its shard tells once; every distinct fact of a pair counts once."""
    shard: int
    preceding: tuple[int, ...]
    following: tuple[int, ...]
    shifted: tuple[int, ...]
    first_ms: int
    """Event time of the first downstream sighting that an upstream one precedes; -1 when there is none."""
    last_ms: int
    fields: tuple[FieldPair, ...] = ()
    counted: int = 0
    """Downstream sightings of these identifiers in the bucket, whether or not any upstream one is near."""

    def plus(self, other: PairObserved) -> PairObserved:
        """The sum of two facts about the same pair. It keeps this one's provenance, bucket and shard.

        Adding is commutative but for those three, and associative.
        """
        counts = Counter({(pair.upstream_path, pair.downstream_path): pair.sightings for pair in self.fields})
        for pair in other.fields:
            counts[pair.upstream_path, pair.downstream_path] += pair.sightings
        seen = [fact for fact in (self, other) if fact.first_ms >= 0]
        return msgspec.structs.replace(
            self,
            preceding=_added(self.preceding, other.preceding),
            following=_added(self.following, other.following),
            shifted=_added(self.shifted, other.shifted),
            first_ms=min((fact.first_ms for fact in seen), default=-1),
            last_ms=max((fact.last_ms for fact in seen), default=-1),
            fields=tuple(FieldPair(*paths, sightings) for paths, sightings in sorted(counts.items())),
            counted=self.counted + other.counted,
        )


def _added(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip_longest(one, other, fillvalue=0))


ROW: Final = np.dtype(
    [
        ("rank", "<u8"),
        ("partition", "<i4"),
        ("offset", "<i8"),
        ("timestamp_ms", "<i8"),
        ("present", "<u8"),
        ("instance", "<u8"),
        ("known", "<u8"),
        ("weight", "<f4"),
    ]
)
"""One sampled downstream record. Masks: bit i stands for `RowsObserved.fields[i]`.

`rank` is a hash of (topic, partition, offset): the rows with the smallest ranks are the sample, whoever drew it, and
`weight` is how many records each stands for. `present`: fields that held a sampled identifier; `instance`: those of
them that name one event; `known`: those that had been seen before in another topic.
"""

PARENT: Final = np.dtype(
    [
        ("row", "<u4"),
        ("upstream", "<u2"),
        ("lag_ms", "<i8"),
        ("mask", "<u8"),
        ("seen", "<u8"),
        ("first", "<u8"),
        ("own", "<u8"),
    ]
)
"""For one downstream record: the upstream record that carries most of its identifiers, and how long before.

`row` and `upstream` are indexes into `RowsObserved.rows` and `.upstreams`. Masks: `mask` the fields whose identifiers
that one record carries; `seen` those whose identifier any earlier record of the upstream topic carried; `first` those
of `seen` whose identifier no topic carried earlier than `upstream` did; `own` those of `seen` whose identifier the
upstream topic carried under the same name, and not only under another one that a mapping table gives.
"""


class RowsObserved(msgspec.Struct, frozen=True, tag="rows-observed", omit_defaults=True):
    """A batch of sampled records of one downstream topic, as columns."""

    provenance: Provenance
    downstream: str
    bucket_ms: int
    shard: int
    fields: tuple[str, ...]
    """Paths that the masks' bits point to (at most 64); two facts of one topic may order them differently."""
    upstreams: tuple[str, ...]
    records: int
    """Downstream records in the bucket that held any sampled token."""
    rows: bytes
    """A `ROW` array, ascending by rank."""
    parents: bytes
    """A `PARENT` array."""

    def row_table(self) -> NDArray[np.void]:
        """The rows as a read-only structured array of dtype `ROW`."""
        return np.frombuffer(self.rows, dtype=ROW)

    def parent_table(self) -> NDArray[np.void]:
        """The parents as a read-only structured array of dtype `PARENT`."""
        return np.frombuffer(self.parents, dtype=PARENT)


class BucketsClosed(msgspec.Struct, frozen=True, tag="buckets-closed", omit_defaults=True):
    """Every bucket of event time that ends at or before a moment was told of, or held nothing to tell.

    It is stored together with what was told, so that whoever goes on knows which records are still needed.
    """

    provenance: Provenance
    shard: int
    until_ms: int


class OpenBuckets(msgspec.Struct, frozen=True, tag="open-buckets", omit_defaults=True):
    """What the buckets that are not closed yet would tell, as of now: statistics that later ones take the place of.

    Of one shard the latest telling stands, until a `BucketsClosed` reaches beyond its `since_ms`.
    """

    provenance: Provenance
    shard: int
    since_ms: int
    """Start of the first open bucket."""
    sightings: int
    """How many the window held: of two tellings of one moment the fuller one is the later."""
    facts: tuple[bytes, ...]
    """The facts, each as `encode_fact` writes it."""
