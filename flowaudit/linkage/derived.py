"""What linkage concludes: one topic's content seen again in another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How sure an inferred link is, best first; the same words are the graph's tiers."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    SUSPECTED = "suspected"


@dataclass(frozen=True, slots=True)
class FieldMatch:
    """A field of the upstream topic whose values return in a field of the downstream one."""

    upstream_path: str
    downstream_path: str
    sightings: int


@dataclass(frozen=True, slots=True)
class DerivedEdge:
    """`downstream` carries identifiers that came from `upstream`, in the order and with the lag of a flow."""

    upstream: str
    downstream: str
    grade: Grade
    sightings: int
    """Sampled sightings that support the link, chance subtracted."""
    coverage: float
    """Share (0-1) of the downstream topic's already known identifiers that this parent explains."""
    lag_p50_ms: int
    lag_p95_ms: int
    lag_entropy_bits: float
    q_value: float
    """The link's p-value after correction for all pairs that were tried (Benjamini-Hochberg)."""
    first_ms: int
    last_ms: int
    fields: tuple[FieldMatch, ...]
    alternates: tuple[str, ...] = ()
    """Other topics that explain the same records equally well."""
    reason: str = ""
    """Why this grade and no better one, in a few words."""
