"""Composite values: `4711_0815` names two things, if this field's values do so again and again. Pure.

No text says by itself what joins it. A field is a composite when most of its sampled values show the same joint and the
same number of parts, of which two or more would be identifiers alone, or one beside a time. Where every part is an
identifier, the parts are all there is to it; otherwise the whole stays a name as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from flowaudit.linkage.canonical import Scalar
from flowaudit.sources.tap.paths import Part
from flowaudit.sources.tap.shapes import STRONG, Shape, shape_of

_JOINTS: Final = ("|", "#", "~", ";", ",", "/", ":", "_", ".", "-")
"""In the order of preference: what stands further left is rarer within a name."""
_ANY_JOINT: Final = re.compile(r"[|#~;,/:_.-]")
_WITHIN_NAMES: Final = frozenset(".-")
"""Signs that group the digits of one number, too: here no part may be short."""
_COUNTING: Final = frozenset("|#~:_")
"""Signs after which a short number counts the parts of what stands before: lines of an order."""
_MOST_PARTS: Final = 8
_TWO: Final = 2
_MOST_COUNT_DIGITS: Final = 4
_SHARE: Final = (3, 5)
_LEAST_VALUES: Final = 8
_ASKED_VALUES: Final = 64
"""Where none of so many values is a composite, the field is none."""
_UUID: Final = re.compile(r"([0-9a-fA-F]{8})-([0-9a-fA-F]{4})-([0-9a-fA-F]{4})-([0-9a-fA-F]{4})-([0-9a-fA-F]{12})")
_ADDRESS: Final = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]+\]):\d{1,5}", re.ASCII)
"""A machine and a port: hundreds of machines have the same one."""


class Division(NamedTuple):
    """How a text is divided: by which joint, in how many parts, and which of them would be identifiers alone."""

    joint: str
    parts: int
    named: tuple[int, ...]


def division_of(text: str, timestamp_ms: int) -> Division | None:
    """How a composite is divided; None for one name, or for none. E-mails and addresses of machines are one each."""
    if "@" in text or not _ANY_JOINT.search(text) or _ADDRESS.fullmatch(text):
        return None
    beside: Division | None = None
    for joint in _JOINTS:
        if joint not in text:
            continue
        pieces = _pieces(text, joint)
        if not _TWO <= len(pieces) <= _MOST_PARTS:
            continue
        shapes = [shape_of(piece, timestamp_ms) for piece in pieces]
        named = tuple(number for number, shape in enumerate(shapes) if shape in STRONG)
        if len(named) >= _TWO and _is_clear(joint, pieces, named):
            return Division(joint, len(pieces), named)
        if beside is None and named and len(pieces) == _TWO and _says_little(joint, pieces, shapes):
            beside = Division(joint, len(pieces), named)
    return beside


def parts_of(values: Iterable[object], part: Part) -> list[Scalar]:
    """One part of each of these values; None of what has no such part."""
    parts: list[Scalar] = []
    for value in values:
        pieces: Sequence[str] = _pieces(value, part.joint) if isinstance(value, str) else ()
        parts.append(pieces[part.number] if len(pieces) >= _TWO and part.number < len(pieces) else None)
    return parts


class DivisionTally:
    """How the values of one field are divided."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: Counter[tuple[str, int]] = Counter()

    def is_worth_asking(self, values: int) -> bool:
        """Whether a field of which so many values were seen may still turn out to be a composite."""
        return values < _ASKED_VALUES or bool(self._found)

    def observe(self, division: Division) -> None:
        """Take note of one value's division."""
        self._found[division.joint, division.parts] += 1

    def of(self, values: int) -> tuple[Part, ...]:
        """The parts of the field, if so many values are those of a composite; otherwise none."""
        if not self._found or values < _LEAST_VALUES:
            return ()
        (joint, parts), times = max(self._found.items(), key=lambda found: (found[1], found[0]))
        if times * _SHARE[1] < values * _SHARE[0]:
            return ()
        return tuple(Part(joint, number) for number in range(parts))


def _pieces(text: str, joint: str) -> list[str]:
    if joint == "-":
        text = _UUID.sub(r"\1\2\3\4\5", text)
    return text.split(joint, _MOST_PARTS)


def _is_clear(joint: str, pieces: Sequence[str], named: tuple[int, ...]) -> bool:
    """Is each part of what `-` joins either an identifier or a word?"""
    if joint not in _WITHIN_NAMES:
        return True
    return all(number in named or piece.isalpha() for number, piece in enumerate(pieces))


def _says_little(joint: str, pieces: Sequence[str], shapes: Sequence[Shape]) -> bool:
    """Is an identifier followed by a count, or does it stand beside the time?"""
    if joint in _COUNTING and shapes[0] in STRONG and pieces[1].isdigit() and len(pieces[1]) <= _MOST_COUNT_DIGITS:
        return True
    return Shape.CLOCK in shapes and joint not in _WITHIN_NAMES
