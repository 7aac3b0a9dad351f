"""The keys or the values of the records of one span: their columns, and in full those that are sampled. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from flowaudit.sources.schema_registry.framing import id_in_header, is_registrys_own
from flowaudit.sources.tap.decode import Decoded, Decoder, Sampler
from flowaudit.sources.tap.discovery import Record
from flowaudit.sources.tap.formats.habits import UUID_BYTES, Habits, HabitTally
from flowaudit.sources.tap.formats.schema_book import SchemaBook
from flowaudit.sources.tap.paths import KEY, Path

VALUES: Final = "value"
KEYS: Final = "key"
_NOT_IN_PLAIN_KEYS: Final = bytes(range(32)) + b"{}[]\x7f"
_NO_REGISTRYS_OWN: Final = "another-registry"


class PartReader:
    """Reads one part of the records of a span. What it learns of them takes effect when it is settled."""

    def __init__(self, part: str, max_value_bytes: int, book: SchemaBook, before: Habits | None) -> None:
        """`before`: what is known from the span before."""
        self._part = part
        self._root: Path = KEY if part == KEYS else ()
        self._max_value_bytes = max_value_bytes
        self._book = book
        self._tally = HabitTally(before)
        self._sampler = Sampler(max_value_bytes, book, self._tally)
        self.want(())

    def want(self, paths: Sequence[Path]) -> None:
        """Decode these fields from now on."""
        self.wanted = tuple(paths)
        self._decoder = Decoder(paths, self._max_value_bytes, self._book, self._tally, self._root)

    def settle(self) -> None:
        """Let what was learned take effect."""
        self._tally.settle()

    @property
    def learned(self) -> Habits:
        """What the span found out by itself."""
        return self._tally.own

    @property
    def are_undivided(self) -> bool:
        """Are texts taken whole?"""
        return self._tally.habits.dialect is None

    def decode(self, data: Sequence[bytes], records: Sequence[Record]) -> Decoded:
        """The wanted columns of what these records hold."""
        if self._tally.habits.are_uuids:
            data = [_uuid_text(each).encode() if len(each) == UUID_BYTES else each for each in data]
        return self._decoder.decode(data, lambda index: named_schema(records[index].headers, self._part))

    def sampled(self, data: bytes, schema: str) -> object:
        """What a sampled record holds, in full; None when it cannot be read."""
        document = self._sampler.document(data, schema)
        if self._part != KEYS or schema:
            return document
        self._tally.add_key(data, is_read=document is not None)
        if len(data) != UUID_BYTES:
            return document
        are_uuids = self._tally.own.are_uuids
        if are_uuids:
            return _uuid_text(data)
        return {} if document is None and are_uuids is None else document


def _uuid_text(data: bytes) -> str:
    return str(UUID(bytes=bytes(data)))


def named_schema(headers: Sequence[tuple[str, bytes | None]], part: str) -> str:
    """The schema that headers name for a part of their record; empty when they name none."""
    if not headers:
        return ""
    given = {name: value for name, value in headers if value is not None}
    schema_id = id_in_header(given, part)
    return schema_id if not schema_id or is_registrys_own(given, part) else f"{_NO_REGISTRYS_OWN}-{schema_id}"


def are_plain_keys(keys: Sequence[bytes]) -> bool:
    """Are all keys text in one piece, so that they can be taken as they are? Braces stand for keys that are null."""
    joined = b"".join(key for key in keys if key != b"{}")
    return len(joined.translate(None, _NOT_IN_PLAIN_KEYS)) == len(joined) and joined.isascii()
