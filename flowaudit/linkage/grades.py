"""How sure is a link? `confirmed`, `probable`, `suspected`, or not worth drawing."""

from __future__ import annotations

from dataclasses import dataclass

from flowaudit.linkage.derived import Grade

_MANY = 20
_BROAD_COVERAGE = 0.3
_TIGHT_BITS = 3.6
_HUMAN_PACE_MS = 4_000
_EXPLAINED = 0.35
_WELL_EXPLAINED = 0.6
_FULLY_EXPLAINED = 0.9


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of a chosen parent when it is graded."""

    quotes: bool
    """Chosen by identifiers that name single events."""
    sightings: int
    coverage: float
    """Share of the child's known identifiers that the parent explains (entity evidence: chance subtracted)."""
    lag_p50_ms: int
    lag_entropy_bits: float
    contested: bool
    """Another topic might be the parent: it lost by likelihood only."""
    undecided: bool
    """Another topic explains the same records equally well."""
    unread: str
    """Why nobody is known to pass it on, where the cluster shows who reads what; empty when somebody is."""


def grade(found: Findings) -> tuple[Grade, str] | None:
    """The grade and the reason for no better one, or None when nothing should be drawn."""
    if found.unread:
        return (Grade.SUSPECTED, found.unread) if found.quotes else None
    return _by_events(found) if found.quotes else _by_entities(found)


def _by_events(found: Findings) -> tuple[Grade, str]:
    if found.undecided:
        return Grade.SUSPECTED, "another topic explains the same records equally well"
    if found.sightings < _MANY:
        return Grade.PROBABLE, f"seen {found.sightings} times so far"
    if found.contested:
        return Grade.PROBABLE, "another topic could be the parent; this one had the identifiers first"
    if found.coverage < _BROAD_COVERAGE:
        return Grade.PROBABLE, "a thin flow: most identifiers come from elsewhere"
    if found.lag_entropy_bits > _TIGHT_BITS:
        return Grade.PROBABLE, "no typical delay"
    return Grade.CONFIRMED, ""


def _by_entities(found: Findings) -> tuple[Grade, str] | None:
    """Returning identifiers: people and places that both topics may know for reasons of their own."""
    if found.lag_p50_ms > _HUMAN_PACE_MS:
        if found.coverage < _FULLY_EXPLAINED:
            return None
        return Grade.SUSPECTED, "the same people at the pace of people: a slow flow, or a habit"
    if found.coverage < _EXPLAINED:
        return None
    if found.undecided:
        return Grade.SUSPECTED, "another topic explains the same records equally well"
    if found.coverage < _WELL_EXPLAINED or found.lag_entropy_bits > _TIGHT_BITS:
        return Grade.SUSPECTED, "the same people shortly after, but not all of them or without a typical delay"
    return Grade.PROBABLE, "people and places return, no identifier of an event does"
