"""How likely is a link real? A logistic model of what was found, one for each way of finding a parent.

The weights are fitted on generated estates whose truth is known (`benchmarks/linkage`, tuning seeds only) and checked
on others: of all links with a confidence of .8, four in five should be real; how far that holds is measured (ADR 8).
The estates have too few thin flows and rolls to fit, so those weights are set by hand. Each feature
lies between 0 and 1, so that a weight is what the feature can cost or bring, in natural log odds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

_MANY_SIGHTINGS: Final = 1_000
_BROADEST_BITS: Final = 6.0
_SLOWEST_MS: Final = 300_000
_MOST_RIVALS: Final = 3
_QUICKEST_PEOPLE_MS: Final = 500
_ORDINARY_PEOPLE: Final = 8.0
"""So many times the quickest is nothing remarkable."""
_TIGHT_BITS: Final = 2.0
_ORDINARY_BITS: Final = 3.5
"""What people leave between two things spreads over several octaves."""


class How(Enum):
    """By what a parent was found."""

    EVENTS = "events"
    """Identifiers that name single events."""
    PEOPLE = "people"
    """People and places that return, shortly after."""
    THIN = "thin"
    """People again: little of the child's, and nearly all that the parent has."""
    NAMES = "names"
    """Names that nobody else carries: a table that is looked up."""
    ROLL = "roll"
    """Names of people whom one topic names once each, before all others."""

    @property
    def is_by_people(self) -> bool:
        """Do people and places that return say so, and when they do?"""
        return self in (How.PEOPLE, How.THIN)

    @property
    def is_by_names(self) -> bool:
        """Does a name say so, whenever it came?"""
        return self in (How.NAMES, How.ROLL)


class Known(Enum):
    """What is known of the program that writes the child."""

    NOTHING = "nothing"
    """Nothing at all is known of programs, or not who writes the child."""
    LIKELY = "likely"
    """A group explains the writer best."""
    CERTAIN = "certain"
    """Kafka says which group it is."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of a chosen parent when it is judged."""

    how: How
    sightings: int
    coverage: float
    """Share of the child's known identifiers that the parent explains (people: chance subtracted)."""
    explained: float
    """Share of them that all its parents explain."""
    yield_share: float
    """Share of the parent's people who come out in the child."""
    lag_p50_ms: int
    lag_entropy_bits: float
    in_bursts: float
    """Share of the child's records that come many at once, beyond chance: batches and windows."""
    rivals: int
    """Topics that might be the parent: they lost by likelihood only."""
    undecided: bool
    """One of them explains the same records equally well."""
    translated: bool
    """The identifiers are the same by a mapping table only."""
    fields: int
    """Fields of the child that take identifiers over."""
    writer: Known
    unread: str
    """Why nobody is known to pass the parent on; empty when somebody is."""
    elsewhere: str = ""
    """Why both may have it from elsewhere; empty when nothing says so."""


class Feature(Enum):
    """What the models weigh."""

    ALWAYS = "always"
    FEW_SIGHTINGS = "few sightings"
    UNCOVERED = "uncovered"
    UNEXPLAINED = "unexplained"
    LITTLE_COMES_OUT = "little comes out"
    NO_TYPICAL_LAG = "no typical lag"
    SLOW = "slow"
    RIVALS = "rivals"
    UNDECIDED = "undecided"
    TRANSLATED = "translated"
    WRITER_LIKELY = "writer likely"
    WRITER_CERTAIN = "writer certain"
    NOBODY_READS = "nobody reads"
    PEOPLES_PACE = "the pace of people"


def features(found: Findings) -> dict[Feature, float]:
    """The features of a finding, each between 0 and 1; all but the writer's speak against the link."""
    return {
        Feature.ALWAYS: 1.0,
        Feature.FEW_SIGHTINGS: 1 - _share(math.log1p(found.sightings), math.log1p(_MANY_SIGHTINGS)),
        Feature.UNCOVERED: 1 - _share(found.coverage, 1.0),
        Feature.UNEXPLAINED: 1 - _share(found.explained, 1.0),
        Feature.LITTLE_COMES_OUT: 1 - _share(found.yield_share, 1.0),
        Feature.NO_TYPICAL_LAG: _share(found.lag_entropy_bits, _BROADEST_BITS),
        Feature.SLOW: _share(math.log1p(found.lag_p50_ms), math.log1p(_SLOWEST_MS)),
        Feature.RIVALS: _share(found.rivals, _MOST_RIVALS),
        Feature.UNDECIDED: float(found.undecided),
        Feature.TRANSLATED: float(found.translated),
        Feature.WRITER_LIKELY: float(found.writer is Known.LIKELY),
        Feature.WRITER_CERTAIN: float(found.writer is Known.CERTAIN),
        Feature.NOBODY_READS: float(bool(found.unread)),
        Feature.PEOPLES_PACE: peoples_pace(found),
    }


def confidence(found: Findings) -> float:
    """The probability (0-1) that the flow is real."""
    weights = WEIGHTS[found.how]
    odds = sum(weights[feature] * value for feature, value in features(found).items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def greatest_doubt(found: Findings) -> Feature | None:
    """What costs the link most; None when nothing does."""
    weights = WEIGHTS[found.how]
    costs = {feature: weights[feature] * value for feature, value in features(found).items()}
    del costs[Feature.ALWAYS]
    worst = min(costs, key=lambda feature: (costs[feature], feature.value))
    return worst if costs[worst] < 0 else None


def peoples_pace(found: Findings) -> float:
    """How much (0-1) it looks like people who do one thing after the other: slowly, at no typical delay, one by one."""
    slow = _share(math.log(max(found.lag_p50_ms, 1) / _QUICKEST_PEOPLE_MS), math.log(_ORDINARY_PEOPLE))
    broad = _share(found.lag_entropy_bits - _TIGHT_BITS, _ORDINARY_BITS - _TIGHT_BITS)
    return slow * broad * (1 - found.in_bursts)


def _share(value: float, of: float) -> float:
    return max(0.0, min(1.0, value / of))


def _weights(*values: float) -> Mapping[Feature, float]:
    return dict(zip(Feature, values, strict=True))


WEIGHTS: Final[Mapping[How, Mapping[Feature, float]]] = {
    How.EVENTS: _weights(4.21, 0.0, -1.68, 0.0, -0.49, 0.0, -1.97, -0.65, -0.68, 0.0, 0.22, 0.43, -0.67, -1.02),
    How.PEOPLE: _weights(4.76, -0.08, -2.12, -0.86, -1.47, 0.0, -2.61, -0.71, -1.26, -1.61, 0.66, 0.69, -0.49, -3.18),
    How.THIN: _weights(2.5, -0.5, 0.0, 0.0, -1.5, 0.0, -1.0, -1.2, -1.0, -1.0, 0.4, 0.6, -0.5, -1.0),
    How.ROLL: _weights(-0.8, -0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.4, 0.8, -1.0, 0.0),
    How.NAMES: _weights(3.74, 0.0, -1.01, -1.72, -0.69, -0.61, -0.61, 0.0, 0.0, 0.0, 0.71, 0.61, -1.75, -1.86),
}
