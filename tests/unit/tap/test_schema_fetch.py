"""Schemas are asked for before a run is audited: once, again when they were unknown, and never against the tap."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping

import pytest

from flowaudit.sources.schema_registry import Reference, RegistryUnreachable, SchemaRegistry
from flowaudit.sources.tap.audit import TapAudit, TappedRun
from flowaudit.sources.tap.schema_fetch import SchemaFetch, schemas_named
from tests.unit.sources.test_headers_registry import ScriptedRegistry, registry
from tests.unit.tap.records import NOW_MS, MadeRecord, settings, sighted
from tests.unit.tap.written import AVRO_SCHEMA, EXIT, as_avro, as_json_schema, exits, frame, proto_file

GUID = "0c8a2c5e-3f5b-4a52-9b3e-8d1a6b6c0f11"
PROTO_TEXT = """
syntax = "proto3";
package org.example.doors;
import "guest.proto";
import "confluent/meta.proto";
message Exit { string tenant_id = 1; string kind = 2; repeated Guest guests = 3; confluent.type.Decimal paid = 4; }
"""
GUEST_TEXT = 'syntax = "proto3"; package org.example.doors; message Guest { int64 id_no = 1; }'


class Ticking:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def run_of(values: list[bytes], first: int = 0) -> TappedRun:
    records = [MadeRecord(first + n, value) for n, value in enumerate(values)]
    return TappedRun("doors", "id", 0, first, first + len(records), records)


def fetch(scripted: ScriptedRegistry, tick: Ticking) -> SchemaFetch:
    return SchemaFetch(SchemaRegistry(scripted.url), lambda: NOW_MS, "tap", tick)


def avro_answer(**more: object) -> Mapping[str, object]:
    return {"/schemas/ids/17": {"schema": json.dumps(AVRO_SCHEMA), **more}}


def test_a_schema_is_asked_for_once_and_before_the_audit() -> None:
    values = [as_avro(each) for each in exits(60)]
    with registry(avro_answer()) as scripted:
        schemas = fetch(scripted, Ticking())
        audit = TapAudit(settings(), book=schemas.book)
        found = []
        for first in (0, 30):
            run = run_of(values[first : first + 30], first)
            assert asyncio.run(schemas.prepare(run)) == ()
            found.append(audit.audit(run, NOW_MS))
        assert scripted.paths == ["/schemas/ids/17"]
    assert {offset for _, offset, _, path in sighted(found) if path == "$.tenant_id"} == set(range(60))


def test_what_the_registry_does_not_know_is_asked_again_after_a_minute_and_then_read() -> None:
    run, tick = run_of([as_avro(each) for each in exits(20)]), Ticking()
    with registry({}) as scripted:
        schemas = fetch(scripted, tick)
        for _ in range(3):
            schemas.prepare_now(run)
            tick.seconds += 19
        assert len(scripted.paths) == 1
        quarantined = TapAudit(settings(), book=schemas.book).audit(run, NOW_MS).quarantined
        assert {each.reason for each in quarantined} == {"schema-unknown"}
        scripted.answers = {path: (200, json.dumps(answer).encode()) for path, answer in avro_answer().items()}
        tick.seconds += 10
        schemas.prepare_now(run)
    assert not TapAudit(settings(), book=schemas.book).audit(run, NOW_MS).quarantined


def test_a_registry_that_is_down_is_said_and_left_alone_for_a_while() -> None:
    run, tick = run_of([as_avro(each) for each in exits(20)]), Ticking()
    with registry({"/schemas/ids/17": (500, b"secret")}) as scripted:
        schemas = fetch(scripted, tick)
        (said,) = schemas.prepare_now(run)
        assert (said.subject, said.name, said.source) == ("source", "schema-registry", "tap")
        assert "secret" not in repr(said)
        assert schemas.prepare_now(run) == ()
        quarantined = TapAudit(settings(), book=schemas.book).audit(run, NOW_MS).quarantined
        assert {each.reason for each in quarantined} == {"registry-unreachable"}
        tick.seconds += 11
        assert schemas.prepare_now(run)
        tick.seconds += 11
        assert schemas.prepare_now(run) == (), "the second rest is longer"
        assert len(scripted.paths) == 2


def test_records_that_name_ever_new_schemas_cost_a_bounded_number_of_questions() -> None:
    tick = Ticking()
    with registry({}) as scripted:
        schemas = fetch(scripted, tick)
        for first in range(0, 3_000, 100):
            schemas.prepare_now(run_of([frame(number, b"xyz") for number in range(first + 1, first + 101)]))
        assert len(scripted.paths) <= 600


def test_without_a_registry_nothing_is_asked() -> None:
    schemas = SchemaFetch(None, lambda: NOW_MS, "tap")
    assert schemas.prepare_now(run_of([as_avro(each) for each in exits(9)])) == ()


def test_plain_records_name_no_schema_and_all_parts_are_looked_at() -> None:
    assert schemas_named([MadeRecord(n, b'{"a": 1}', key=b"k%d" % n) for n in range(9)]) == []
    named = MadeRecord(0, b'{"a": 1}', key=frame(3, b"a key"), headers=[("__value_schema_id", frame(4, b""))])
    assert schemas_named([named, MadeRecord(1, frame(5, b"value")), MadeRecord(2, None)]) == ["5", "3", "4"]


def test_references_come_before_what_needs_them() -> None:
    answers = {
        **avro_answer(references=[{"name": "b", "subject": "s/b", "version": 2}]),
        "/subjects/s%2Fb/versions/2": {
            "schema": '"B"',
            "references": [{"name": "c", "subject": "c", "version": 1}, {"name": "b", "subject": "s/b", "version": 2}],
        },
        "/subjects/c/versions/1": {"schema": '"C"'},
    }
    with registry(answers) as scripted:
        schema = SchemaRegistry(scripted.url).schema("17")
    assert schema is not None
    assert schema.kind == "AVRO"
    assert schema.references == (Reference("c", '"C"'), Reference("b", '"B"'))


def test_a_guid_has_a_schema_too() -> None:
    with registry({f"/schemas/guids/{GUID}": {"schema": "{}", "schemaType": "JSON"}}) as scripted:
        schema = SchemaRegistry(scripted.url).schema(GUID)
    assert schema is not None
    assert schema.kind == "JSON"


@pytest.mark.parametrize("answer", [[], {}, {"schema": 7}, "x", None])
def test_an_answer_of_another_shape_is_no_schema(answer: object) -> None:
    with registry({"/schemas/ids/17": answer}) as scripted:
        assert SchemaRegistry(scripted.url).schema("17") is None


def test_an_answer_that_is_no_use_is_an_error() -> None:
    with registry({"/schemas/ids/17": (200, b"no json")}) as scripted, pytest.raises(RegistryUnreachable):
        SchemaRegistry(scripted.url).schema("17")


def protobuf_answers(*, serialized: bool) -> dict[str, object]:
    answers: dict[str, object] = {
        "/schemas/ids/18": {
            "schema": PROTO_TEXT,
            "schemaType": "PROTOBUF",
            "references": [{"name": "guest.proto", "subject": "guest", "version": 1}],
        },
        "/subjects/guest/versions/1": {"schema": GUEST_TEXT, "schemaType": "PROTOBUF"},
    }
    if serialized:
        file = proto_file()
        guest = type(file)(
            name="guest.proto", package=file.package, syntax="proto3", message_type=[file.message_type[0]]
        )
        main = type(file)(package=file.package, syntax="proto3", message_type=[file.message_type[1]])
        main.dependency.extend(["guest.proto", "confluent/meta.proto"])
        answers["/schemas/ids/18?format=serialized"] = _serialized(main.SerializeToString())
        answers["/subjects/guest/versions/1?format=serialized"] = _serialized(guest.SerializeToString())
    else:
        answers["/schemas/ids/18?format=serialized"] = (422, b'{"error_code": 42200}')
    return answers


def _serialized(data: bytes) -> object:
    return {"schema": base64.b64encode(data).decode(), "schemaType": "PROTOBUF"}


@pytest.mark.parametrize("serialized", [True, False], ids=["a descriptor", "text alone"])
def test_protobuf_is_read_by_descriptor_or_by_text(serialized: bool) -> None:
    values = [frame(18, b"\0" + EXIT(**each).SerializeToString()) for each in exits(60)]
    with registry(protobuf_answers(serialized=serialized)) as scripted:
        schemas = fetch(scripted, Ticking())
        schemas.prepare_now(run_of(values))
    found = TapAudit(settings(), book=schemas.book).audit(run_of(values), NOW_MS)
    assert not found.quarantined
    paths = {path for *_, path in sighted([found])}
    assert paths == {"$.tenant_id", "$.guests[*].id_no"}


def test_json_in_a_frame_waits_for_nobody() -> None:
    run = run_of([as_json_schema(each) for each in exits(20)])
    with registry({"/schemas/ids/19": (500, b"")}) as scripted:
        schemas = fetch(scripted, Ticking())
        schemas.prepare_now(run)
    assert not TapAudit(settings(), book=schemas.book).audit(run, NOW_MS).quarantined
