"""FA009: machines decide on people by input that is known to be wrong at times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec

from flowaudit.policy.estate import Estate
from flowaudit.policy.finding import Case
from flowaudit.policy.model import Parameters, Place, Severity
from flowaudit.policy.rule import Rule

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Count = Annotated[float, msgspec.Meta(ge=0)]


class AutomatedDecision(Parameters, frozen=True, kw_only=True):
    """Where the error enters, where it is decided on, and at what scale."""

    source: Place = msgspec.field(name="from")
    target: Place = msgspec.field(name="to")
    false_match_rate: Share
    """The share of records that are about somebody else."""
    people: Count
    """Whom the source records."""
    records_per_person_a_year: Count
    acted_on: Share = 1.0
    """The share of the source's records that a decision follows from."""


def automated_decisions(estate: Estate, parameters: AutomatedDecision) -> Iterator[Case]:
    """A case for each system that decides and gets the source's data, with how many people that strikes in a year."""
    tier = parameters.minimum_tier
    goals = estate.parties(estate.select(parameters.target))
    struck = people_struck(parameters)
    if struck < 1:
        return
    for origin, sources in estate.parties(estate.select(parameters.source)).items():
        others = {party: nodes for party, nodes in goals.items() if party != origin}
        for receiver, way, cut in estate.ways(sources, others, tier):
            message = (
                f"{receiver.name} decides on data of {origin.name}, of which "
                f"{parameters.false_match_rate * 100:.3g}% is about somebody else: "
                f"about {struck:,.0f} people a year are decided on for what others did"
            )
            yield Case((origin, receiver), message, (way,), cut)


def people_struck(parameters: AutomatedDecision) -> float:
    """How many people a year meet at least one decision that rests on a false match.

    False matches fall on the recorded people alike and one by one, so of `n` decisions that rest on somebody's
    records, none is false with probability (1 - rate) ** n.
    """
    decisions = parameters.records_per_person_a_year * parameters.acted_on
    return float(parameters.people * (1 - (1 - parameters.false_match_rate) ** decisions))


AUTOMATED_DECISION: Final = Rule(
    code="FA009",
    name="automated-decision",
    title="A decision rests on input that is known to err",
    rationale="""\
A matcher that is wrong once in twelve times is a nuisance at a door and a verdict in a score: no system after it can
know which of its records are false. The rule states the price: of everybody recorded, how many meet in a year at least
one decision that rests on somebody else's record, if false matches fall on all alike:
people × (1 - (1 - false match rate) ^ (records a year × share that is acted on)). People have a right not to be subject
to such decisions (GDPR, Article 22). The figures are the owner's; the rule finds the way.""",
    keys=(
        ("from", "place where the error enters"),
        ("to", "place where it is decided"),
        ("false_match_rate", "the share (0-1) of records that are about somebody else"),
        ("people", "how many people the source records"),
        ("records_per_person_a_year", "how often it records each of them"),
        ("acted_on", "the share (0-1) of records that a decision follows from; 1, if it is left out"),
    ),
    example="""\
- rule: FA009
  from: system:lock
  to: system:travel-ban
  false_match_rate: 0.08
  people: 120000
  records_per_person_a_year: 1500
  acted_on: 0.0001""",
    severity=Severity.ERROR,
    parameters=AutomatedDecision,
    evaluate=automated_decisions,
)
