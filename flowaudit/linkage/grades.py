"""How sure is a link? `confirmed`, `probable`, `suspected`, or not worth drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flowaudit.linkage.confidence import Feature, Findings, confidence, greatest_doubt
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
    if sure < SUSPECTED_FROM:
        return None
    if found.unread:
        return Graded(Grade.SUSPECTED, sure, found.unread)
    if sure >= CONFIRMED_FROM:
        return Graded(Grade.CONFIRMED, sure, "")
    doubt = greatest_doubt(found)
    reason = _DOUBTS.get(doubt, _WEAK_KIND).format(sightings=found.sightings) if doubt else _WEAK_KIND
    return Graded(Grade.PROBABLE if sure >= PROBABLE_FROM else Grade.SUSPECTED, sure, reason)
