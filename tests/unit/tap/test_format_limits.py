"""Bombs of every format are refused cheaply, with a reason, and nothing raw is in any error."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable

import cbor2
import msgspec
import pytest
from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from flowaudit.sources.schema_registry import RegisteredSchema
from flowaudit.sources.tap.formats.avro import AvroParser, parse_container
from flowaudit.sources.tap.formats.concise_binary import parse_cbor
from flowaudit.sources.tap.formats.message_pack import parse_message_pack
from flowaudit.sources.tap.formats.port import MAX_BUILT_BYTES, Undecodable
from flowaudit.sources.tap.formats.protobuf import ProtobufParser
from flowaudit.sources.tap.formats.protobuf_files import main_file
from flowaudit.sources.tap.formats.protobuf_schema import files_of
from flowaudit.sources.tap.formats.protobuf_wire import parse_fields
from tests.unit.tap.written import AVRO_SCHEMA, avro_bytes, proto_file

MEBIBYTE = 1 << 20


def avro(schema: object) -> Callable[[bytes], object]:
    return AvroParser(json.dumps(schema)).parse


def wide_protobuf(data: bytes) -> object:
    """A message with four thousand fields that holds many of itself: two bytes make one."""
    file = proto_file()
    wide = file.message_type.add(name="Wide")
    kinds = FieldDescriptorProto
    wide.field.add(
        name="each", number=1, type=kinds.TYPE_MESSAGE, type_name=".org.example.doors.Wide", label=kinds.LABEL_REPEATED
    )
    for number in range(2, 4_000):
        wide.field.add(name=f"f{number}", number=number, type=kinds.TYPE_INT64, label=kinds.LABEL_OPTIONAL)
    return ProtobufParser(main_file(file.SerializeToString(), "main.proto")).parse(data)


BOMBS: dict[str, tuple[Callable[[bytes], object], bytes, str]] = {
    "map of four billion": (parse_message_pack, b"\xdf\xff\xff\xff\xff", "not-message-pack"),
    "array of four billion": (parse_message_pack, b"\xdd\xff\xff\xff\xff" * 99, "not-message-pack"),
    "bytes of four gigabytes": (parse_message_pack, b"\x81\xa1a\xc6\xff\xff\xff\xff", "not-message-pack"),
    "deep arrays": (parse_message_pack, b"\x91" * 100_000, "too-deep"),
    "large": (parse_message_pack, b"\x80" * (MAX_BUILT_BYTES + 1), "too-large"),
    "cbor map": (parse_cbor, b"\xbb" + b"\xff" * 8, "not-cbor"),
    "cbor array": (parse_cbor, b"\x9b\0\0\0\xff\xff\xff\xff\xff" * 9, "not-cbor"),
    "cbor bytes": (parse_cbor, b"\xa1\x61a\x5b\0\0\xff\xff\xff\xff\xff\xff", "not-cbor"),
    "cbor depth": (parse_cbor, b"\x81" * 100_000, "not-cbor"),
    "cbor tags": (parse_cbor, b"\xa1\x61a" + b"\xc1" * 100_000, "not-cbor"),
    "cbor trailing": (parse_cbor, b"\xa0\xa0", "not-cbor"),
    "avro bytes": (avro("bytes"), b"\xfe\xff\xff\xff\xff\xff\xff\x01", "not-of-its-schema"),
    "avro array": (
        avro({"type": "array", "items": "int"}),
        b"\xfe\xff\xff\xff\xff\xff\xff\x01\x02",
        "not-of-its-schema",
    ),
    "avro number": (avro("long"), b"\xff" * 1_000, "not-of-its-schema"),
    "avro trailing": (avro("boolean"), b"\1\1", "not-of-its-schema"),
    "container": (parse_container, b"Obj\x01" + b"\xfe\xff\xff\xff\xff\xff\xff\x01", "not-avro"),
    "groups within groups": (parse_fields, b"\x0b" * 100_000, "encrypted-or-unknown"),
    "many fields": (parse_fields, b"\x08\x01" * 400_000, "too-large"),
    "wide messages": (wide_protobuf, b"\x02\x04" + b"\x0a\x00" * 400_000, "too-large"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_cheaply(name: str) -> None:
    parse, data, reason = BOMBS[name]
    tracemalloc.start()
    began_s = time.process_time()
    with pytest.raises(Undecodable) as refused:
        parse(data)
    taken_s, (_, peak_bytes) = time.process_time() - began_s, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.reason == str(refused.value) == reason
    assert taken_s < 2
    assert peak_bytes < 64 * MEBIBYTE


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "record", "name": "A", "fields": [{"name": "n", "type": ["null", "A"]}]}, "schema-recursive"),
        (
            {"type": "record", "name": "A", "fields": [{"name": "n", "type": {"type": "array", "items": "A"}}]},
            "schema-recursive",
        ),
        ({"type": "array", "items": "null"}, "schema-unsafe"),
        ({"type": "array", "items": {"type": "record", "name": "R", "fields": []}}, "schema-unsafe"),
        ({"type": "array", "items": {"type": "fixed", "name": "F", "size": 0}}, "schema-unsafe"),
        (
            {"type": "array", "items": {"type": "record", "name": "R", "fields": [
                {"name": "one", "type": "int"}, *({"name": f"n{i}", "type": "null"} for i in range(50))]}},
            "schema-unsafe",
        ),
        ("nothing", "schema-unreadable"),
        ({"type": "enum"}, "schema-unreadable"),
        (None, "schema-unreadable"),
        (7, "schema-unreadable"),
    ],
)  # fmt: skip
def test_a_schema_that_allows_bombs_is_refused(schema: object, reason: str) -> None:
    with pytest.raises(Undecodable) as refused:
        AvroParser(json.dumps(schema))
    assert refused.value.reason == reason


def test_a_schema_whose_records_double_with_each_level_is_refused() -> None:
    schema: object = "null"
    for level in range(40):
        name = f"L{level}"
        schema = {
            "type": "record",
            "name": name,
            "fields": [{"name": "a", "type": schema}, {"name": "b", "type": schema if level == 0 else f"L{level - 1}"}],
        }
    with pytest.raises(Undecodable) as refused:
        AvroParser(json.dumps(schema))
    assert refused.value.reason == "schema-unsafe"


@pytest.mark.parametrize(
    "text", ["message", 'syntax="proto3"; message A {', "x" * 99, "{" * 500, "", "\0", "x" * 200_000]
)
def test_a_proto_text_that_is_none_is_refused_without_a_word(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Undecodable) as refused:
        ProtobufParser(*files_of(RegisteredSchema("PROTOBUF", text)))
    assert refused.value.reason == "schema-unreadable"
    assert capfd.readouterr() == ("", "")


def test_clocks_out_of_any_calendar_do_not_cost_the_record() -> None:
    parser = AvroParser(json.dumps(AVRO_SCHEMA))
    for at in (-(1 << 63), (1 << 63) - 1, 0):
        document = parser.parse(avro_bytes({"tenant_id": "T", "kind": "exit", "at": at, "guests": []}))
        assert isinstance(document, dict)
        assert document["tenant_id"] == "T"


def test_tags_of_cbor_make_nothing_of_their_content() -> None:
    hostile = cbor2.CBORTag(35, "(a+)+$")
    assert parse_cbor(cbor2.dumps({"a": hostile, "b": cbor2.CBORTag(2, b"\1\0"), "c": [cbor2.CBORTag(28, 7)]})) == {
        "a": "(a+)+$",
        "b": 256,
        "c": [7],
    }


def test_an_error_shows_nothing_of_the_record() -> None:
    secret = msgspec.msgpack.encode({"tenant_id": "T-0412345"}) + b"T-0412345"
    with pytest.raises(Undecodable) as refused:
        parse_message_pack(secret)
    assert refused.value.__cause__ is None
    assert "0412345" not in repr(refused.value)
