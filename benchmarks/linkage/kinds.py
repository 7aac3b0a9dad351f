"""Kinds of identifiers: which there are, and how new ones are made."""

from __future__ import annotations

import random
from typing import Final

PERSON_KINDS: Final = ("tenant", "national", "email", "phone", "account")
"""Every person has one of each."""
PLACE_KINDS: Final = ("lock", "plate", "device")
EVENT_KINDS: Final = ("uuid", "ulid", "counter")
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Minter:
    """Makes ids of one kind that were never there before."""

    def __init__(self, kind: str, chance: random.Random) -> None:
        self._kind = kind
        self._chance = chance
        self._count = 100_000 if kind == "ticket" else chance.randrange(1_000_000, 4_000_000)

    def mint(self, now_ms: int) -> str:
        """The next id."""
        self._count += 1
        match self._kind:
            case "uuid":
                return f"{self._chance.getrandbits(128):032x}"
            case "ulid":
                return _base32(now_ms, 10) + _base32(self._chance.getrandbits(80), 16)
            case "surrogate":
                return self._chance.choice(_LETTERS) + _base32(self._chance.getrandbits(55), 11)
            case "counter":
                return f"{self._count}{self._chance.randrange(1000):03d}"
            case _:
                return str(self._count)


def _base32(number: int, length: int) -> str:
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(5 * (length - 1), -1, -5))


def letters(chance: random.Random, count: int) -> str:
    """Random capital letters."""
    return "".join(chance.choice(_LETTERS) for _ in range(count))
