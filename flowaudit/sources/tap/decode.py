"""Columns of the wanted fields from the values, or the keys, of a run. Pure.

JSON objects go through msgspec's typed decoder, hundreds in one call; whatever is of another format, or of another type
than expected, is read one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec
import orjson
from google.protobuf.message import Message

from flowaudit.sources.tap.formats.habits import HabitTally
from flowaudit.sources.tap.formats.port import Undecodable
from flowaudit.sources.tap.formats.protobuf import as_document
from flowaudit.sources.tap.formats.schema_book import SchemaBook
from flowaudit.sources.tap.paths import EACH, Path
from flowaudit.sources.tap.recognise import Recogniser
from flowaudit.sources.tap.verdict import PLAIN_BYTES, breaks_a_limit, is_utf8
from flowaudit.sources.tap.wanted import Column, Wanted

NOTHING: Final = b"{}"
"""What null is decoded as: an object without members."""
_HOT_RECORDS: Final = 512
"""So many are decoded and taken apart before the next: their objects are then still in the processor's cache."""


NamedSchema = Callable[[int], str]
"""The schema that the headers of the record with this index name for the part that is decoded; empty: none."""


def _no_schema(_index: int) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Columns by path; the reasons of values that could not be read, by index; the values' bytes in sum."""

    columns: dict[Path, Column]
    unreadable: dict[int, str]
    value_bytes: int


class Decoder:
    """Decodes one part of the records of one topic into columns of the wanted paths; never raises on what it holds."""

    def __init__(
        self, paths: Iterable[Path], max_value_bytes: int, book: SchemaBook, tally: HabitTally, root: Path = ()
    ) -> None:
        """`root`: what all the paths begin with."""
        self._max_value_bytes = max_value_bytes
        self._paths = {path: path[len(root) :] for path in paths}
        self._wanted = Wanted.of(tuple(self._paths.values()))
        self._recogniser = Recogniser(book, tally, max_value_bytes, self._lenient)

    def decode(self, values: Sequence[bytes], named_schema: NamedSchema = _no_schema) -> Decoded:
        """The wanted columns of these values. Unreadable values have no part in them, and a reason."""
        joined = b"\n".join(values)
        size = len(joined) - len(values) + 1
        if self._wanted.decode is not None and self._looks_plain(values, joined):
            columns = self._columns()
            try:
                for start in range(0, len(values), _HOT_RECORDS):
                    roots = list(map(self._wanted.decode, values[start : start + _HOT_RECORDS]))
                    self._take_apart(roots, start, columns, typed=True)
                return Decoded(columns, {}, size)
            except (msgspec.MsgspecError, RecursionError):
                pass
        return self._one_by_one(values, named_schema, size)

    def _columns(self) -> dict[Path, Column]:
        return {path: Column([], [] if EACH in path else None) for path in self._paths}

    def _take_apart(self, roots: Sequence[Any], start: int, columns: dict[Path, Column], *, typed: bool) -> None:
        for path, column in columns.items():
            part = self._wanted.column(roots, self._paths[path], typed=typed)
            column.values.extend(part.values)
            if column.rows is not None:
                column.rows.extend(start + row for row in part.rows or ())

    def _looks_plain(self, values: Sequence[bytes], joined: bytes) -> bool:
        longest = max(map(len, values))
        if longest > self._max_value_bytes or not is_utf8(joined):
            return False
        return longest <= PLAIN_BYTES or not any(map(breaks_a_limit, values))

    def _one_by_one(self, values: Sequence[bytes], named_schema: NamedSchema, size: int) -> Decoded:
        roots: list[object] = []
        unreadable: dict[int, str] = {}
        document = self._recogniser.document
        for index, value in enumerate(values):
            try:
                roots.append(document(value, named_schema(index)))
            except Undecodable as refusal:
                unreadable[index] = refusal.reason
                roots.append(None)
        columns = self._columns()
        self._take_apart(roots, 0, columns, typed=False)
        return Decoded(columns, unreadable, size)

    def _lenient(self, value: bytes) -> object:
        try:
            return self._wanted.decode(value) if self._wanted.decode is not None else None
        except msgspec.MsgspecError:
            pass
        try:
            return cast("object", msgspec.json.decode(value))
        except (msgspec.MsgspecError, RecursionError):
            # Readable, but a wanted field holds what no number can: 1e999. The record counts, its fields do not.
            return None


class Sampler:
    """Reads sampled keys or values in full, and lets the habits of their topic be learned from them."""

    def __init__(self, max_value_bytes: int, book: SchemaBook, tally: HabitTally) -> None:
        self._recogniser = Recogniser(book, tally, max_value_bytes, _whole, counts=True)

    def document(self, value: bytes, named_schema: str) -> object:
        """The document, as `walk` takes it; None for what cannot be read."""
        try:
            found = self._recogniser.document(value, named_schema)
        except Undecodable:
            return None
        return as_document(found) if isinstance(found, Message) else found


def _whole(value: bytes) -> object:
    """The parsed document; empty for what only the typed decoder can read."""
    try:
        return cast("object", orjson.loads(value))
    except orjson.JSONDecodeError:
        return {}
