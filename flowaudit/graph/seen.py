"""Accumulators that merge in any order: first and last seen, and the latest word on a thing."""

from __future__ import annotations

from math import isfinite
from typing import Final, NamedTuple

from flowaudit.facts import Provenance
from flowaudit.graph.evidence import Detail

LARGEST_EXACT: Final = 2**53 - 1
"""The largest integer that every reader of JSON keeps exactly (RFC 8785, section 3.2.2.3)."""
LAST_MS: Final = 253_402_300_799_999
"""The last millisecond of the year 9999: what an ISO 8601 time can still say."""


class Seen(NamedTuple):
    """When something was seen, and where the latest sight of it can be looked up."""

    first_ms: int
    last_ms: int
    reference: str

    def merge(self, other: Seen) -> Seen:
        """Both sights as one; commutative, associative, and merging twice changes nothing."""
        reference = max((self.last_ms, self.reference), (other.last_ms, other.reference))[1]
        return Seen(min(self.first_ms, other.first_ms), max(self.last_ms, other.last_ms), reference)


def seen_at(provenance: Provenance) -> Seen:
    """One sight, at the moment and by the reference that a fact's provenance names."""
    return Seen(provenance.observed_ms, provenance.observed_ms, provenance.reference)


def within_time(ms: int) -> int:
    """A time that can be written down: clients choose their records' timestamps, and some choose nonsense."""
    return min(max(ms, 0), LAST_MS)


def exact(number: int) -> int:
    """A count that survives JSON: clients choose the offsets that they commit, too."""
    return min(max(number, -LARGEST_EXACT), LARGEST_EXACT)


def detail(**values: str | int | float) -> Detail:
    """Details of evidence or attributes of a node, sorted by key; JSON can say every number in it."""
    return tuple(
        (key, exact(value) if isinstance(value, int) else value)
        for key, value in sorted(values.items())
        if not isinstance(value, float) or isfinite(value)
    )
