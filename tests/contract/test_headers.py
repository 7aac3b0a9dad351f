"""Headers and schema ids that real producers wrote, read from a real broker."""

from __future__ import annotations

import secrets
import struct
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic
from kafka import KafkaProducer

from flowaudit.embedded import AclRule, EmbeddedKafka
from flowaudit.engine.clock import now_ms
from flowaudit.facts import Carrier, DeadLettered, Fact, NotVisible, OriginNamed, SchemaUsed, TracesShared, encode_fact
from flowaudit.graph.header_facts import HeaderFacts
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.headers import HeadersSource, SchemaRegistry
from flowaudit.sources.kafka_admin import AdminSession
from tests.contract.granting import let
from tests.contract.test_admin_sources import connection
from tests.contract.transacting import named
from tests.unit.sources.test_headers_registry import registry

pytestmark = pytest.mark.kafka

T = TypeVar("T")
Headers = Sequence[tuple[str, bytes]]
WAIT_S = 20.0
TRACES = 12
BYTES = 256 << 10


@pytest.fixture
def session(kafka: EmbeddedKafka) -> Iterator[AdminSession]:
    with AdminSession(KafkaConnection(kafka.bootstrap_servers)) as session:
        yield session


def of_type(facts: list[Fact], kind: type[T]) -> list[T]:
    return [fact for fact in facts if isinstance(fact, kind)]


def create(kafka: EmbeddedKafka, topic: str, partitions: int) -> str:
    admin = AdminClient({**kafka.client().librdkafka(), "log_level": 0})
    admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result(WAIT_S)
    return topic


def producer(kafka: EmbeddedKafka, **more: object) -> Producer:
    return Producer({**kafka.client().librdkafka(), "log_level": 0, **more})


def write(kafka: EmbeddedKafka, topic: str, values: Sequence[bytes], headers: Headers = ()) -> None:
    writer = producer(kafka, **{"compression.type": "lz4"})
    for value in values:
        writer.produce(topic, value, headers=list(headers))
    assert writer.flush(WAIT_S) == 0


def source(
    session: AdminSession, *topics: str, schemas: SchemaRegistry | None = None, size: int = BYTES
) -> HeadersSource:
    return HeadersSource(session, lambda topic: topic in topics, size, schemas)


def traced(number: int) -> Headers:
    return [("traceparent", f"00-{number + 1:032x}-{secrets.token_hex(8)}-01".encode())]


def walk(kafka: EmbeddedKafka, topics: Sequence[str], numbers: range) -> None:
    """Each trace through each topic, half of them by another library."""
    first, second = producer(kafka), KafkaProducer(**kafka.client().kafka_python())
    began_ms = now_ms() - 10_000
    for number in numbers:
        for hop, topic in enumerate(topics):
            at_ms = began_ms + 10 * number + hop
            if number % 2:
                first.produce(topic, b"{}", headers=list(traced(number)), timestamp=at_ms)
            else:
                second.send(topic, b"{}", headers=list(traced(number)), timestamp_ms=at_ms)
    assert first.flush(WAIT_S) == 0
    second.close(WAIT_S)


def test_a_chain_of_traces_is_told_with_its_directions(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topics = [create(kafka, named(kind), 3) for kind in ("taps", "rides", "bills")]
    first, second, third = topics
    headers = source(session, *topics)
    walk(kafka, topics, range(TRACES))
    told = headers.poll(now_ms())
    pairs = {(fact.upstream, fact.downstream): fact for fact in of_type(told, TracesShared)}
    assert set(pairs) == {(first, second), (first, third), (second, third)}
    assert {(fact.traces, fact.reversed_traces, fact.downstream_traces) for fact in pairs.values()} == {
        (TRACES, 0, TRACES)
    }
    assert not any(f"{number:032x}".encode() in encode_fact(fact) for fact in told for number in range(1, TRACES + 1))
    graph = HeaderFacts()
    for fact in pairs.values():
        graph.add_traces(fact)
    assert {
        (edge.source.name, edge.target.name, edge.evidence.tier.value, edge.alternates) for edge in graph.edges()
    } == {
        (first, second, "observed", ()),
        (second, third, "probable", (first,)),
    }


def test_reading_goes_on_where_it_left_off(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topics = [create(kafka, named(kind), 1) for kind in ("in", "out")]
    headers = source(session, *topics)
    walk(kafka, topics, range(TRACES))
    asked_ms = now_ms()
    assert [fact.traces for fact in of_type(headers.poll(asked_ms), TracesShared)] == [TRACES]
    assert headers.poll(asked_ms + 40_000) == []
    walk(kafka, topics, range(TRACES, 2 * TRACES))
    assert [fact.traces for fact in of_type(headers.poll(asked_ms + 80_000), TracesShared)] == [2 * TRACES]


def test_a_dead_letter_as_connect_writes_it_is_told(kafka: EmbeddedKafka, session: AdminSession) -> None:
    orders, queue = create(kafka, named("orders"), 1), named("dlq")
    failed: Headers = [
        ("__connect.errors.topic", orders.encode()),
        ("__connect.errors.partition", b"0"),
        ("__connect.errors.offset", b"41"),
        ("__connect.errors.connector.name", b"archive"),
        ("__connect.errors.task.id", b"0"),
        ("__connect.errors.stage", b"VALUE_CONVERTER"),
        ("__connect.errors.exception.message", b"s3cr3t"),
        ("ce_specversion", b"1.0"),
        ("ce_source", b"https://shop.example/tenants/4711/orders"),
    ]
    write(kafka, queue, [b"s3cr3t"] * 3, failed)
    headers = source(session, queue)
    told = headers.poll(now_ms())
    (dead,) = of_type(told, DeadLettered)
    assert (dead.topic, dead.dead_letter_topic, dead.carrier, dead.name) == (
        orders,
        queue,
        Carrier.CONNECTOR,
        "archive",
    )
    assert dead.provenance.reference == f"{queue}-0 @ 2"
    (origin,) = of_type(told, OriginNamed)
    assert origin.name == "https://shop.example/tenants/*/orders"
    assert not any(b"s3cr3t" in encode_fact(fact) for fact in told)


def test_schema_ids_are_joined_to_the_registrys_subjects(kafka: EmbeddedKafka, session: AdminSession) -> None:
    framed, plain = named("framed"), named("plain")
    write(kafka, framed, [struct.pack(">bi", 0, 17) + b"payload"] * 4)
    write(kafka, plain, [struct.pack(">bi", 0, 99) + b"payload"] * 20)
    versions = [{"subject": f"{framed}-value", "version": 1}]
    with registry({"/schemas/ids/17/versions": versions}) as scripted:
        told = source(session, framed, plain, schemas=SchemaRegistry(scripted.url)).poll(now_ms())
    assert [(fact.topic, fact.part, fact.schema_id, fact.subject) for fact in of_type(told, SchemaUsed)] == [
        (framed, "value", "17", f"{framed}-value")
    ]
    assert of_type(told, NotVisible) == []


def test_a_registry_that_is_down_costs_the_subject_and_is_told_once(
    kafka: EmbeddedKafka, session: AdminSession
) -> None:
    topic = named("framed")
    with registry({}) as scripted:
        schemas = SchemaRegistry(scripted.url)
    headers = source(session, topic, schemas=schemas)
    write(kafka, topic, [struct.pack(">bi", 0, 17) + b"payload"] * 10)
    asked_ms = now_ms()
    told = headers.poll(asked_ms)
    assert [(fact.schema_id, fact.subject) for fact in of_type(told, SchemaUsed)] == [("17", "")]
    assert [(fact.subject, fact.name, fact.reason) for fact in of_type(told, NotVisible)] == [
        ("source", "schema-registry", "registry-unreachable")
    ]
    write(kafka, topic, [struct.pack(">bi", 0, 17) + b"payload"] * 10)
    assert headers.poll(asked_ms + 1) == []


def test_what_an_aborted_transaction_wrote_is_never_told(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic = named("letters")
    writer = producer(kafka, **{"transactional.id": named("tx")})
    writer.init_transactions(WAIT_S)
    orders = create(kafka, named("orders"), 1).encode()
    for group, commit in (("rehearsed", False), ("billing", True), ("again", False)):
        writer.begin_transaction()
        letter: list[tuple[str, str | bytes | None]] = [("__dlq.errors.topic", orders), ("__dlq.errors.group", group)]
        writer.produce(topic, b"{}", headers=letter)
        writer.flush(WAIT_S)
        if commit:
            writer.commit_transaction(WAIT_S)
        else:
            writer.abort_transaction(WAIT_S)
    headers = source(session, topic)
    told: set[str] = set()
    end_s = time.monotonic() + WAIT_S
    while not told and time.monotonic() < end_s:
        told |= {fact.name for fact in of_type(headers.poll(now_ms()), DeadLettered)}
    assert told == {"billing"}


def test_a_batch_larger_than_the_bound_is_read_nevertheless(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topics = [create(kafka, named("large"), 1) for _ in range(2)]
    orders = create(kafka, named("orders"), 1).encode()
    for topic in topics:
        letter = [("__dlq.errors.topic", orders), ("__dlq.errors.group", b"billing")]
        write(kafka, topic, [secrets.token_bytes(100_000)], letter)
    headers = source(session, *topics, size=4 << 10)
    told = headers.poll(now_ms())
    assert {fact.dead_letter_topic for fact in of_type(told, DeadLettered)} == set(topics)
    assert all(headers.fetched_bytes[topic] > 100_000 for topic in topics)


def test_topics_that_are_not_wanted_are_not_read(kafka: EmbeddedKafka, session: AdminSession) -> None:
    write(kafka, named("other"), [b"{}"], [("__dlq.errors.topic", b"orders"), ("__dlq.errors.group", b"billing")])
    assert source(session).poll(now_ms()) == []


def test_a_dead_letter_of_another_clusters_topic_is_left_out(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic = named("mirrored")
    write(kafka, topic, [b"{}"], [("__dlq.errors.topic", b"elsewhere"), ("__dlq.errors.group", b"billing")])
    assert source(session, topic).poll(now_ms()) == []


def test_a_topic_that_may_not_be_read_is_a_blind_spot(secured_kafka: EmbeddedKafka) -> None:
    topic = create(secured_kafka, named("closed"), 1)
    let(secured_kafka, [AclRule("auditor", ("DESCRIBE",), "TOPIC", topic)])
    with AdminSession(connection(secured_kafka, "auditor")) as session:
        (hidden,) = source(session, topic).poll(now_ms())
    assert isinstance(hidden, NotVisible)
    assert (hidden.subject, hidden.name, hidden.reason) == ("topic", topic, "no-read-right-for-headers")
