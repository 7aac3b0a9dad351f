"""Fuzz targets of the tap: every format of keys and values, and the schemas that a registry may serve."""

from __future__ import annotations

import json
from typing import Final

import cbor2
import msgspec

from flowaudit.sources.schema_registry import RegisteredSchema
from flowaudit.sources.tap.decode import Decoder, Sampler
from flowaudit.sources.tap.formats.avro import AvroParser, parse_container
from flowaudit.sources.tap.formats.concise_binary import parse_cbor
from flowaudit.sources.tap.formats.delimited import Dialect, TextTally, parse_text
from flowaudit.sources.tap.formats.habits import HabitTally
from flowaudit.sources.tap.formats.message_pack import parse_message_pack
from flowaudit.sources.tap.formats.plain_text import parse_plain_text
from flowaudit.sources.tap.formats.port import Undecodable
from flowaudit.sources.tap.formats.protobuf import ProtobufParser, as_document
from flowaudit.sources.tap.formats.protobuf_files import main_file
from flowaudit.sources.tap.formats.protobuf_schema import files_of
from flowaudit.sources.tap.formats.protobuf_wire import parse_fields
from flowaudit.sources.tap.paths import EACH, Path, Within, walk
from tests.fuzz.target import Target
from tests.unit.tap.written import AVRO_SCHEMA, FORMATS, exits, full_book, proto_file

_DOCUMENTS: Final = exits(3)
_AVRO: Final = AvroParser(json.dumps(AVRO_SCHEMA))
_PROTOBUF: Final = ProtobufParser(main_file(proto_file().SerializeToString(), "main.proto"))
_RECURSIVE: Final = {"type": "record", "name": "A", "fields": [{"name": "n", "type": ["null", "A"]}]}
_WANTED: Final[tuple[Path, ...]] = (
    (),
    ("tenant_id",),
    ("guests", EACH, "id_no"),
    (EACH, "tenant_id"),
    ("payload", Within.JSON, "guests", EACH, "id_no"),
    (0,),
    (2, EACH),
    ("3", EACH, "1"),
)
_BOOK: Final = full_book()


def _seeds(*names: str) -> tuple[bytes, ...]:
    return tuple(FORMATS[name][0](document) for name in names for document in _DOCUMENTS)


def _walked(document: object) -> object:
    return list(walk(document))


def _protobuf(data: bytes) -> object:
    return _walked(as_document(_PROTOBUF.parse(data)))


def _delimited(data: bytes) -> object:
    text, tally = parse_plain_text(data), TextTally()
    for _ in range(8):
        tally.add(text)
    return [_walked(parse_text(text, each)) for each in (None, tally.dialect(), Dialect(",", ";", named=True))]


def _recognised(data: bytes) -> object:
    """A key or value as the audit meets it: never an error, whatever it is."""
    tally = HabitTally()
    sampler, decoder = Sampler(1 << 22, _BOOK, tally), Decoder(_WANTED, 1 << 22, _BOOK, tally)
    found = _walked(sampler.document(data, ""))
    return found, decoder.decode([data, b"{}", data])


def _avro_schema(data: bytes) -> object:
    return AvroParser(data.decode("latin-1"))


def _protobuf_descriptor(data: bytes) -> object:
    return ProtobufParser(*files_of(RegisteredSchema("PROTOBUF", "", data))).parse(b"\0\n\x03abc")


TARGETS: Final = (
    Target("tap-message-pack", lambda data: _walked(parse_message_pack(data)), Undecodable, _seeds("message pack")),
    Target(
        "tap-cbor",
        lambda data: _walked(parse_cbor(data)),
        Undecodable,
        (*_seeds("cbor"), cbor2.dumps({"a": [2**80, 1.5, None], 1: b"x"}), bytes.fromhex("d81c81d81d00")),
    ),
    Target(
        "tap-avro", lambda data: _walked(_AVRO.parse(data)), Undecodable, tuple(each[5:] for each in _seeds("avro"))
    ),
    Target("tap-avro-container", lambda data: _walked(parse_container(data)), Undecodable, _seeds("avro container")),
    Target(
        "tap-avro-schema", _avro_schema, Undecodable, tuple(msgspec.json.encode(s) for s in (AVRO_SCHEMA, _RECURSIVE))
    ),
    Target("tap-protobuf", _protobuf, Undecodable, tuple(each[5:] for each in _seeds("protobuf"))),
    Target("tap-protobuf-by-number", parse_fields, Undecodable, _seeds("protobuf without schema")),
    Target("tap-protobuf-descriptor", _protobuf_descriptor, Undecodable, (proto_file().SerializeToString(),)),
    Target("tap-delimited", _delimited, Undecodable, _seeds("delimited", "pairs")),
    Target("tap-record", _recognised, Undecodable, _seeds(*FORMATS)),
)
