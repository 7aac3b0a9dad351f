"""Objects that are maps from data: many members alike, of which each document shows another part. Pure.

`{"present": {"chen.fang": true, "li.wei": false}}` has names like those of fields, and may have few of them. What tells
it from a schema is that they are interchangeable.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from flowaudit.linkage.canonical import Scalar
from flowaudit.sources.tap.paths import Path
from flowaudit.sources.tap.shapes import IDENTIFIERS, shape_of

ENOUGH_DOCUMENTS: Final = 32
_COMMON_SHARE: Final = 0.9
"""A member of so many of the documents is the schema's: it anchors the object. Of few documents it is one of all."""
_FEW_DOCUMENTS: Final = 64
_TOO_FEW_DOCUMENTS: Final = 24
_FEWEST_DOCUMENTS: Final = 8
"""Enough where members are of several kinds and none is ever missing: a map holds one kind, of changing people."""
_FEWEST: Final = 3
"""Members alike that make a map of an object without an anchor, where their values are no identifiers …"""
_FEWEST_OF_IDENTIFIERS: Final = 6
"""… and where they are: `{"subject": {"passport": …}}` or `{"subject": {"plate": …}}` says of what kind one is."""
_FEWEST_BESIDE_AN_ANCHOR: Final = 8
_MANY_PARTS: Final = 2
"""Documents show alternatives one by one, and a map in many different parts: twice as many as it has members."""
_MOST_PARTS: Final = 256
_JUDGED_AGAIN: Final = 1.25
"""Judged is again after so many times as many documents: it takes longer than to look at one."""

Kind = frozenset[tuple[Path, str]]
"""What stands below a name: the rest of each path, and the type of the leaf."""


@dataclass(slots=True)
class _Members:
    """Members of one object that are alike."""

    names: list[object] = field(default_factory=list)
    """Those that are not common."""
    common: int = 0
    seen: int = 0
    identifying: int = 0
    """Of those times, how often an identifier stood below."""

    @property
    def hold_identifiers(self) -> bool:
        return self.identifying * 2 > self.seen

    @property
    def vary(self) -> bool:
        """Are most of them missing here and there?"""
        return len(self.names) > self.common


@dataclass(slots=True)
class _Name:
    kinds: Counter[Kind] = field(default_factory=Counter)
    identifying: int = 0


class ObjectMembers:
    """What was seen below the names of the object at one place, in documents that are not alike."""

    def __init__(self) -> None:
        self._names: dict[object, _Name] = {}
        self._parts: set[frozenset[object]] = set()
        self._data: set[Kind] = set()
        self._judged_at = 0

    def observe(self, below: Mapping[object, Kind], identifying: frozenset[object]) -> None:
        """Take note of one document's object: what is below each name, and below which an identifier."""
        for name, kind in below.items():
            known = self._names.setdefault(name, _Name())
            known.kinds[kind] += 1
            known.identifying += name in identifying
        if len(self._parts) < _MOST_PARTS:
            self._parts.add(frozenset(below))

    def judge(self, counts: Mapping[object, int], documents: int) -> bool:
        """Take the members that are alike for data, if it is so; `counts` says how many documents have each name.

        Is there any that is data, as of now?
        """
        if documents < max(ENOUGH_DOCUMENTS, _JUDGED_AGAIN * self._judged_at):
            return False
        self._judged_at = documents
        self._data |= {
            kind
            for kind, alike in self._alike(counts, documents).items()
            if alike.vary and self._is_map(alike, counts, documents)
        }
        return bool(self._data)

    def is_data(self, name: object, counts: Mapping[object, int], documents: int) -> bool:
        """Is the name one of those that were taken for data?"""
        if not self._data or _is_common(counts[name], documents):
            return False
        return name not in self._names or self._kind(name) in self._data

    def may_be_data(self, name: object, counts: Mapping[object, int], documents: int) -> bool:
        """Is it too early to tell, and are there others like it?"""
        if documents >= ENOUGH_DOCUMENTS or name not in self._names or _is_common(counts[name], documents):
            return False
        if self._is_record(counts, documents):
            return False
        fewest = _FEWEST_BESIDE_AN_ANCHOR if self._is_anchored(counts, documents) else _FEWEST
        alike = self._alike(counts, documents)[self._kind(name)]
        return alike.vary and len(alike.names) >= fewest

    def _is_anchored(self, counts: Mapping[object, int], documents: int) -> bool:
        return any(_is_common(counts[name], documents) for name in self._names)

    def _is_record(self, counts: Mapping[object, int], documents: int) -> bool:
        """Is it the same members each time, and of several kinds?"""
        always_all = documents >= _FEWEST_DOCUMENTS and all(counts[name] == documents for name in self._names)
        return always_all and len({self._kind(name) for name in self._names}) > 1

    def _kind(self, name: object) -> Kind:
        return self._names[name].kinds.most_common(1)[0][0]

    def _alike(self, counts: Mapping[object, int], documents: int) -> dict[Kind, _Members]:
        found: dict[Kind, _Members] = {}
        for name, known in self._names.items():
            members = found.setdefault(self._kind(name), _Members())
            if _is_common(counts[name], documents):
                members.common += 1
                continue
            members.names.append(name)
            members.seen += known.kinds.total()
            members.identifying += known.identifying
        return found

    def _is_map(self, alike: _Members, counts: Mapping[object, int], documents: int) -> bool:
        names = frozenset(alike.names)
        parts = {part & names for part in self._parts}
        vary = sum(len(part) > 1 for part in parts) >= _MANY_PARTS * len(names)
        if self._is_anchored(counts, documents):
            return vary and len(names) >= _FEWEST_BESIDE_AN_ANCHOR
        if alike.hold_identifiers:
            return len(names) >= _FEWEST_OF_IDENTIFIERS or (vary and len(names) >= _FEWEST)
        return len(names) >= _FEWEST


def _is_common(count: int, documents: int) -> bool:
    if documents < _FEW_DOCUMENTS:
        return documents >= _TOO_FEW_DOCUMENTS and count == documents
    return count >= _COMMON_SHARE * documents


def below_names(
    leaves: Iterable[tuple[Path, Scalar]], timestamp_ms: int
) -> dict[Path, tuple[dict[object, Kind], frozenset[object]]]:
    """By place: what is below each name in one document, and below which names an identifier stands."""
    kinds: dict[Path, dict[object, set[tuple[Path, str]]]] = {}
    identifying: dict[Path, set[object]] = {}
    for path, value in leaves:
        type_ = _type_of(value)
        is_identifier = shape_of(value, timestamp_ms) in IDENTIFIERS
        for depth, step in enumerate(path):
            if isinstance(step, str | int):
                place = path[:depth]
                kinds.setdefault(place, {}).setdefault(step, set()).add((path[depth + 1 :], type_))
                if is_identifier:
                    identifying.setdefault(place, set()).add(step)
    return {
        place: ({name: frozenset(kind) for name, kind in names.items()}, frozenset(identifying.get(place, ())))
        for place, names in kinds.items()
    }


def _type_of(value: Hashable) -> str:
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else "text"
