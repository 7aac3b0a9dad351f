"""A set of people as registers, and the count of them as it may be told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from flowaudit.linkage.registers import REGISTERS, RELATIVE_ERROR, Registers, estimate, raised

LEVEL: Final = 0.001
"""How often fewer than k people may be told as k or more, at most, where only a sample of them was looked at."""
_DEVIATIONS: Final = 3.1
"""A normal variable lies so many standard deviations below its mean with the probability `LEVEL`."""


class Sample(NamedTuple):
    """Which people were looked at: registers of two samples do not compare."""

    key_id: int
    theta: float


@dataclass(frozen=True, slots=True)
class Count:
    """About how many people there are."""

    people: float
    raised: int
    """Registers that were raised: so many people were in the sample for certain."""
    theta: float

    def told(self, k_anonymity: int) -> int:
        """The count as it may be told: rounded down to a multiple of k, so 0 for fewer than k.

        Of a sample it is 0 as well unless there are k people at least with a confidence of 99.9 %: fewer than k
        people would show so many in the sample once in a thousand times (`LEVEL`, the one-sided exact bound of
        Clopper and Pearson, Biometrika 1934). Who is in the sample for certain are as many as raised registers; of
        more people than registers, the estimate less 3.1 of its standard errors.

        Rounding to base k (Willenborg and de Waal, "Elements of Statistical Disclosure Control", 2001): every sum and
        every difference of told counts is a multiple of k as well, so that no remainder of fewer people can be worked
        out.
        """
        if self.theta < 1 and self._surely_in_sample() < fewest_in_sample(k_anonymity, self.theta):
            return 0
        certain = self.people if self.raised >= REGISTERS // 2 else min(self.people, self.raised / self.theta)
        return int(certain // k_anonymity) * k_anonymity

    def _surely_in_sample(self) -> float:
        return max(self.raised, self.people * self.theta * (1 - _DEVIATIONS * RELATIVE_ERROR))


@lru_cache(maxsize=256)
def fewest_in_sample(people: int, theta: float) -> int:
    """How many must be in a sample, so that there are surely so many people.

    Each person is in the sample with the probability theta, whoever else is: the fewest of whom one less than `people`
    would show as many with a probability of `LEVEL` at most.
    """
    others = people - 1
    shown, at_least = 0, 1.0
    while at_least > LEVEL:
        at_least -= _binomial(others, theta, shown)
        shown += 1
    return shown


def _binomial(trials: int, theta: float, successes: int) -> float:
    """The probability of so many successes; theta is between 0 and 1, both left out."""
    if successes > trials:
        return 1.0
    ways = math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)
    return math.exp(ways + successes * math.log(theta) + (trials - successes) * math.log1p(-theta))


NOBODY = Count(0.0, 0, 1.0)


class People:
    """People, by the samples in which they were seen. Immutable."""

    def __init__(self, samples: Mapping[Sample, Registers]) -> None:
        self.samples = samples

    @classmethod
    def union(cls, sets: Iterable[People]) -> People:
        """The people of any of these sets."""
        merged: dict[Sample, Registers] = {}
        for people in sets:
            for sample, registers in people.samples.items():
                known = merged.get(sample)
                merged[sample] = registers if known is None else np.maximum(known, registers)
        return cls(merged)

    def count(self) -> Count:
        """About how many they are; on average not too many.

        Whether two pseudonymisation keys name the same people cannot be known, so the key that saw most counts alone.
        So it is with sampling rates under one key: what all rates found together counts as if the highest had found it.
        """
        rates: dict[int, dict[float, Registers]] = {}
        for sample, registers in self.samples.items():
            rates.setdefault(sample.key_id, {})[sample.theta] = registers
        counts = [
            Count(estimate(registers) / theta, raised(registers), theta)
            for by_theta in rates.values()
            for theta, registers in (*by_theta.items(), *_together(by_theta))
        ]
        return max(counts, key=lambda count: (count.people, count.raised, count.theta), default=NOBODY)


def _together(by_theta: Mapping[float, Registers]) -> list[tuple[float, Registers]]:
    if len(by_theta) == 1:
        return []
    return [(max(by_theta), np.maximum.reduce([*by_theta.values()]))]


def relative_error(told: int, theta: float) -> float:
    """The standard error of a told count, relative to it: of the registers, and of the sample of people.

    It is worked out from what is told, so it tells no more.
    """
    return math.sqrt(RELATIVE_ERROR**2 + (1 - theta) / (theta * told)) if told else 0.0
