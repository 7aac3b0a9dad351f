"""Finds a hundred thousand identifiers, each in hundreds of forms, in what a program left behind.

Of each form the head is looked up: at every byte of what is searched, eight and sixteen bytes are mixed into a number,
and a table of bits says whether a form may begin there. What passes is compared in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from tests.privacy.forms import LEAST_BYTES, forms_of
from tests.privacy.identifiers import Identifier

_Numbers = NDArray[np.uint64]
_WORD = 8
_WIDE = 2 * _WORD
_LONGEST_FORM_BYTES = 1 << 10
_MADE_AT_ONCE = 2_000
_BITS_A_HEAD = 48
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True)
class Leak:
    """An identifier that stands where it must not. It is made up, so it may be shown."""

    place: str
    at: int
    form: str
    identifier: str


class Search:
    """Looks for these identifiers in all their forms, in so many bytes at once."""

    def __init__(self, identifiers: Sequence[Identifier], at_once_bytes: int = 1 << 22) -> None:
        self._identifiers = identifiers
        self._at_once_bytes = at_once_bytes
        self._narrow, self._wide = _heads(identifiers)

    def leaks(self, places: Mapping[str, bytes]) -> list[Leak]:
        """Everything found, by place and position."""
        return [leak for place, data in places.items() for leak in self._in_place(place, data)]

    def _in_place(self, place: str, data: bytes) -> Iterator[Leak]:
        for start in range(0, len(data), self._at_once_bytes):
            part = data[start : start + self._at_once_bytes + _LONGEST_FORM_BYTES].lower()
            found = {leak for at, number in self._candidates(part) for leak in self._compared(place, part, at, number)}
            ours = (leak for leak in found if leak.at < self._at_once_bytes)
            for leak in sorted(ours, key=lambda leak: (leak.at, leak.form)):
                yield Leak(place, start + leak.at, leak.form, leak.identifier)

    def _candidates(self, data: bytes) -> Iterator[tuple[int, int]]:
        for shift in range(_WORD):
            whole = (len(data) - shift) // _WORD
            words = np.frombuffer(data, dtype="<u8", count=max(0, whole), offset=min(shift, len(data)))
            for heads, mixed in ((self._narrow, _mixed(words)), (self._wide, _mixed_wide(words))):
                for place, number in heads.found(mixed):
                    yield shift + place * _WORD, number

    def _compared(self, place: str, data: bytes, at: int, number: int) -> Iterator[Leak]:
        identifier = self._identifiers[number]
        for form in forms_of(identifier):
            if data.startswith(form.data, at):
                yield Leak(place, at, form.name, identifier.text)


class _Heads:
    """Mixed heads of forms in ascending order, each with the number of its identifier."""

    def __init__(self, mixed: _Numbers, numbers: NDArray[np.uint32]) -> None:
        self._mixed, self._numbers = mixed, numbers
        bits = max(16, int(len(mixed) * _BITS_A_HEAD).bit_length())
        self._shift = np.uint64(64 - bits)
        self._table = np.zeros(1 << (bits - 3), dtype=np.uint8)
        places = self._mixed >> self._shift
        np.bitwise_or.at(self._table, places >> np.uint64(3), _bit(places))

    def found(self, mixed: _Numbers) -> Iterator[tuple[int, int]]:
        """Where in `mixed` a head stands, and of which identifier."""
        places = mixed >> self._shift
        likely = np.flatnonzero(self._table[places >> np.uint64(3)] & _bit(places))
        if not len(likely):
            return
        first = np.searchsorted(self._mixed, mixed[likely], side="left")
        last = np.searchsorted(self._mixed, mixed[likely], side="right")
        for row in np.flatnonzero(last > first).tolist():
            for number in np.unique(self._numbers[first[row] : last[row]]).tolist():
                yield int(likely[row]), number


def _bit(places: _Numbers) -> NDArray[np.uint8]:
    return np.left_shift(np.uint8(1), (places & np.uint64(7)).astype(np.uint8))


def _mixed(words: _Numbers) -> _Numbers:
    mixed = words * _FIRST
    mixed ^= mixed >> np.uint64(29)
    mixed *= _SECOND
    return mixed


def _mixed_wide(words: _Numbers) -> _Numbers:
    return _mixed(words[:-1] ^ (_mixed(words[1:]) >> np.uint64(7)))


def _heads(identifiers: Sequence[Identifier]) -> tuple[_Heads, _Heads]:
    """Those of forms of 8 to 15 bytes, and those of longer ones."""
    narrow: list[tuple[_Numbers, NDArray[np.uint32]]] = []
    wide: list[tuple[_Numbers, NDArray[np.uint32]]] = []
    numbered = enumerate(identifiers)
    while some := list(islice(numbered, _MADE_AT_ONCE)):
        forms = [(form.data, number) for number, identifier in some for form in forms_of(identifier)]
        assert min(len(data) for data, _ in forms) >= LEAST_BYTES
        assert max(len(data) for data, _ in forms) <= _LONGEST_FORM_BYTES
        narrow.append(_of_width(((data, n) for data, n in forms if len(data) < _WIDE), _WORD))
        wide.append(_of_width(((data, n) for data, n in forms if len(data) >= _WIDE), _WIDE))
    return _joined(narrow), _joined(wide)


def _of_width(forms: Iterable[tuple[bytes, int]], width: int) -> tuple[_Numbers, NDArray[np.uint32]]:
    listed = list(forms)
    words = np.frombuffer(b"".join([data[:width] for data, _ in listed]), dtype="<u8").reshape(len(listed), -1)
    numbers = np.array([number for _, number in listed], dtype=np.uint32)
    return (_mixed(words[:, 0]) if width == _WORD else _mixed_pairs(words)), numbers


def _mixed_pairs(words: NDArray[np.uint64]) -> _Numbers:
    return _mixed(words[:, 0] ^ (_mixed(words[:, 1]) >> np.uint64(7)))


def _joined(parts: Sequence[tuple[_Numbers, NDArray[np.uint32]]]) -> _Heads:
    mixed = np.concatenate([mixed for mixed, _ in parts])
    numbers = np.concatenate([numbers for _, numbers in parts])
    order = np.lexsort((numbers, mixed))
    mixed, numbers = mixed[order], numbers[order]
    # one identifier's forms share heads: its text begins as its JSON does
    is_new = np.ones(len(mixed), dtype=bool)
    is_new[1:] = (mixed[1:] != mixed[:-1]) | (numbers[1:] != numbers[:-1])
    return _Heads(mixed[is_new], numbers[is_new])
