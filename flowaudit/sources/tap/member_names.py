"""Which names of members are the schema's, and which are data: `{"balances": {"T-0012345": 3}}` names a person. Pure.

Paths of fields are told, stored and drawn; so a name that is data must never become part of one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flowaudit.linkage.canonical import Scalar
from flowaudit.sources.tap.member_maps import ENOUGH_DOCUMENTS, ObjectMembers, below_names
from flowaudit.sources.tap.paths import EACH, Path

_MOST_DIGITS: Final = 3
_LONGEST: Final = 64
_LARGEST_NUMBER: Final = 9_999
_HEX: Final = re.compile(r"(?=.*\d)[0-9a-f]{8,}", re.IGNORECASE)
_NEW_SHARE: Final = 0.3
"""Where a schema gives the names, some documents show nearly all of them. Where every third one still brings a name
that was met nowhere else, they come from life: names met once tell how often a new one comes (Good, Biometrika 1953).
"""
_MOST_NAMES: Final = 512
_USUAL: Final = re.compile(r"[A-Za-z_$@][A-Za-z0-9_$.:/-]*")
_KNOWN_DOCUMENTS: Final = 256
_KNOWN_PATHS: Final = 1_024
_USUAL_SHARE: Final = 0.5
"""A name with blanks or other scripts, `First Name` or `Zhao Liying`, is a field's where most documents have it."""

Member = tuple[Path, object]
"""A name, and its place."""


@dataclass(slots=True)
class _Alike:
    """Documents whose leaves have the same paths."""

    members: set[Member]
    places: set[Path]
    uncounted: int = 0
    is_settled: bool = False
    """Were all its places met often enough to tell that their names end?"""


class MemberNames:
    """Watches the names of an object's members, at each place in the documents of a topic.

    A name is data when it looks like an identifier, when it is one of those that never end, when it is one of several
    with the same below them of which each document shows another part (see `member_maps`), and when no program would
    call a field so and it is missing from most documents. What remains is a word of plain letters that nearly every
    document has, or that has hardly any like it: nothing tells it from a field.
    """

    def __init__(self) -> None:
        self._names: dict[Path, Counter[object]] = {}
        self._objects: dict[Path, ObjectMembers] = {}
        self._documents: Counter[Path] = Counter()
        self._keyed: set[Path] = set()
        self._known: dict[tuple[Path, ...], _Alike] = {}
        """By the paths of their leaves; most documents of a topic are alike."""
        self._uncounted: list[_Alike] = []
        self._usual: set[Path] = set()
        """Paths without anything that could be data."""

    def observe(self, leaves: Sequence[tuple[Path, Scalar]], timestamp_ms: int) -> None:
        """Take note of one document's leaves, in a record of that time."""
        alike = self._alike(tuple(path for path, _ in leaves))
        if alike.is_settled:
            # One more of a kind brings no new name, and no name that was met only once.
            if not alike.uncounted:
                self._uncounted.append(alike)
            alike.uncounted += 1
            return
        alike.uncounted += 1
        self._uncounted.append(alike)
        self._count()
        self._look_below(leaves, timestamp_ms)
        alike.is_settled = all(self._documents[place] >= ENOUGH_DOCUMENTS for place in alike.places)
        for place in alike.places:
            if self._never_ends(place):
                self._keyed.add(place)
                del self._names[place]
                self._objects.pop(place, None)
                self._known.clear()
                self._usual.clear()

    def _look_below(self, leaves: Sequence[tuple[Path, Scalar]], timestamp_ms: int) -> None:
        for place, (below, identifying) in below_names(leaves, timestamp_ms).items():
            names = self._names.get(place)
            if names is None:
                continue
            members = self._objects.setdefault(place, ObjectMembers())
            members.observe({name: kind for name, kind in below.items() if name in names}, identifying)
            if members.judge(names, self._documents[place]):
                self._usual.clear()

    def _alike(self, paths: tuple[Path, ...]) -> _Alike:
        alike = self._known.get(paths)
        if alike is None:
            members = {member for path in paths for member in self._members(path)}
            alike = _Alike(members, {place for place, _ in members})
            if len(self._known) < _KNOWN_DOCUMENTS:
                self._known[paths] = alike
        return alike

    def _count(self) -> None:
        for alike in self._uncounted:
            for place, name in alike.members:
                self._names.setdefault(place, Counter())[name] += alike.uncounted
            for place in alike.places:
                self._documents[place] += alike.uncounted
            alike.uncounted = 0
        self._uncounted.clear()

    def are_usual(self, paths: Iterable[Path]) -> bool:
        """Is it known already that `keyed_by_data` is None for all of these?"""
        return self._usual.issuperset(paths)

    def _members(self, path: Path) -> Iterator[Member]:
        """The names in a path with their places, as far as they are not known to be data."""
        for depth, step in enumerate(path):
            if path[:depth] in self._keyed or _looks_like_data(step):
                return
            if _is_name(step):
                yield path[:depth], step

    def keyed_by_data(self, path: Path) -> Path | None:
        """The place in the path from which on names are data, told as if it were an array; None: all are schema."""
        if path in self._usual:
            return None
        for depth, step in enumerate(path):
            if path[:depth] in self._keyed or _looks_like_data(step) or self._is_told_as_data(path[:depth], step):
                return (*path[:depth], EACH)
        if len(self._usual) < _KNOWN_PATHS and all(map(_is_usual, path)):
            self._usual.add(path)
        return None

    def may_be_data(self, path: Path) -> bool:
        """Is some name in the path data, or is it too early to tell?"""
        if self.keyed_by_data(path) not in {None, path}:
            return True
        self._count()
        return any(
            path[:depth] in self._objects
            and self._objects[path[:depth]].may_be_data(step, self._names[path[:depth]], self._documents[path[:depth]])
            for depth, step in enumerate(path)
            if _is_name(step)
        )

    def _is_told_as_data(self, place: Path, step: object) -> bool:
        members = self._objects.get(place)
        if members is not None and _is_name(step) and members.is_data(step, self._names[place], self._documents[place]):
            return True
        return self._is_unusual(place, step)

    def _is_unusual(self, place: Path, step: object) -> bool:
        if _is_usual(step):
            return False
        self._count()
        return self._names[place][step] < _USUAL_SHARE * self._documents[place]

    def _never_ends(self, place: Path) -> bool:
        names, documents = self._names[place], self._documents[place]
        if documents < ENOUGH_DOCUMENTS:
            return False
        return len(names) > _MOST_NAMES or list(names.values()).count(1) >= _NEW_SHARE * documents


def _is_usual(step: object) -> bool:
    return not isinstance(step, str) or _USUAL.fullmatch(step) is not None


def _is_name(step: object) -> bool:
    return isinstance(step, str) or type(step) is int


def _looks_like_data(step: object) -> bool:
    if type(step) is int:
        return abs(step) > _LARGEST_NUMBER
    if not isinstance(step, str):
        return False
    digits = sum(sign.isdigit() for sign in step)
    return (
        digits > _MOST_DIGITS
        or len(step) > _LONGEST
        or "@" in step[1:]
        or not step.isprintable()
        or _HEX.fullmatch(step) is not None
    )
