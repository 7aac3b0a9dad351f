"""The groups source on the real broker: every kind of group, hostile members, missing rights, older requests."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from confluent_kafka import Consumer, Producer
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from flowaudit.embedded import AclRule, EmbeddedKafka, grant
from flowaudit.facts import Fact, GroupSeen, NotVisible, OffsetCommitted, StreamsTopologySeen
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.groups import GroupsSource
from flowaudit.sources.groups.ask import GroupsClient
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_admin.rights import PROBE_TOPIC
from tests.contract.joining import (
    classic_string,
    join_classic,
    join_share,
    join_streams,
    leave_share,
    start_share_at,
    subscription,
)

pytestmark = pytest.mark.kafka

RECORDS = 12
PATIENCE_S = 20.0
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


@pytest.fixture
def session(kafka: EmbeddedKafka) -> Iterator[AdminSession]:
    with AdminSession(connection(kafka)) as session:
        yield session


def name(kind: str) -> str:
    return f"{kind}-{uuid.uuid4()}"


def filled(kafka: EmbeddedKafka) -> str:
    topic = name("t")
    producer = Producer(kafka.client().librdkafka())
    for _ in range(RECORDS):
        producer.produce(topic, b"{}")
    producer.flush()
    return topic


def commit_alone(kafka: EmbeddedKafka, group: str, topic: str, offset: int, note: str = "") -> None:
    """As a reader does that assigns partitions itself."""
    consumer = KafkaConsumer(group_id=group, enable_auto_commit=False, **kafka.client().kafka_python())
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.commit({partition: OffsetAndMetadata(offset, note, -1)})
    consumer.close()


def kip_848(kafka: EmbeddedKafka, group: str, *topics: str) -> Consumer:
    options = {"group.id": group, "group.protocol": "consumer", "auto.offset.reset": "earliest", "client.id": "lift"}
    consumer = Consumer(kafka.client().librdkafka() | options)
    consumer.subscribe(list(topics))
    deadline = time.monotonic() + PATIENCE_S
    while not consumer.assignment() and time.monotonic() < deadline:
        consumer.poll(0.2)
    assert consumer.assignment()
    return consumer


def about(facts: list[Fact], kind: type[T], group: str) -> T:
    (found,) = [fact for fact in facts if isinstance(fact, kind) and getattr(fact, "group", "") == group]
    return found


def hidden(facts: list[Fact]) -> set[tuple[str, str, str]]:
    return {(fact.subject, fact.name, fact.reason) for fact in facts if isinstance(fact, NotVisible)}


def test_a_group_of_each_kind_is_seen_by_its_own_api(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic = filled(kafka)
    classic, modern, share, streams, alone = map(name, ("classic", "modern", "share", "streams", "alone"))
    join_share(session, share, [topic])
    join_streams(session, streams, topic)
    commit_alone(kafka, alone, topic, 5, note="commits may carry a note")
    reader = KafkaConsumer(topic, group_id=classic, **kafka.client().kafka_python() | {"client_id": "door"})
    consumer = kip_848(kafka, modern, f"^{topic}")
    try:
        reader.poll(2_000)
        facts = GroupsSource(session).poll(1)
    finally:
        consumer.close()
        reader.close()

    seen = about(facts, GroupSeen, classic)
    assert (seen.group_type, seen.protocol, seen.subscribed, seen.assigned) == ("classic", "range", (topic,), (topic,))
    assert (seen.members, seen.client_ids) == (1, ("door",))
    seen = about(facts, GroupSeen, modern)
    assert (seen.group_type, seen.protocol, seen.regexes, seen.assigned) == (
        "consumer",
        "uniform",
        (f"(^{topic})",),
        (topic,),
    )
    seen = about(facts, GroupSeen, share)
    assert (seen.group_type, seen.members, seen.subscribed) == ("share", 1, (topic,))
    seen = about(facts, GroupSeen, streams)
    assert (seen.group_type, seen.members, seen.subscribed) == (
        "streams",
        1,
        (f"{streams}-by-tenant-repartition", topic),
    )
    seen = about(facts, GroupSeen, alone)
    assert (seen.group_type, seen.protocol_type, seen.members) == ("classic", "", 0)
    commit = about(facts, OffsetCommitted, alone)
    assert (commit.topic, commit.partition, commit.offset, commit.end_offset) == (topic, 0, 5, RECORDS)
    assert not {key for key in hidden(facts) if key[1] in {classic, modern, share, streams, alone, topic}}


def test_a_streams_group_shows_its_topology(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic, group = filled(kafka), name("streams")
    join_streams(session, group, topic)
    first, second = about(GroupsSource(session).poll(1), StreamsTopologySeen, group).subtopologies
    assert (first.sources, first.repartition_sinks) == ((topic,), (f"{group}-by-tenant-repartition",))
    assert (second.repartition_sources, second.changelogs) == (first.repartition_sinks, (f"{group}-count-changelog",))


def test_what_a_share_group_has_done_counts_as_committed(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic, group = filled(kafka), name("share")
    leave_share(session, group, join_share(session, group, [topic]))
    start_share_at(session, group, topic, 5)
    facts = GroupsSource(session).poll(1)
    commit = about(facts, OffsetCommitted, group)
    assert (commit.topic, commit.partition, commit.offset, commit.end_offset) == (topic, 0, 5, RECORDS)
    assert about(facts, GroupSeen, group).state == "Empty"


def test_garbage_hides_the_member_that_sent_it_and_nothing_else(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic = filled(kafka)
    garbage, nameless, bomb, fine = map(name, ("garbage", "nameless", "bomb", "fine"))
    join_classic(session, garbage, "consumer", "range", subscription(topic), assignment=bytes(range(256)))
    join_classic(session, nameless, "consumer", "range", subscription("no topic / is named so"))
    nested = b"[" * 100_000
    join_classic(session, bomb, "consumer", "faust", subscription(topic, user_data=nested))
    join_classic(session, fine, "consumer", "range", subscription(topic))
    facts = GroupsSource(session).poll(1)
    assert {("group", group, "undecodable-members") for group in (garbage, nameless, bomb)} <= hidden(facts)
    assert (about(facts, GroupSeen, garbage).members, about(facts, GroupSeen, nameless).subscribed) == (1, ())
    assert about(facts, GroupSeen, bomb).subscribed == (topic,)
    assert about(facts, GroupSeen, fine).subscribed == (topic,)


def test_workers_are_known_by_the_addresses_that_they_announce(session: AdminSession) -> None:
    connect, faust, registry = map(name, ("connect", "faust", "registry"))
    url = classic_string("http://admin:pa55@127.0.0.1:8083/?token=1")
    join_classic(session, connect, "connect", "sessioned", b"\x00\x02" + url + bytes(12))
    worker = b'{"assignment": {}, "url": "http://h-1:6066", "changelog_distribution": {}}'
    join_classic(session, faust, "consumer", "faust", subscription("trips", user_data=worker))
    leader = b'{"version": 1, "host": "registry", "port": 8081, "master_eligibility": true, "scheme": "https"}'
    join_classic(session, registry, "sr", "v0", leader)
    facts = GroupsSource(session).poll(1)
    seen = about(facts, GroupSeen, connect)
    assert (seen.urls, seen.subscribed, seen.assigned) == (("http://127.0.0.1:8083",), (), ())
    assert about(facts, GroupSeen, faust).urls == ("http://h-1:6066",)
    assert about(facts, GroupSeen, registry).urls == ("https://registry:8081",)
    assert "pa55" not in repr(facts)


def test_the_requests_of_an_older_broker_bring_the_same_commits(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic, group = filled(kafka), name("alone")
    commit_alone(kafka, group, topic, 7, note="n")
    (broker,) = session.brokers()
    client = GroupsClient(session, [broker])
    (newer,) = client.commits({broker: [group]}).topics
    for newest in (6, 7):
        client._versions = {broker: {9: (1, newest)}}
        (older,) = client.commits({broker: [group]}).topics
        assert list(older.offsets()) == list(newer.offsets()) == [(0, 7)]
    for newest in (3, 4):
        client._versions = {broker: {16: (0, newest)}}
        assert group in {listed.name for listed in client.list().groups}


def test_what_is_not_told_again_is_told_when_it_moves(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic, group = filled(kafka), name("alone")
    commit_alone(kafka, group, topic, 1)
    source = GroupsSource(session)
    assert about(source.poll(0), OffsetCommitted, group).offset == 1
    commit_alone(kafka, group, topic, 2)
    assert not [fact for fact in source.poll(1_000) if isinstance(fact, OffsetCommitted) and fact.group == group]
    assert about(source.poll(6_000), OffsetCommitted, group).offset == 2


def test_many_sources_may_ask_one_session_at_the_same_time(session: AdminSession) -> None:
    def ask(_: int) -> int:
        return len([session.topics() for _ in range(30)])

    with ThreadPoolExecutor(12) as sources:
        assert sum(sources.map(ask, range(12))) == 360


def test_asking_creates_no_topic(kafka: EmbeddedKafka, session: AdminSession) -> None:
    commit_alone(kafka, name("alone"), filled(kafka), 1)
    GroupsSource(session).poll(1)
    assert PROBE_TOPIC not in {topic["name"] for topic in session.topics()}


def test_with_all_describe_rights_nothing_is_said_to_be_filtered(secured_kafka: EmbeddedKafka) -> None:
    grant(secured_kafka, [AclRule("reader", ("DESCRIBE",), kind, "*") for kind in ("TOPIC", "GROUP")])
    grant(secured_kafka, [AclRule("reader", ("DESCRIBE",), "CLUSTER", "kafka-cluster")])
    group, topic = name("alone"), filled(secured_kafka)
    commit_alone(secured_kafka, group, topic, 1)
    with AdminSession(connection(secured_kafka, "reader")) as session:
        facts = GroupsSource(session).poll(1)
    assert hidden(facts) == set()
    assert about(facts, OffsetCommitted, group).offset == 1


def test_without_describe_on_topics_their_groups_and_commits_are_said_to_be_hidden(
    secured_kafka: EmbeddedKafka,
) -> None:
    shown, secret = filled(secured_kafka), filled(secured_kafka)
    alone, modern, classic = map(name, ("alone", "modern", "classic"))
    for topic in (shown, secret):
        commit_alone(secured_kafka, alone, topic, 1)
    consumer = kip_848(secured_kafka, modern, secret)
    reader = KafkaConsumer(secret, group_id=classic, enable_auto_commit=False, **secured_kafka.client().kafka_python())
    rules = [("GROUP", "*"), ("TOPIC", shown)]
    grant(secured_kafka, [AclRule("auditor", ("DESCRIBE",), kind, resource) for kind, resource in rules])
    try:
        reader.poll(2_000)
        with AdminSession(connection(secured_kafka, "auditor")) as session:
            facts = GroupsSource(session).poll(1)
    finally:
        consumer.close()
        reader.close()
    assert about(facts, OffsetCommitted, alone).topic == shown
    assert about(facts, GroupSeen, classic).subscribed == (secret,)
    assert ("group", modern, "no-describe-right") in hidden(facts)
    assert ("topic", secret, "no-describe-right") in hidden(facts)
    assert ("cluster", "committed offsets", "no-describe-right") in hidden(facts)
    assert ("cluster", "groups", "no-describe-right") in hidden(facts)


def test_a_group_without_a_right_hides_itself_alone(secured_kafka: EmbeddedKafka) -> None:
    topic, refused, share = filled(secured_kafka), name("refused"), name("share")
    commit_alone(secured_kafka, refused, topic, 1)
    with AdminSession(connection(secured_kafka, "admin")) as members:
        join_share(members, share, [topic])
    rules = [("CLUSTER", "kafka-cluster"), ("TOPIC", "*")]
    grant(secured_kafka, [AclRule("writer", ("DESCRIBE",), kind, resource) for kind, resource in rules])
    with AdminSession(connection(secured_kafka, "writer")) as session:
        facts = GroupsSource(session).poll(1)
    assert {("group", group, "no-describe-right") for group in (refused, share)} <= hidden(facts)
    assert not [fact for fact in facts if isinstance(fact, GroupSeen | OffsetCommitted)]
