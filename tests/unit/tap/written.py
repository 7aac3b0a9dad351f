"""Records as real libraries write them, in every format that the tap reads."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from typing import Any

import cbor2
import fastavro
import msgspec
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from flowaudit.sources.schema_registry import RegisteredSchema
from flowaudit.sources.tap.formats.schema_book import SchemaBook

AVRO_ID, PROTOBUF_ID, JSON_ID = 17, 18, 19
AVRO_SCHEMA = {
    "type": "record",
    "name": "Exit",
    "namespace": "org.example.doors",
    "fields": [
        {"name": "tenant_id", "type": "string"},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["exit", "unlock"]}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {
            "name": "guests",
            "type": {"type": "array", "items": {"type": "record", "name": "Guest", "fields": [
                {"name": "id_no", "type": ["null", "long"]},
            ]}},
        },
    ],
}  # fmt: skip


def proto_file() -> FileDescriptorProto:
    kinds = FieldDescriptorProto
    file = FileDescriptorProto(name="doors.proto", package="org.example.doors", syntax="proto3")
    guest = file.message_type.add(name="Guest")
    guest.field.add(name="id_no", number=1, type=kinds.TYPE_INT64, label=kinds.LABEL_OPTIONAL)
    exit_ = file.message_type.add(name="Exit")
    exit_.field.add(name="tenant_id", number=1, type=kinds.TYPE_STRING, label=kinds.LABEL_OPTIONAL)
    exit_.field.add(name="kind", number=2, type=kinds.TYPE_STRING, label=kinds.LABEL_OPTIONAL)
    exit_.field.add(
        name="guests",
        number=3,
        type=kinds.TYPE_MESSAGE,
        type_name=".org.example.doors.Guest",
        label=kinds.LABEL_REPEATED,
    )
    return file


def _message_class() -> Any:  # noqa: ANN401 (a generated class)
    pool = DescriptorPool()
    pool.Add(proto_file())
    return GetMessageClass(pool.FindMessageTypeByName("org.example.doors.Exit"))


EXIT: Any = _message_class()
_PARSED: Any = fastavro.parse_schema(AVRO_SCHEMA)


def frame(schema_id: int, payload: bytes) -> bytes:
    """Confluent's wire format."""
    return b"\0" + schema_id.to_bytes(4) + payload


def avro_bytes(document: object, schema: Any = _PARSED) -> bytes:  # noqa: ANN401 (what fastavro made of it)
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, document)
    return out.getvalue()


def as_avro(document: dict[str, Any]) -> bytes:
    return frame(AVRO_ID, avro_bytes({**document, "at": 1_795_000_000_000}))


def as_protobuf(document: dict[str, Any]) -> bytes:
    # The message is the file's second: one index, which is 1, both in zigzag.
    return frame(PROTOBUF_ID, b"\x02\x02" + EXIT(**document).SerializeToString())


def as_protobuf_without_schema(document: dict[str, Any]) -> bytes:
    return bytes(EXIT(**document).SerializeToString())


def as_json_schema(document: dict[str, Any]) -> bytes:
    return frame(JSON_ID, msgspec.json.encode(document))


def as_stringified(document: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"schema": "exit", "payload": msgspec.json.encode(document).decode()})


def as_array(document: dict[str, Any]) -> bytes:
    return msgspec.json.encode([document])


def as_delimited(document: dict[str, Any]) -> bytes:
    guests = ";".join(str(guest["id_no"]) for guest in document["guests"])
    return f"{document['tenant_id']}|{document['kind']}|{guests}".encode()


def as_pairs(document: dict[str, Any]) -> bytes:
    return f"tenant_id={document['tenant_id']}, kind={document['kind']}".encode()


def as_container(document: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    fastavro.writer(out, _PARSED, [{**document, "at": 1_795_000_000_000}], sync_marker=b"s" * 16)
    return out.getvalue()


FORMATS: dict[str, tuple[Callable[[dict[str, Any]], bytes], str, str]] = {
    "json": (msgspec.json.encode, "$.tenant_id", "$.guests[*].id_no"),
    "json in json": (as_stringified, "$.payload.<json>.tenant_id", "$.payload.<json>.guests[*].id_no"),
    "json array": (as_array, "$[*].tenant_id", "$[*].guests[*].id_no"),
    "json schema": (as_json_schema, "$.tenant_id", "$.guests[*].id_no"),
    "avro": (as_avro, "$.tenant_id", "$.guests[*].id_no"),
    "avro container": (as_container, "$[*].tenant_id", "$[*].guests[*].id_no"),
    "protobuf": (as_protobuf, "$.tenant_id", "$.guests[*].id_no"),
    "protobuf without schema": (as_protobuf_without_schema, "$.1", "$.3[*].1"),
    "message pack": (msgspec.msgpack.encode, "$.tenant_id", "$.guests[*].id_no"),
    "cbor": (cbor2.dumps, "$.tenant_id", "$.guests[*].id_no"),
    "delimited": (as_delimited, "$[0]", "$[2][*]"),
    "pairs": (as_pairs, "$.tenant_id", ""),
}
"""How each format is written, and the paths at which the tenant and the guests are found."""


def exits(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Documents of tenants who return, each with two or three guests."""
    rng = random.Random(seed)
    return [
        {
            "tenant_id": f"T-{rng.randrange(410_000, 410_400):07d}",
            "kind": rng.choice(["exit", "unlock"]),
            "guests": [{"id_no": rng.randrange(100_000_000, 900_000_000)} for _ in range(2 + rng.randrange(2))],
        }
        for _ in range(count)
    ]


def schemas() -> dict[int, RegisteredSchema]:
    """What a registry would hold of these formats."""
    return {
        AVRO_ID: RegisteredSchema("AVRO", json.dumps(AVRO_SCHEMA)),
        PROTOBUF_ID: RegisteredSchema("PROTOBUF", "", proto_file().SerializeToString()),
        JSON_ID: RegisteredSchema("JSON", "{}"),
    }


def full_book() -> SchemaBook:
    book = SchemaBook(has_registry=True)
    for schema_id, schema in schemas().items():
        book.learn(str(schema_id), schema)
    return book
