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
    confidence: float = 0.0
    """How likely (0-1) the flow is real, calibrated on generated estates; grades are steps of it."""
    records_alone: Grade | None = None
    """The grade without anything that the cluster tells about programs; None: records alone would not draw it."""
    settled_by: tuple[str, ...] = ()
    """What the cluster told that settled it, as evidence channels: `transaction`, `committed-offsets`, …"""
    through: tuple[str, ...] = ()
    """Topics in between, by what is known of programs, in which nothing can be followed: encrypted, opaque, …"""


class Sharing(StrEnum):
    """Why two topics carry the same people although nothing flows between them."""

    HABITS = "shared habits"
    """The same population, and no order between its sightings."""
    HUMAN_ORDER = "human order"
    """People do one thing after the other, at their own pace."""
    COMMON_UPSTREAM = "common upstream"
    """Both are fed by the same topic or written by the same program."""


@dataclass(frozen=True, slots=True)
class SamePeople:
    """The same people in two topics, and no flow: a result of its own, never an edge above `suspected`."""

    topics: tuple[str, str]
    """In alphabetical order."""
    sharing: Sharing
    sightings: int
    """Sampled sightings of identifiers that both topics carried within the window."""
    first_ms: int
    last_ms: int
    fields: tuple[FieldMatch, ...]
    """`upstream_path` is of the first topic here, `downstream_path` of the second."""


@dataclass(frozen=True, slots=True)
class Inferred:
    """Everything that linkage concludes."""

    edges: tuple[DerivedEdge, ...] = ()
    """Sorted by (upstream, downstream)."""
    same_people: tuple[SamePeople, ...] = ()
    """Sorted by topics; pairs between which an edge is drawn are left out."""
