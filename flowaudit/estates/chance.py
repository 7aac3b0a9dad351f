"""Chance that is the same on every run: numbers and identifiers drawn from the seed and a name, never from a clock."""

from __future__ import annotations

import math
from hashlib import blake2b
from statistics import NormalDist
from typing import Final

_STANDARD: Final = NormalDist()
_ONE: Final = 1 << 64


def _digest(seed: int, parts: tuple[object, ...]) -> bytes:
    label = "\x1f".join(map(str, parts)).encode()
    return blake2b(label, digest_size=16, key=seed.to_bytes(8, "big", signed=False)).digest()


def whole(seed: int, *name: object) -> int:
    """A number of 64 bits that belongs to this seed and name."""
    return int.from_bytes(_digest(seed, name)[:8], "big")


def unit(seed: int, *name: object) -> float:
    """A number in [0, 1)."""
    return (whole(seed, *name) >> 11) / (1 << 53)


def normal(seed: int, *name: object) -> float:
    """A standard normal number."""
    return _STANDARD.inv_cdf((whole(seed, *name) + 0.5) / _ONE)


def spread(median: float, sigma: float, seed: int, *name: object) -> float:
    """A log-normal number around its median; delays of machines and of people look like this."""
    return median * math.exp(sigma * normal(seed, *name))


def uuid(seed: int, *name: object) -> str:
    """An identifier in the spelling of a UUID."""
    text = _digest(seed, name).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def hexadecimal(digits: int, seed: int, *name: object) -> str:
    """An identifier of up to 32 hexadecimal digits."""
    return _digest(seed, name).hex()[:digits]


def decimal(digits: int, seed: int, *name: object) -> str:
    """An identifier of decimal digits, the first of them not zero."""
    lowest = 10 ** (digits - 1)
    return str(lowest + whole(seed, *name) % (9 * lowest))


class Stream:
    """A sequence of draws; two streams of one seed and name give the same sequence."""

    def __init__(self, seed: int, *name: object) -> None:
        self._seed = seed
        self._name = name
        self._drawn = 0

    def _next(self) -> tuple[object, ...]:
        self._drawn += 1
        return (*self._name, self._drawn)

    def unit(self) -> float:
        """The next number in [0, 1)."""
        return unit(self._seed, *self._next())

    def below(self, count: int) -> int:
        """The next whole number in [0, count)."""
        return whole(self._seed, *self._next()) % count

    def wait(self, mean: float) -> float:
        """The next waiting time of a memoryless process."""
        return -mean * math.log1p(-self.unit())

    def spread(self, median: float, sigma: float) -> float:
        """The next log-normal number around its median."""
        return spread(median, sigma, self._seed, *self._next())
