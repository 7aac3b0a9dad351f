"""Seeded chance: streams that are named, so that a new draw in one place changes no draw in another."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def stream(root: str, *names: object) -> random.Random:
    """A stream of random numbers, the same on every machine for the same names."""
    return random.Random(f"{root}/{'/'.join(str(name) for name in names)}")


def log_uniform(chance: random.Random, low: float, high: float) -> float:
    """A number whose logarithm is uniform: as often in 1-10 as in 10-100."""
    return math.exp(chance.uniform(math.log(low), math.log(high)))


def weighted(chance: random.Random, choices: Sequence[tuple[T, float]]) -> T:
    """One of the choices, each as likely as its weight."""
    return chance.choices([choice for choice, _ in choices], [weight for _, weight in choices])[0]
