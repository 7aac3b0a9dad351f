"""One key or value of any format → its document. Pure, and nothing but the bytes, the book and the habits decide.

Formats are told by how they begin, which hardly overlaps: 0 and 1 begin a frame with a schema id, 0x80 and more a map
or an array of MessagePack or CBOR, `Obj` and 0xC3 0x01 what Avro marks itself, and text what is printable. What is left
may be Protobuf without its schema. Several formats may be mixed in one topic.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from flowaudit.sources.schema_registry.framing import frame_bytes, id_in_front
from flowaudit.sources.tap.formats.avro import CONTAINER, FINGERPRINT_END, SINGLE_OBJECT, parse_container
from flowaudit.sources.tap.formats.concise_binary import may_be_cbor, parse_cbor
from flowaudit.sources.tap.formats.delimited import is_undivided, parse_text
from flowaudit.sources.tap.formats.habits import Habits, HabitTally
from flowaudit.sources.tap.formats.message_pack import may_be_message_pack, parse_message_pack
from flowaudit.sources.tap.formats.numbers import may_be_number, parse_number
from flowaudit.sources.tap.formats.plain_text import parse_plain_text
from flowaudit.sources.tap.formats.port import Reason, Undecodable
from flowaudit.sources.tap.formats.protobuf import ProtobufParser
from flowaudit.sources.tap.formats.protobuf_wire import parse_fields
from flowaudit.sources.tap.formats.schema_book import JsonSchema, SchemaBook
from flowaudit.sources.tap.verdict import why_unreadable

ParseJson = Callable[[bytes], object]
"""Readable JSON → its document, or what is wanted of it."""
_LAST_FRAME_BYTE: Final = 1
_JSON_CONTAINERS: Final = b"{["
_JSON_STARTS: Final = frozenset(b'{["-0123456789tfn \t\r\n')
_IN_BRACES: Final = re.compile(rb"\{[0-9A-Za-z][0-9A-Za-z_.-]*\}")
"""A name in braces, as some write a UUID: no JSON begins so, whatever it was cut from."""
_FIRST_MESSAGE: Final = b"\0"
_SHOWS_NOTHING: Final[object] = {}


class Recogniser:
    """Reads the keys or the values of one topic."""

    def __init__(
        self, book: SchemaBook, tally: HabitTally, max_value_bytes: int, parse_json: ParseJson, *, counts: bool = False
    ) -> None:
        """`counts`: what is read is a sample, from which `tally` is to learn, and which shows only what it learned."""
        self._book = book
        self._tally = tally
        self._max_value_bytes = max_value_bytes
        self._parse_json = parse_json
        self._counts = counts

    def document(self, data: bytes, named_schema: str = "") -> object:
        """The document; `named_schema` is the schema that a header says it was written with.

        Raises:
            Undecodable: it cannot be read; the reason is a short stable code.
        """
        if len(data) > self._max_value_bytes:
            raise Undecodable(Reason.TOO_LARGE)
        if not data:
            raise Undecodable(Reason.EMPTY)
        if named_schema:
            return self._of_schema(named_schema, data, is_bare=True)
        if data[0] <= _LAST_FRAME_BYTE and (schema_id := id_in_front(data)):
            return self._of_schema(schema_id, data[frame_bytes(data) :])
        if data[0] in _JSON_STARTS:
            why = why_unreadable(data, self._max_value_bytes)
            if why is None:
                return self._parse_json(data)
            if data[0] in _JSON_CONTAINERS and not _IN_BRACES.match(data):
                raise Undecodable(why)
        return self._marked(data)

    def _of_schema(self, schema_id: str, payload: bytes, *, is_bare: bool = False) -> object:
        """A payload whose schema is named; `is_bare`: by a header, which says of Protobuf's messages nothing."""
        parser = self._book.parser(schema_id)
        if isinstance(parser, str):
            return self._without_schema(parser, payload)
        if isinstance(parser, JsonSchema):
            return self._json(payload)
        return parser.parse(_FIRST_MESSAGE + payload if is_bare and isinstance(parser, ProtobufParser) else payload)

    def _without_schema(self, reason: str, payload: bytes) -> object:
        """JSON needs no schema to be read; Protobuf shows its fields' numbers when there is nobody to ask."""
        if payload[:1] and payload[0] in _JSON_CONTAINERS:
            return self._json(payload)
        if payload[:1] == _FIRST_MESSAGE and reason == Reason.NO_SCHEMA_REGISTRY:
            fields = self._by_number(payload[1:])
            if fields is not None:
                return fields
        raise Undecodable(reason)

    def _json(self, payload: bytes) -> object:
        why = why_unreadable(payload, self._max_value_bytes)
        if why is not None:
            raise Undecodable(why)
        return self._parse_json(payload)

    def _marked(self, data: bytes) -> object:
        for looks_like, parse in ((may_be_message_pack, parse_message_pack), (may_be_cbor, parse_cbor)):
            if looks_like(data):
                try:
                    return parse(data)
                except Undecodable:
                    continue
        if data.startswith(CONTAINER):
            return parse_container(data)
        if data.startswith(SINGLE_OBJECT):
            parser = self._book.by_fingerprint(data[len(SINGLE_OBJECT) : FINGERPRINT_END])
            if isinstance(parser, str):
                raise Undecodable(parser)
            return parser.parse(data[FINGERPRINT_END:])
        if may_be_number(data):
            return parse_number(data)
        return self._text_or_fields(data)

    def _text_or_fields(self, data: bytes) -> object:
        # 0x0A is a line's end, and Protobuf's first field when that has a length: a text rarely begins with it.
        if data[:1] == b"\n" and (fields := self._by_number(data)) is not None:
            return fields
        try:
            text = parse_plain_text(data)
        except Undecodable:
            fields = self._by_number(data)
            if fields is None:
                raise
            return fields
        habits = self._habits
        if self._counts:
            self._tally.add_text(text)
        return parse_text(text, habits.dialect) if habits.texts_are_known or is_undivided(text) else _SHOWS_NOTHING

    def _by_number(self, data: bytes) -> object:
        """The fields by their numbers; None when it is no Protobuf, or when this topic's records hardly ever are."""
        if not self._counts and not self._habits.fields_by_number:
            return None
        fields: object
        try:
            fields = parse_fields(data)
        except Undecodable:
            fields = None
        if self._counts:
            self._tally.add_binary(is_read=fields is not None)
        return fields if self._habits.fields_by_number else None

    @property
    def _habits(self) -> Habits:
        return self._tally.own if self._counts else self._tally.habits
