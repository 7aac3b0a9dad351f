"""How sure is a link? `confirmed`, `probable`, `suspected`, or not worth drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flowaudit.linkage.bursts import IN_BURSTS
from flowaudit.linkage.confidence import Feature, Findings, How, confidence, greatest_doubt
from flowaudit.linkage.derived import Grade

CONFIRMED_FROM: Final = 0.95
PROBABLE_FROM: Final = 0.55
SUSPECTED_FROM: Final = 0.35
"""Below, a link is likelier to mislead than to lead anywhere."""

_DOUBTS: Final = {
    Feature.FEW_SIGHTINGS: "seen {sightings} times so far",
    Feature.UNCOVERED: "a thin flow: most identifiers come from elsewhere",
    Feature.UNEXPLAINED: "most of what the topic knows is explained by nobody",
    Feature.LITTLE_COMES_OUT: "little of what goes in comes out",
    Feature.NO_TYPICAL_LAG: "no typical delay",
    Feature.SLOW: "at the pace of people: a slow flow, or a habit",
    Feature.RIVALS: "another topic could be the parent",
    Feature.UNDECIDED: "another topic explains the same records equally well",
    Feature.TRANSLATED: "the same people only by way of a mapping table",
}
_WEAK_KIND: Final = "people and places return, no identifier of an event does"


_HUMAN_MS: Final = 4_000
_HUMAN_BITS: Final = 3.0
_BROAD_BITS: Final = 3.9
"""People who do one thing after the other spread over many lags; so do batches and windows, but they take all."""
_MOSTLY: Final = 0.6
_FIELDS: Final = 2


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade, and what it rests on."""

    grade: Grade
    confidence: float
    reason: str
    """Why no better grade, in a few words; empty for the best."""


def grade(found: Findings) -> Graded | None:
    """The grade, or None when nothing should be drawn. What nobody is known to pass on is `suspected` at best."""
    sure = confidence(found)
    if sure < SUSPECTED_FROM or (_is_at_human_pace(found, _HUMAN_BITS) and found.coverage < _MOSTLY):
        return None
    if found.unread or _is_at_human_pace(found, _BROAD_BITS):
        return Graded(Grade.SUSPECTED, sure, found.unread or _DOUBTS[Feature.SLOW])
    if sure >= CONFIRMED_FROM:
        better = _why_not_confirmed(found)
        return Graded(Grade.PROBABLE if better else Grade.CONFIRMED, sure, better)
    doubt = greatest_doubt(found)
    reason = _DOUBTS.get(doubt, _WEAK_KIND).format(sightings=found.sightings) if doubt else _WEAK_KIND
    return Graded(Grade.PROBABLE if sure >= PROBABLE_FROM else Grade.SUSPECTED, sure, reason)


def _is_at_human_pace(found: Findings, bits: float) -> bool:
    """Could people do it themselves, one thing after the other? Then it may be no flow at all."""
    steady = found.in_bursts < IN_BURSTS
    return found.how is How.PEOPLE and steady and found.lag_p50_ms >= _HUMAN_MS and found.lag_entropy_bits >= bits


def _why_not_confirmed(found: Findings) -> str:
    """What no confidence makes up for: a rival, or nothing but one returning identifier; empty when neither."""
    if found.rivals:
        return _DOUBTS[Feature.RIVALS]
    return _WEAK_KIND if found.how is not How.EVENTS and found.fields < _FIELDS else ""
