"""Facts of the tap: what became of each offset, which fields were seen, which records could not be read."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from flowaudit.facts.provenance import Provenance


class OffsetClass(StrEnum):
    """What became of an offset. Every tapped offset is in exactly one class."""

    AUDITED = "audited"
    QUARANTINED = "quarantined"
    INVISIBLE = "invisible"
    """No record to read there: a transaction marker, an aborted or a compacted record."""
    TRUNCATED = "truncated"
    """Gone before the tap came to it: retention or DeleteRecords."""


class Segment(msgspec.Struct, frozen=True, array_like=True):
    """Offsets `[low, high)`, all of one class."""

    low: int
    high: int
    offset_class: OffsetClass


class RunAudited(msgspec.Struct, frozen=True, tag="run-audited", omit_defaults=True):
    """One run of offsets of one partition, accounted for without holes.

    `segments` are contiguous and ascending: each one's `high` is the next one's `low`.
    """

    provenance: Provenance
    topic: str
    topic_id: str
    partition: int
    segments: tuple[Segment, ...]
    first_timestamp_ms: int = -1
    last_timestamp_ms: int = -1
    value_bytes: int = 0
    tombstones: int = 0
    clock_ms: int = -1
    """Event time of the partition after the run, see `flowaudit.linkage.event_time`; -1: not known, or not settled."""
    is_append_time: bool = False
    """Is the last timestamp the broker's (`LogAppendTime`, KIP-32)? No: its producer's, or not known."""
    is_transactional: bool = False
    """Was the last record written in a transaction? Then it could not be read before that was committed."""

    @property
    def low(self) -> int:
        """First offset of the run."""
        return self.segments[0].low

    @property
    def high(self) -> int:
        """One past the last offset of the run: where reading goes on."""
        return self.segments[-1].high

    def count(self, offset_class: OffsetClass) -> int:
        """Offsets of that class in the run."""
        return sum(s.high - s.low for s in self.segments if s.offset_class is offset_class)


class RecordQuarantined(msgspec.Struct, frozen=True, tag="record-quarantined", omit_defaults=True):
    """A record that could not be read. Its bytes are not kept."""

    provenance: Provenance
    topic: str
    topic_id: str
    partition: int
    offset: int
    reason: str
    """A short stable code: `not-json`, `too-deep`, `too-large`, `schema-unknown`, `encrypted-or-unknown`, …"""
    value_bytes: int


class FieldClass(StrEnum):
    """What the values of a field are good for."""

    INSTANCE = "instance"
    """Each value names one event or document."""
    ENTITY = "entity"
    """Values repeat: they name a person, a place, a thing."""
    CODE = "code"
    """Few distinct values, or too small to hide in: never tokenised."""


class FieldProfiled(msgspec.Struct, frozen=True, tag="field-profiled", omit_defaults=True):
    """What a field of a topic looks like, from a sample of its records."""

    provenance: Provenance
    topic: str
    path: str
    """JSONPath from the value's root, `$.subject.id_no`; `$key` for a record key."""
    field_class: FieldClass
    sampled_records: int
    tokenised: bool
    reason: str = ""
    holds_digests: bool = False
    """Do the values look like digests? Where linkage resolves none of them, they are salted, keyed or of something
    that no tapped topic holds: only their timing can be compared."""
