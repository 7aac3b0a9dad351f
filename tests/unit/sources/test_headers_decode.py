"""Record headers → facts: conventions one by one, what is no proof, and that no value gets out."""

from __future__ import annotations

import struct
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import Carrier, DeadLettered, Fact, OriginNamed, encode_fact
from flowaudit.sources.headers.dead_letters import DeadLetter, dead_letter
from flowaudit.sources.headers.decode import Place, RecordScan
from flowaudit.sources.headers.origins import Origin, origins
from flowaudit.sources.headers.redact import redacted
from flowaudit.sources.headers.tracing import trace_id
from flowaudit.sources.kafka_log import LogRecord
from flowaudit.sources.schema_registry.framing import id_in_front, id_in_header

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
GUID = UUID("0c8a2c5e-3f5b-4a52-9b3e-8d1a6b6c0f11")
KEY = b"k" * 16
PLACE = Place("orders", 2, 5_000)


def record(
    *headers: tuple[str, bytes | None], offset: int = 0, key: bytes | None = None, value: bytes | None = b"{}"
) -> LogRecord:
    return LogRecord(offset, 1_000, key, value, headers)


def named(*records: LogRecord) -> list[Fact]:
    scan = RecordScan(KEY)
    scan.take(PLACE, records)
    return [fact for _, fact in scan.named()]


def schemas(*records: LogRecord) -> set[tuple[str, str, bool]]:
    scan = RecordScan(KEY)
    scan.take(PLACE, records)
    return {(seen.part, seen.schema_id, seen.is_certain) for seen in scan.schemas()}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("traceparent", f"00-{TRACE}-{SPAN}-01"),
        ("traceparent", f"cc-{TRACE}-{SPAN}-00-later"),
        ("ce_traceparent", f"00-{TRACE}-{SPAN}-01"),
        ("b3", f"{TRACE}-{SPAN}-1-{SPAN}"),
        ("b3", f"{TRACE}-{SPAN}"),
        ("X-B3-TraceId", TRACE.upper()),
        ("uber-trace-id", f"{TRACE}:{SPAN}:0:1"),
        ("uber-trace-id", f"{TRACE}%3A{SPAN}%3A0%3A1"),
        ("sentry-trace", f"{TRACE}-{SPAN}-1"),
    ],
)
def test_each_propagators_header_gives_the_trace(name: str, value: str) -> None:
    assert trace_id({name: value.encode()}) == bytes.fromhex(TRACE)


@pytest.mark.parametrize(
    "value",
    [
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}",
        "",
        "\udcff",
    ],
)
def test_a_traceparent_that_the_standard_forbids_is_none(value: str) -> None:
    assert trace_id({"traceparent": value.encode(errors="surrogateescape")}) is None


def test_short_ids_are_the_same_trace_as_their_long_form() -> None:
    short = {"uber-trace-id": f"{SPAN.lstrip('0')}:1:0:1".encode()}
    assert trace_id(short) == trace_id({"x-b3-traceid": SPAN.encode()}) == bytes(8) + bytes.fromhex(SPAN)


def test_w3c_stands_when_there_are_several() -> None:
    assert trace_id({"b3": f"{'a' * 32}-{SPAN}".encode(), "traceparent": f"00-{TRACE}-{SPAN}-01".encode()}) == (
        bytes.fromhex(TRACE)
    )


def test_dead_letters_of_connect_spring_and_share_groups_name_who_failed() -> None:
    connect = {"__connect.errors.topic": b"orders", "__connect.errors.connector.name": b"archive"}
    spring = {"kafka_dlt-original-topic": b"orders", "kafka_dlt-original-consumer-group": b"billing"}
    shared = {"__dlq.errors.topic": b"orders", "__dlq.errors.group": b"workers"}
    assert dead_letter(connect, "dlq") == DeadLetter("orders", Carrier.CONNECTOR, "archive")
    assert dead_letter(spring, "dlq") == DeadLetter("orders", Carrier.GROUP, "billing")
    assert dead_letter(shared, "dlq") == DeadLetter("orders", Carrier.GROUP, "workers")


def test_what_does_not_tell_who_failed_where_is_no_dead_letter() -> None:
    spring = {"kafka_dlt-original-topic": b"orders", "kafka_dlt-original-consumer-group": b"billing"}
    shared = {"__dlq.errors.topic": b"orders.DLT", "__dlq.errors.group": b"workers"}
    assert dead_letter(spring, "orders") is None, "put back to be tried again"
    assert dead_letter({**spring, **shared}, "dlq") is None, "went through two queues"
    assert dead_letter({**spring, "kafka_dlt-original-topic": b"no topic"}, "dlq") is None
    assert dead_letter({**spring, "kafka_dlt-original-consumer-group": b"kim@example.org"}, "dlq") is None
    assert dead_letter({"kafka_dlt-original-topic": b"orders"}, "dlq") is None


def test_a_dead_letter_is_told_once_with_its_own_time_and_place() -> None:
    headers = (("__dlq.errors.topic", b"in"), ("__dlq.errors.group", b"g"))
    (fact,) = named(record(*headers, offset=7), record(*headers, offset=8))
    assert isinstance(fact, DeadLettered)
    assert (fact.topic, fact.dead_letter_topic, fact.name) == ("in", "orders", "g")
    assert (fact.provenance.observed_ms, fact.provenance.reference) == (1_000, "orders-2 @ 8")


def test_origins_are_named_by_their_convention() -> None:
    event = {"ce_specversion": b"1.0", "ce_source": b"https://u:p@locks.example/gate/8812?token=x"}
    assert list(origins(event)) == [Origin("cloudevents", "https://locks.example/gate/*")]
    assert list(origins({"ce_source": b"/gate"})) == [], "without its version it is another's header"
    assert list(origins({"__TypeId__": b"org.example.Order"})) == [Origin("spring-type", "org.example.Order")]
    assert list(origins({"OpenLineage_Run_Id": str(GUID).encode()})) == [Origin("openlineage", "*")]
    assert list(origins({"datahub-job": b"nightly.load"})) == [Origin("datahub-job", "nightly.load")]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("/locks/gateway", "/locks/gateway"),
        ("urn:example:gateway:v2", "urn:example:gateway:v2"),
        (f"urn:uuid:{GUID}", "urn:uuid:*"),
        ("/users/kim@example.org/orders", "/users/*/orders"),
        ("mailto:kim@example.org", "mailto:*"),
        ("/users/kim%2540example.org", "/users/*"),
        ("/calls/+49 151 234567", "/calls/*"),
        ("https://kim:secret@host:8443/a?b=c#d", "https://host:8443/a"),
        ("/orders/4711/items/2", "/orders/*/items/*"),
        ("/sessions/deadbeefcafe", "/sessions/*"),
        ("pod/orders-7d9f8b6c51-x2k", "pod/orders-*-x2k"),
        ("/id/01HZX3K9Q2", "/id/*"),
    ],
)
def test_identifiers_in_names_become_stars(raw: str, shown: str) -> None:
    assert redacted(raw) == shown


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing(name: str) -> None:
    once = redacted(name)
    assert redacted(once) == once
    assert len(once) <= 200


SECRETS = st.one_of(st.emails(domains=st.just("example.org")), st.uuids().map(str), st.integers(10**6, 10**15).map(str))


@given(SECRETS, st.sampled_from(["/a/{}/b", "{}", "urn:x:{}", "https://h/{}?q={}", "https://{}@h/p", "a|{}"]))
def test_no_identifier_in_a_path_is_left(secret: str, shape: str) -> None:
    assert secret not in redacted(shape.replace("{}", secret))


@given(st.lists(st.tuples(st.sampled_from(["authorization", "user", "x"]), st.binary(max_size=30))), st.binary())
def test_headers_of_no_convention_leave_nothing(headers: list[tuple[str, bytes | None]], value: bytes) -> None:
    assert named(record(*headers, value=value)) == []


def test_values_of_other_headers_are_in_no_fact() -> None:
    secret = b"s3cr3t"
    headers = (
        ("__dlq.errors.topic", b"in"),
        ("__dlq.errors.group", b"g"),
        ("__dlq.errors.message", secret),
        ("ce_specversion", b"1.0"),
        ("ce_source", b"/locks?key=" + secret),
        ("authorization", secret),
    )
    facts = named(record(*headers, key=secret, value=secret))
    assert {type(fact) for fact in facts} == {DeadLettered, OriginNamed}
    assert not any(secret in encode_fact(fact) for fact in facts)


def test_more_origins_than_a_topic_can_have_are_not_told() -> None:
    letters = [chr(ord("a") + number) for number in range(26)]
    records = [record(("ce_specversion", b"1"), ("ce_source", f"/{letter}".encode())) for letter in letters]
    assert len(named(*records)) == 16


def framed(schema_id: int, payload: bytes = b"abcdef") -> bytes:
    return struct.pack(">bi", 0, schema_id) + payload


def test_a_schema_id_that_repeats_is_certain() -> None:
    assert schemas(*(record(value=framed(17)) for _ in range(8))) == {("value", "17", True)}
    assert schemas(*(record(key=framed(3), value=b"\1" + GUID.bytes + b"x") for _ in range(8))) == {
        ("key", "3", True),
        ("value", str(GUID), True),
    }


def test_a_few_records_are_for_the_registry_to_judge() -> None:
    assert schemas(record(value=framed(17))) == {("value", "17", False)}


def test_numbers_that_begin_with_a_zero_byte_are_no_schema_ids() -> None:
    longs = [record(value=struct.pack(">q", 1_700_000_000_000 + number)) for number in range(50)]
    noise = [record(value=framed(number * 7919 + 1)) for number in range(50)]
    text = [record(value=b"plain text")] * 50
    assert schemas(*longs) == schemas(*noise) == schemas(*text, record(value=framed(1))) == set()


def test_schema_ids_in_headers_need_no_repetition() -> None:
    assert id_in_header({"__value_schema_id": b"\1" + GUID.bytes}, "value") == str(GUID)
    assert id_in_header({"__key_schema_id": struct.pack(">bi", 0, 5)}, "key") == "5"
    assert id_in_header({"apicurio.value.globalId": struct.pack(">q", 9)}, "value") == "9"
    assert id_in_header({"__value_schema_id": b"\1short"}, "value") == ""
    assert schemas(record(("__value_schema_id", b"\1" + GUID.bytes))) == {("value", str(GUID), True)}


@given(st.binary(max_size=40))
def test_any_payload_has_a_schema_id_or_none(payload: bytes) -> None:
    found = id_in_front(payload)
    assert found == "" or found.isdecimal() or UUID(found).bytes == payload[1:17]
