"""Which fields of digests were compared with the plaintexts that were seen near them. They hold no token."""

from __future__ import annotations

import msgspec

from flowaudit.facts.people import FieldName
from flowaudit.facts.provenance import Provenance


class DigestsCompared(msgspec.Struct, frozen=True, tag="digests-compared", omit_defaults=True):
    """Fields whose values look like digests, at a time when the digests of plaintexts were known too.

    Merges by union and by the smallest share: any order, any repetition and any sharding gives the same.
    """

    provenance: Provenance
    bucket_ms: int
    """Start of the bucket of event time."""
    shard: int
    share: float
    """Of all plaintexts that were seen, the share (0-1) whose digests were known."""
    resolved: tuple[FieldName, ...] = ()
    """Fields of which at least one digest is of a plaintext that some tapped topic holds."""
    unresolved: tuple[FieldName, ...] = ()
    """Fields of which no digest is."""
    kept: float = 1.0
    """Of the plaintexts in the sample, the share (0-1) whose digests memory had room for."""
