"""Readers without a group, found in the lines that a real broker writes about them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer
from confluent_kafka import TopicPartition as Partition
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from flowaudit.embedded import EmbeddedKafka, EmbeddedKafkaOptions, SaslAcl, SaslUser
from flowaudit.engine.clock import now_ms
from flowaudit.facts import ClientAction, ClientSeen, Fact, NotVisible, ProducerNamed
from flowaudit.sources.broker_logs import BrokerLogFiles, BrokerLogsSource
from tests.estate.java_clients import JavaClients, compile_clients

pytestmark = pytest.mark.kafka

LOGGERS = {"kafka.request.logger": "debug", "kafka.authorizer.logger": "debug"}
RECORDS = 50
Reads = dict[tuple[str, str], ClientSeen]


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedKafka]:
    with EmbeddedKafka(EmbeddedKafkaOptions(loggers=LOGGERS)) as kafka:
        yield kafka


def source_of(kafka: EmbeddedKafka) -> BrokerLogsSource:
    files = kafka.logger_files
    logs = BrokerLogFiles((files["kafka.request.logger"],), (files["kafka.authorizer.logger"],))
    return BrokerLogsSource(logs, brokers=lambda: 1)


def produce(kafka: EmbeddedKafka, topic: str, client_id: str, records: int = RECORDS) -> None:
    producer = KafkaProducer(**kafka.client().kafka_python() | {"client_id": client_id})
    for _ in range(records):
        producer.send(topic, b"{}")
    producer.close()


def read_by_kafka_python(kafka: EmbeddedKafka, topic: str, client_id: str) -> None:
    consumer = KafkaConsumer(
        **kafka.client().kafka_python() | {"client_id": client_id, "auto_offset_reset": "earliest", "group_id": None}
    )
    consumer.assign([TopicPartition(topic, 0)])
    read = 0
    while read < RECORDS:
        read += sum(map(len, consumer.poll(500).values()))
    consumer.close()


def read_by_librdkafka(kafka: EmbeddedKafka, topic: str, client_id: str) -> None:
    options = kafka.client().librdkafka() | {
        "client.id": client_id,
        "group.id": "never-joined",
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
    }
    consumer = Consumer(options)
    consumer.assign([Partition(topic, 0, 0)])
    read = 0
    while read < RECORDS:
        read += consumer.poll(1) is not None
    consumer.close()


def told_until(source: BrokerLogsSource, done: Callable[[list[Fact]], bool], within_s: float = 15) -> list[Fact]:
    facts: list[Fact] = []
    deadline_s = time.monotonic() + within_s
    while time.monotonic() < deadline_s and not done(facts):
        facts += source.poll(now_ms())
        time.sleep(0.3)
    return facts


def reads(facts: list[Fact]) -> Reads:
    seen = [fact for fact in facts if isinstance(fact, ClientSeen) and fact.action is ClientAction.READS]
    return {(fact.client_id, fact.topic): fact for fact in seen}


def writes(facts: list[Fact]) -> set[tuple[str, str]]:
    return {(f.client_id, f.topic) for f in facts if isinstance(f, ClientSeen) and f.action is ClientAction.WRITES}


def test_readers_without_a_group_are_found_by_client_topic_and_bytes(broker: EmbeddedKafka) -> None:
    source = source_of(broker)
    produce(broker, "visits", "door")
    read_by_kafka_python(broker, "visits", "quiet-python")
    read_by_librdkafka(broker, "visits", "quiet-librdkafka")
    wanted = {("quiet-python", "visits"), ("quiet-librdkafka", "visits")}
    facts = told_until(source, lambda facts: wanted <= reads(facts).keys())
    found = reads(facts)
    assert wanted <= found.keys()
    assert all(found[key].served_bytes > 0 and not found[key].group for key in wanted)
    assert found["quiet-python", "visits"].software.startswith("kafka-python ")
    assert found["quiet-librdkafka", "visits"].software.startswith("confluent-kafka-python ")


def test_a_writer_is_found_with_its_topic_and_its_producer_id(broker: EmbeddedKafka) -> None:
    source = source_of(broker)
    produce(broker, "exits", "gate")
    facts = told_until(source, lambda facts: ("gate", "exits") in writes(facts))
    named = {fact.client_id for fact in facts if isinstance(fact, ProducerNamed)}
    assert ("gate", "exits") in writes(facts)
    assert "gate" in named


def test_a_member_of_a_group_is_its_group_and_no_reader_of_its_own(broker: EmbeddedKafka) -> None:
    source = source_of(broker)
    produce(broker, "bills", "till")
    options = broker.client().kafka_python() | {"client_id": "biller", "auto_offset_reset": "earliest"}
    consumer = KafkaConsumer("bills", group_id="billing", **options)
    read = 0
    while read < RECORDS:
        read += sum(map(len, consumer.poll(500).values()))
    consumer.commit()
    consumer.close()
    facts = told_until(source, lambda facts: ("biller", "bills") in reads(facts))
    assert reads(facts)["biller", "bills"].group == "billing"


def test_the_auditors_own_clients_are_left_out_and_named(broker: EmbeddedKafka) -> None:
    source = source_of(broker)
    produce(broker, "secrets", "vault")
    read_by_kafka_python(broker, "secrets", "flowaudit-imposter")
    facts = told_until(
        source, lambda facts: any(isinstance(f, NotVisible) and f.reason == "auditor-client" for f in facts)
    )
    assert "flowaudit-imposter" not in {client for client, _ in reads(facts)}
    hidden = {(f.subject, f.name, f.reason) for f in facts if isinstance(f, NotVisible)}
    assert ("client", "flowaudit-imposter", "auditor-client") in hidden


def test_no_line_of_a_real_broker_is_unknown(broker: EmbeddedKafka) -> None:
    source = source_of(broker)
    produce(broker, "lines", "liner")
    facts = told_until(source, lambda facts: ("liner", "lines") in writes(facts))
    assert ("liner", "lines") in writes(facts)
    assert "undecodable-lines" not in {fact.reason for fact in facts if isinstance(fact, NotVisible)}


@pytest.mark.skipif(shutil.which("javac") is None, reason="no javac on the PATH")
def test_java_clients_that_name_topics_by_their_ids_are_found_by_name(broker: EmbeddedKafka, tmp_path: Path) -> None:
    source = source_of(broker)
    produce(broker, "trips", "tracker")
    runs = compile_clients(tmp_path)
    with JavaClients(runs, broker.bootstrap_servers, tmp_path / "java", ["assign-silent trips"]) as java:
        java.await_ready(30)
        facts = told_until(source, lambda facts: ("assign-silent", "trips") in reads(facts))
    seen = reads(facts)["assign-silent", "trips"]
    assert (seen.group, seen.software) == ("", "apache-kafka-java 4.3.1")
    assert seen.served_bytes > 0


def test_an_authorizer_log_names_the_principals_that_read_and_write() -> None:
    security = SaslAcl(SaslUser("admin", "a-password-of-the-tests"))
    with EmbeddedKafka(EmbeddedKafkaOptions(security=security, loggers=LOGGERS)) as secured:
        log = BrokerLogFiles(authorizer_logs=(secured.logger_files["kafka.authorizer.logger"],))
        source = BrokerLogsSource(log, brokers=lambda: 1)
        produce(secured, "visits", "door")
        read_by_kafka_python(secured, "visits", "quiet-python")
        facts = told_until(source, lambda facts: len([f for f in facts if isinstance(f, ClientSeen)]) > 1)
    seen = {(f.principal, f.action, f.topic) for f in facts if isinstance(f, ClientSeen)}
    assert seen == {("User:admin", action, "visits") for action in ClientAction}
    assert {f.client_id for f in facts if isinstance(f, ClientSeen)} == {""}
