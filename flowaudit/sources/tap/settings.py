"""What the audit of a run is told: the key, the sampling rate, and its limits."""

from __future__ import annotations

from dataclasses import dataclass, field

from flowaudit.sources.tap.hints import FieldHint


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """Settings of the audit. `repr` hides the key."""

    key: bytes = field(repr=False)
    """Pseudonymisation key, 16 to 64 bytes."""
    key_id: int = 0
    previous_key: bytes | None = field(default=None, repr=False)
    """The key before `key`, for one linkage window or longer after a change of keys: no link is lost by it."""
    previous_key_id: int = 0
    """An id of 16 bits."""
    theta: float = 0.1
    """Share of identifiers that are tokenised, above 0 and at most 1."""
    max_value_bytes: int = 4 * 1024 * 1024
    """Larger record values are quarantined unread, as `too-large`."""
    discovery_records: int = 128
    """Records of a partition that are decoded in full when it is first seen."""
    discovery_interval: int = 100
    """In the long run, one record in so many is decoded in full, to find new fields; before that, more of them."""
    hints: tuple[FieldHint, ...] = ()
    """What the user says of fields."""
    max_fields: int = 256
    """Fields of one partition that are looked at; further ones are left out."""
    span_offsets: int = 32_768
    """Fields are learned anew in every span of so many offsets: what a restart must read again to learn them."""
