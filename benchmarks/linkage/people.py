"""The people of an estate: who they are, how active they are, and where they live."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

from benchmarks.linkage.chance import stream
from benchmarks.linkage.estate import EstateSpec
from benchmarks.linkage.kinds import PERSON_KINDS, letters

_FIRST = ("wei", "fang", "min", "jing", "lei", "yan", "jun", "na", "tao", "li", "anna", "ben", "carla", "dan", "eva")
_LAST = ("li", "wang", "zhang", "liu", "chen", "yang", "zhao", "huang", "zhou", "wu", "meyer", "rossi", "novak", "sato")
_MAILS = ("mail.example", "post.example", "inbox.example")
_AWAY = 0.2


@dataclass(frozen=True, slots=True)
class Person:
    """A person's identifiers, by kind."""

    identifiers: dict[str, str]
    home: int
    """Index of the place where they mostly are."""


class Population:
    """Everybody, and the places. The same for the same specification."""

    def __init__(self, spec: EstateSpec) -> None:
        chance = stream(spec.chance, "people")
        self._people = [_person(number, spec.people.places, chance) for number in range(spec.people.people)]
        ranks = list(range(len(self._people)))
        chance.shuffle(ranks)
        self._activity = list(itertools.accumulate(1 / (rank + 8) ** spec.people.skew for rank in ranks))
        numbers = chance.sample(range(100_000, 1_000_000), spec.people.places)
        self._locks = [f"L{number}" for number in numbers]
        self._known = {
            (kind, person.identifiers[kind]): index
            for index, person in enumerate(self._people)
            for kind in PERSON_KINDS
        }

    def __len__(self) -> int:
        return len(self._people)

    def draw(self, chance: random.Random) -> int:
        """Somebody; active people more often."""
        return chance.choices(range(len(self._people)), cum_weights=self._activity)[0]

    def identifier(self, kind: str, person: int) -> str:
        """A person's identifier of a kind."""
        return self._people[person].identifiers[kind]

    def find(self, kind: str, value: str) -> int | None:
        """Whose identifier this is."""
        return self._known.get((kind, value))

    def place(self, kind: str, person: int, chance: random.Random) -> str:
        """Where, or with what, somebody is: their own plate and devices, mostly their own door."""
        if kind == "lock":
            home = self._people[person].home
            return self._locks[chance.randrange(len(self._locks)) if chance.random() < _AWAY else home]
        return self._people[person].identifiers[kind]


def _person(number: int, places: int, chance: random.Random) -> Person:
    birth = f"{chance.randrange(1940, 2008)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}"
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    return Person(
        identifiers={
            "tenant": str(1_000_000 + number * 4_003 + chance.randrange(4_000)),
            "national": f"110{chance.randrange(100, 999)}{birth}{number % 1000:03d}{chance.choice('0123456789X')}",
            "email": f"{first}.{last}{number:04d}@{chance.choice(_MAILS)}",
            "phone": f"1{chance.randrange(30, 99)}{number:04d}{chance.randrange(10_000):04d}",
            "account": f"{letters(chance, 2)}{number:04d}{chance.randrange(10_000):04d}",
            "plate": f"{letters(chance, 1)}{number:04d}{letters(chance, 1)}",
            "device": f"{chance.getrandbits(32):08X}{number:04X}",
        },
        home=chance.randrange(places),
    )
