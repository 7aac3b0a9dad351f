"""Made-up identifiers of every kind, and the ways in which each may be written."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flowaudit.linkage.canonical import canonical

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SYLLABLES = (
    "zhao",
    "qian",
    "sun",
    "li",
    "zhou",
    "wu",
    "zheng",
    "wang",
    "feng",
    "chen",
    "chu",
    "wei",
    "jiang",
    "shen",
    "han",
)
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国文斌宇浩凯健俊帆"
_LEAST_DIGITS = 11
"""Fewer digits may stand anywhere by chance."""


@dataclass(frozen=True)
class Identifier:
    """One of them; no two are alike, and none is so short that it could stand somewhere by chance."""

    kind: str
    text: str

    def spellings(self) -> tuple[str, ...]:
        """As it is and as others would write it; the first is its own."""
        bare = "".join(sign for sign in self.text if sign.isalnum())
        digits = "".join(sign for sign in self.text if sign.isdecimal())
        forms = [self.text, self.text.lower(), self.text.upper(), bare, bare.lower(), bare.upper()]
        forms.append(canonical(self.text).decode())
        if len(digits) >= _LEAST_DIGITS:
            forms.append(digits)
        return tuple(dict.fromkeys(forms))


def identifiers(count: int, seed: int) -> Iterator[Identifier]:
    """So many, all kinds in turn; the same seed gives the same ones."""
    chance = random.Random(seed)
    kinds = list(_KINDS.items())
    made: set[str] = set()
    while len(made) < count:
        kind, make = kinds[len(made) % len(kinds)]
        text = make(chance)
        if text.casefold() not in made:
            made.add(text.casefold())
            yield Identifier(kind, text)


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def _tenant(chance: random.Random) -> str:
    # not 17…, with which the milliseconds of these years begin
    return f"T-{chance.choice('3456789')}{_digits(chance, 11)}"


def _national_id(chance: random.Random) -> str:
    birth = f"19{chance.randint(40, 99)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    return f"{chance.randint(11, 65)}{_digits(chance, 4)}{birth}{_digits(chance, 3)}{chance.choice('0123456789X')}"


def _email(chance: random.Random) -> str:
    return f"{_syllables(chance, 2, '.')}{_digits(chance, 4)}@{chance.choice(_SYLLABLES)}.example.org"


def _phone(chance: random.Random) -> str:
    return f"+86 13{chance.randint(0, 9)} {_digits(chance, 4)} {_digits(chance, 4)}"


def _plate(chance: random.Random) -> str:
    return f"{chance.choice(_PROVINCES)}{chance.choice('ABCDEFGH')}·{''.join(chance.choices(_CROCKFORD, k=7))}"


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _ulid(chance: random.Random) -> str:
    return "01" + "".join(chance.choices(_CROCKFORD, k=24))


def _name(chance: random.Random) -> str:
    return " ".join(_syllables(chance, parts, "").title() for parts in (2, 3))


def _name_in_characters(chance: random.Random) -> str:
    return "".join(chance.choices(_GIVEN, k=5))


def _syllables(chance: random.Random, count: int, between: str) -> str:
    return between.join(chance.choices(_SYLLABLES, k=count))


_KINDS: dict[str, Callable[[random.Random], str]] = {
    "tenant number": _tenant,
    "national id": _national_id,
    "e-mail": _email,
    "phone number": _phone,
    "plate": _plate,
    "UUID": _uuid,
    "ULID": _ulid,
    "name": _name,
    "name in characters": _name_in_characters,
}
