"""The polled sources against a real broker: with all rights, with few, and with nobody there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import TypeVar

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from flowaudit.embedded import AclRule, EmbeddedKafka, grant
from flowaudit.errors import SourceUnreachable
from flowaudit.facts import Fact, GroupSeen, NotVisible, OffsetCommitted, ProducerSeen, TopicSeen
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.groups import GroupsSource
from flowaudit.sources.kafka_admin import AdminSession, ListedTopic
from flowaudit.sources.kafka_admin.coordinators import (
    ask_at_once,
    ask_one_by_one,
    decode_coordinators,
    find_coordinators,
)
from flowaudit.sources.producers import ProducersSource
from flowaudit.sources.topics import TopicsSource

pytestmark = pytest.mark.kafka

RECORDS = 12
T = TypeVar("T")


def connection(kafka: EmbeddedKafka, user: str | None = None) -> KafkaConnection:
    if user is None:
        return KafkaConnection(kafka.bootstrap_servers)
    client = kafka.client(user).kafka_python()
    return KafkaConnection(
        bootstrap_servers=kafka.bootstrap_servers,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="PLAIN",
        sasl_username=str(client["sasl_plain_username"]),
        sasl_password=str(client["sasl_plain_password"]),
    )


def of_type(facts: list[Fact], kind: type[T]) -> list[T]:
    return [fact for fact in facts if isinstance(fact, kind)]


def write_and_read(kafka: EmbeddedKafka, topic: str, group: str) -> None:
    options = kafka.client().kafka_python()
    producer = KafkaProducer(**options)
    for _ in range(RECORDS):
        producer.send(topic, b"{}")
    producer.close()
    consumer = KafkaConsumer(topic, group_id=group, auto_offset_reset="earliest", **options)
    read = 0
    while read < RECORDS:
        read += sum(map(len, consumer.poll(500).values()))
    consumer.commit()
    consumer.close()


def untapped(_: ListedTopic) -> bool:
    return False


@pytest.fixture
def session(kafka: EmbeddedKafka) -> Iterator[AdminSession]:
    with AdminSession(connection(kafka)) as session:
        yield session


def test_a_reader_and_a_writer_are_seen(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic, group = f"t-{uuid.uuid4()}", f"g-{uuid.uuid4()}"
    write_and_read(kafka, topic, group)
    topics = {fact.topic for fact in of_type(TopicsSource(session, untapped).poll(1), TopicSeen)}
    commits = [f for f in of_type(GroupsSource(session).poll(1), OffsetCommitted) if f.group == group]
    writers = [f for f in of_type(ProducersSource(session).poll(1), ProducerSeen) if f.topic == topic]
    assert topic in topics
    assert sum(commit.offset for commit in commits) == RECORDS
    assert all(commit.end_offset == commit.offset for commit in commits)
    assert {writer.last_sequence for writer in writers} == {RECORDS - 1}


def test_a_member_is_seen_while_it_is_there(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic, group = f"t-{uuid.uuid4()}", f"g-{uuid.uuid4()}"
    write_and_read(kafka, topic, "other")
    options = kafka.client().kafka_python() | {"client_id": "lift"}
    consumer = KafkaConsumer(topic, group_id=group, **options)
    source = GroupsSource(session)
    try:
        consumer.poll(2000)
        (seen,) = [f for f in of_type(source.poll(1), GroupSeen) if f.group == group]
    finally:
        consumer.close()
    assert (seen.assigned, seen.members, seen.client_ids) == ((topic,), 1, ("lift",))


def test_a_group_that_calls_itself_ours_is_seen(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic, group = f"t-{uuid.uuid4()}", f"flowaudit-{uuid.uuid4()}"
    write_and_read(kafka, topic, group)
    assert group in {fact.group for fact in of_type(GroupsSource(session).poll(1), OffsetCommitted)}


def test_old_and_new_brokers_name_the_same_coordinators(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic, group = f"t-{uuid.uuid4()}", f"g-{uuid.uuid4()}"
    write_and_read(kafka, topic, group)
    (broker,) = session.brokers()
    found = find_coordinators(session, [group])
    assert found.groups == {broker: [group]}
    assert found.errors == {}
    for ask in (ask_at_once, ask_one_by_one):
        assert decode_coordinators(ask(session, broker, [group])) == found


def test_nothing_new_is_not_told_again(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic = f"t-{uuid.uuid4()}"
    write_and_read(kafka, topic, f"g-{uuid.uuid4()}")
    source = GroupsSource(session)
    assert source.poll(1)
    assert source.poll(2) == []


def test_a_broker_that_is_not_there_is_one_clear_error() -> None:
    with pytest.raises(SourceUnreachable, match=r"127\.0\.0\.1:1.*does not answer"):
        AdminSession(KafkaConnection("127.0.0.1:1"))


def test_with_describe_rights_only_the_groups_are_seen_and_the_rest_is_named(secured_kafka: EmbeddedKafka) -> None:
    topic, group = f"t-{uuid.uuid4()}", f"g-{uuid.uuid4()}"
    write_and_read(secured_kafka, topic, group)
    describe = ("DESCRIBE",)
    rules = [AclRule("auditor", describe, kind, "*") for kind in ("TOPIC", "GROUP")]
    grant(secured_kafka, rules)
    with AdminSession(connection(secured_kafka, "auditor")) as session:
        hidden = of_type(TopicsSource(session, untapped).poll(1), NotVisible)
        groups = GroupsSource(session).poll(1)
        writers = ProducersSource(session).poll(1)
    assert (topic, "no-read-right") in {(fact.name, fact.reason) for fact in hidden}
    assert sum(f.offset for f in of_type(groups, OffsetCommitted) if f.group == group) == RECORDS
    assert topic in {fact.name for fact in of_type(writers, NotVisible)}
    assert of_type(writers, ProducerSeen) == []


def test_a_group_that_may_not_be_described_hides_no_other(secured_kafka: EmbeddedKafka) -> None:
    topic, allowed, refused = f"t-{uuid.uuid4()}", f"g-{uuid.uuid4()}", f"g-{uuid.uuid4()}"
    for group in (allowed, refused):
        write_and_read(secured_kafka, topic, group)
    resources = [("CLUSTER", "kafka-cluster"), ("TOPIC", "*"), ("GROUP", allowed)]
    grant(secured_kafka, [AclRule("writer", ("DESCRIBE",), kind, name) for kind, name in resources])
    with AdminSession(connection(secured_kafka, "writer")) as session:
        facts = GroupsSource(session).poll(1)
    commits = of_type(facts, OffsetCommitted)
    assert {fact.group for fact in of_type(facts, GroupSeen)} == {allowed} == {commit.group for commit in commits}
    assert sum(commit.offset for commit in commits) == RECORDS
    hidden = [(fact.subject, fact.name, fact.reason) for fact in of_type(facts, NotVisible)]
    assert hidden.count(("group", refused, "no-describe-right")) == 1
    assert allowed not in {name for _, name, _ in hidden}


def test_without_any_right_the_silence_itself_is_reported(secured_kafka: EmbeddedKafka) -> None:
    write_and_read(secured_kafka, f"t-{uuid.uuid4()}", f"g-{uuid.uuid4()}")
    with AdminSession(connection(secured_kafka, "reader")) as session:
        facts = GroupsSource(session).poll(1)
        assert TopicsSource(session, untapped).poll(1) == []
    assert [fact.reason for fact in of_type(facts, NotVisible)] == ["no-group-listed"]


def test_an_audit_of_an_untouched_cluster_creates_nothing() -> None:
    with EmbeddedKafka() as fresh:
        with AdminSession(connection(fresh)) as session:
            for source in (TopicsSource(session, untapped), GroupsSource(session), ProducersSource(session)):
                source.poll(1)
        admin = KafkaAdminClient(bootstrap_servers=fresh.bootstrap_servers)
        try:
            assert admin.list_topics() == []
            assert admin.list_groups() == []
        finally:
            admin.close()
