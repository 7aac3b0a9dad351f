"""Records that serializers wrote with a registry's schemas, read by the tap from a real broker."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from flowaudit.embedded import EmbeddedKafka
from flowaudit.facts import NotVisible, OffsetClass, RecordQuarantined
from flowaudit.sources.schema_registry import SchemaRegistry
from tests.contract.tapping import Told, create, end_offsets, eventually, produce, tapping
from tests.unit.sources.test_headers_registry import registry
from tests.unit.tap.written import (
    AVRO_ID,
    AVRO_SCHEMA,
    JSON_ID,
    PROTOBUF_ID,
    as_avro,
    as_json_schema,
    as_protobuf,
    exits,
    proto_file,
)

pytestmark = pytest.mark.kafka

SERVED = {
    f"/schemas/ids/{AVRO_ID}": {"schema": json.dumps(AVRO_SCHEMA)},
    f"/schemas/ids/{JSON_ID}": {"schema": "{}", "schemaType": "JSON"},
    f"/schemas/ids/{PROTOBUF_ID}": {"schema": "", "schemaType": "PROTOBUF"},
    f"/schemas/ids/{PROTOBUF_ID}?format=serialized": {
        "schema": base64.b64encode(proto_file().SerializeToString()).decode(),
        "schemaType": "PROTOBUF",
    },
}
WRITERS: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "avro": as_avro,
    "protobuf": as_protobuf,
    "jsonschema": as_json_schema,
}


def is_read(told: Told, kafka: EmbeddedKafka, *topics: str) -> bool:
    return all(told.reached(topic) == end_offsets(kafka, topic) for topic in topics)


def tenants(told: Told, topic: str) -> dict[int, int]:
    """Offset → the tenant's token."""
    return {
        int(row["offset"]): int(row["token"])
        for run in told.sightings
        if run.topic == topic
        for row in run.table()
        if run.fields[int(row["field"])] == "$.tenant_id"
    }


def test_the_same_people_are_found_in_avro_protobuf_and_json_schema(kafka: EmbeddedKafka) -> None:
    suffix = uuid.uuid4().hex[:8]
    topics = {name: f"tap-{name}-{suffix}" for name in WRITERS}
    for name, topic in topics.items():
        create(kafka, topic)
        produce(kafka, topic, [WRITERS[name](each) for each in exits(300)])
    with (
        registry(SERVED) as scripted,
        tapping(kafka, f"tap-.*-{suffix}", registry=SchemaRegistry(scripted.url)) as told,
    ):
        assert eventually(lambda: is_read(told, kafka, *topics.values()))
    found = {name: tenants(told, topic) for name, topic in topics.items()}
    assert len(found["avro"]) == 300
    assert found["avro"] == found["protobuf"] == found["jsonschema"]
    assert sorted(path for path in scripted.paths if path.startswith(f"/schemas/ids/{AVRO_ID}")) == [
        f"/schemas/ids/{AVRO_ID}"
    ]


def test_a_registry_that_is_down_does_not_stop_the_tap_and_is_said(kafka: EmbeddedKafka) -> None:
    topic = f"tap-down-{uuid.uuid4().hex[:8]}"
    create(kafka, topic)
    produce(kafka, topic, [as_avro(each) for each in exits(100)])
    with registry({}) as scripted:
        down = SchemaRegistry(scripted.url)
    with tapping(kafka, topic, registry=down) as told:
        assert eventually(lambda: is_read(told, kafka, topic))
    assert set(told.account(topic)[0].values()) == {OffsetClass.QUARANTINED}
    assert {each.reason for each in told.facts if isinstance(each, RecordQuarantined)} == {"registry-unreachable"}
    hidden = {(each.subject, each.name, each.reason) for each in told.facts if isinstance(each, NotVisible)}
    assert ("topic", topic, "undecodable") in hidden
    assert ("source", "schema-registry", "registry-unreachable-for-values") in hidden
