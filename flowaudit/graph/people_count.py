"""A set of people as registers, and the count of them as it may be told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from flowaudit.linkage.registers import REGISTERS, RELATIVE_ERROR, Registers, estimate, raised


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

        Rounding to base k (Willenborg and de Waal, "Elements of Statistical Disclosure Control", 2001): every sum and
        every difference of told counts is a multiple of k as well, so that no remainder of fewer people can be worked
        out.
        """
        certain = self.people if self.raised >= REGISTERS // 2 else min(self.people, self.raised / self.theta)
        return int(certain // k_anonymity) * k_anonymity


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
