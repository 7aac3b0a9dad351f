"""Typed decoding: a msgspec struct of just the wanted fields, mapped over the values of a run. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from types import GenericAlias
from typing import Any, cast

import msgspec

from flowaudit.linkage.canonical import Scalar
from flowaudit.sources.tap.paths import EACH, Path
from flowaudit.sources.tap.verdict import PLAIN_BYTES, breaks_a_limit, is_utf8, why_unreadable

TOMBSTONE = b"{}"
"""What a null value is decoded as: an object without members."""
_SCALARS: Any = str | int | float | bool | None


_HOT_RECORDS = 512
"""So many are decoded and taken apart before the next: their objects are then still in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Column:
    """Values of one path in record order; `rows` says which record each came from, None: one a record."""

    values: list[Scalar]
    rows: list[int] | None


@dataclass(frozen=True, slots=True)
class Decoded:
    """Columns by path; the reasons of values that could not be read, by index; the values' bytes in sum."""

    columns: dict[Path, Column]
    unreadable: dict[int, str]
    value_bytes: int


@dataclass(slots=True)
class _Node:
    """One object level of the wanted paths, or a leaf of them."""

    leaf: bool = False
    members: dict[str, _Node] = field(default_factory=dict)
    each: _Node | None = None
    struct: Any = None
    empty: Any = None

    def child(self, step: str | None) -> _Node:
        if step is not EACH:
            return self.members.setdefault(step, _Node())
        self.each = self.each or _Node()
        return self.each

    def annotation(self) -> object:
        """The type that msgspec decodes this node as; whatever else stands there makes the record decode slowly."""
        wanted: Any = _SCALARS
        if self.members:
            names = {f"f{number}": name for number, name in enumerate(self.members)}
            fields = [(f"f{n}", child.annotation(), child.empty) for n, child in enumerate(self.members.values())]
            self.struct = msgspec.defstruct("Wanted", fields, rename=names, frozen=True, gc=False)
            self.empty = self.struct()
            wanted |= self.struct
        if self.each is not None:
            wanted |= GenericAlias(list, (self.each.annotation(),))
        return cast("object", wanted)

    def fill(self, document: object) -> object:
        """What the typed decoder would have made of a parsed document, had every type been as expected."""
        if isinstance(document, dict) and self.members:
            children = ((n, child, document.get(name)) for n, (name, child) in enumerate(self.members.items()))
            return self.struct(**{f"f{n}": child.fill(value) for n, child, value in children if value is not None})
        if isinstance(document, list) and self.each is not None:
            return [self.each.fill(element) for element in document]
        return document if isinstance(document, str | int | float) else self.empty


class TypedDecoder:
    """Decodes values of one topic into columns of the wanted paths; never raises on what a value holds."""

    def __init__(self, paths: Iterable[Path], max_value_bytes: int) -> None:
        self._max_value_bytes = max_value_bytes
        self._root = _Node()
        self._paths = tuple(paths)
        for path in self._paths:
            node = self._root
            for step in path:
                node = node.child(step)
            node.leaf = True
        self._root.annotation()
        if not self._root.members:
            self._root.struct = msgspec.defstruct("Wanted", [], frozen=True, gc=False)
            self._root.empty = self._root.struct()
        self._decode = msgspec.json.Decoder(self._root.struct).decode

    def decode(self, values: Sequence[bytes]) -> Decoded:
        """The wanted columns of these values. Unreadable values have no part in them, and a reason."""
        joined = b"\n".join(values)
        size = len(joined) - len(values) + 1
        if self._looks_plain(values, joined):
            columns = self._columns()
            try:
                for start in range(0, len(values), _HOT_RECORDS):
                    self._take_apart(list(map(self._decode, values[start : start + _HOT_RECORDS])), start, columns)
                return Decoded(columns, {}, size)
            except (msgspec.MsgspecError, RecursionError):
                pass
        return self._one_by_one(values, size)

    def _columns(self) -> dict[Path, Column]:
        return {path: Column([], [] if EACH in path else None) for path in self._paths}

    def _take_apart(self, objects: Sequence[Any], start: int, columns: dict[Path, Column]) -> None:
        for path, column in columns.items():
            values, rows = self._column(objects, path)
            column.values.extend(values)
            if column.rows is not None:
                column.rows.extend(start + row for row in rows or ())

    def _looks_plain(self, values: Sequence[bytes], joined: bytes) -> bool:
        longest = max(map(len, values))
        if longest > self._max_value_bytes or not is_utf8(joined):
            return False
        return longest <= PLAIN_BYTES or not any(map(breaks_a_limit, values))

    def _one_by_one(self, values: Sequence[bytes], size: int) -> Decoded:
        decoded: list[Any] = []
        unreadable: dict[int, str] = {}
        for index, value in enumerate(values):
            reason = why_unreadable(value, self._max_value_bytes)
            if reason is not None:
                unreadable[index] = reason
            decoded.append(self._root.empty if reason is not None else self._lenient(value))
        columns = self._columns()
        self._take_apart(decoded, 0, columns)
        return Decoded(columns, unreadable, size)

    def _lenient(self, value: bytes) -> object:
        try:
            return self._decode(value)
        except msgspec.MsgspecError:
            pass
        try:
            return self._root.fill(msgspec.json.decode(value))
        except (msgspec.MsgspecError, RecursionError):
            # Readable, but a wanted field holds what no number can: 1e999. The record counts, its fields do not.
            return self._root.empty

    def _column(self, objects: Sequence[Any], path: Path) -> tuple[Sequence[Any], Sequence[int] | None]:
        node, level, rows = self._root, objects, None
        for step in path:
            level, rows = _elements(level, rows) if step is EACH else (_members(level, node, step), rows)
            node = node.child(step)
        if node.members or node.each is not None:
            level = [value if isinstance(value, str | int | float) else None for value in level]
        return level, rows


def _members(level: Sequence[Any], node: _Node, step: str | None) -> list[Any]:
    get = attrgetter(f"f{list(node.members).index(step or '')}")
    try:
        return list(map(get, level))
    except AttributeError:
        struct, empty = node.struct, node.empty
        return [get(value if type(value) is struct else empty) for value in level]


def _elements(level: Sequence[Any], rows: Sequence[int] | None) -> tuple[list[Any], list[int]]:
    elements: list[Any] = []
    owners: list[int] = []
    for index, value in enumerate(level):
        if isinstance(value, list):
            elements.extend(value)
            owners.extend([index if rows is None else rows[index]] * len(value))
    return elements, owners
