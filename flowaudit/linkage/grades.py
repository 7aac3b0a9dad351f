"""How sure is a link? `confirmed`, `probable`, `suspected`, or not worth drawing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from flowaudit.linkage.confidence import Feature, Findings, How, Known, confidence, greatest_doubt, peoples_pace
from flowaudit.linkage.derived import Grade

CONFIRMED_FROM: Final = 0.955
PROBABLE_FROM: Final = 0.5
SUSPECTED_FROM: Final = 0.25
"""Two in five suspected links are real in the benchmark (ADR 8); one below would sooner mislead than lead anywhere."""

_DOUBTS: Final = {
    Feature.FEW_SIGHTINGS: "seen {sightings} times so far",
    Feature.UNCOVERED: "a thin flow: most identifiers come from elsewhere",
    Feature.UNEXPLAINED: "most of what the topic knows is explained by nobody",
    Feature.LITTLE_COMES_OUT: "little of what goes in comes out",
    Feature.NO_TYPICAL_LAG: "no typical delay",
    Feature.SLOW: "a slow flow",
    Feature.RIVALS: "another topic could be the parent",
    Feature.UNDECIDED: "another topic explains the same records equally well",
    Feature.TRANSLATED: "the same people only by way of a mapping table",
    Feature.PEOPLES_PACE: "at the pace of people: a slow flow, or a habit",
}
_ROLL: Final = "it names people once, before all others do: whoever names them refers to it, and no delay says so"
_GUESSED: Final = "not sure enough without a program that is only likely to be its writer"
_WEAK_KIND: Final = "people and places return, no identifier of an event does"


_UNREAD_FROM: Final = 0.7
"""As likely must a link be that would need a reader whom nobody knows."""
_PEOPLES_PACE: Final = 0.7
"""From here on people may well do it themselves."""
_FIELDS: Final = 2
_SIGHTINGS: Final = 40
"""Fewer may be a coincidence, whatever the model says: its weights come from flows of hundreds."""
_TIGHT_BITS: Final = 2.5


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade, and what it rests on."""

    grade: Grade
    confidence: float
    reason: str
    """Why no better grade, in a few words; empty for the best."""


def grade(found: Findings) -> Graded | None:
    """The grade, or None when nothing should be drawn.

    What both topics may have from elsewhere is `suspected` at best, and so is a roll that people are named in. What
    nobody is known to pass on is `probable` at best: only while the child may be written by somebody who reads without
    a group, and whom Kafka does not list.
    """
    sure = confidence(found)
    if sure < SUSPECTED_FROM:
        return None
    if found.how is How.ROLL:
        return Graded(Grade.SUSPECTED, sure, found.unread or _ROLL)
    if found.elsewhere or _is_at_peoples_pace(found):
        return Graded(Grade.SUSPECTED, sure, found.unread or found.elsewhere or _DOUBTS[Feature.PEOPLES_PACE])
    if found.unread:
        is_likely = sure >= _UNREAD_FROM and found.writer is Known.NOTHING and not found.how.is_by_names
        return Graded(Grade.PROBABLE if is_likely else Grade.SUSPECTED, sure, found.unread)
    if sure >= CONFIRMED_FROM:
        better = _why_not_confirmed(found)
        return Graded(Grade.PROBABLE if better else Grade.CONFIRMED, sure, better)
    doubt = greatest_doubt(found)
    reason = _DOUBTS.get(doubt, _WEAK_KIND).format(sightings=found.sightings) if doubt else _WEAK_KIND
    return Graded(Grade.PROBABLE if sure >= PROBABLE_FROM else Grade.SUSPECTED, sure, reason)


def _is_at_peoples_pace(found: Findings) -> bool:
    """Could people do it themselves, one thing after the other? Then it may be no flow at all."""
    return found.how.is_by_people and peoples_pace(found) >= _PEOPLES_PACE


def _why_not_confirmed(found: Findings) -> str:
    """What no confidence makes up for: few sightings, a rival, people at no typical delay or by one identifier.

    Nor does one that rests on a likely writer: the records themselves had a say in who that is.
    """
    if found.sightings < _SIGHTINGS:
        return _DOUBTS[Feature.FEW_SIGHTINGS].format(sightings=found.sightings)
    if found.rivals:
        return _DOUBTS[Feature.RIVALS]
    if found.writer is Known.LIKELY and confidence(replace(found, writer=Known.NOTHING)) < CONFIRMED_FROM:
        return _GUESSED
    if found.how is How.EVENTS:
        return ""
    if found.lag_entropy_bits >= _TIGHT_BITS:
        return _DOUBTS[Feature.NO_TYPICAL_LAG]
    return _WEAK_KIND if found.fields < _FIELDS else ""
