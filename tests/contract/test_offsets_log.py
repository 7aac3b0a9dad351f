"""The offsets log of a real broker: every client's commits, short lives, transactions, restarts."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Final

import aiokafka
import confluent_kafka
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from flowaudit.embedded import AclRule, EmbeddedKafka, grant
from flowaudit.facts import Channel, GroupSeen, NotVisible, OffsetCommitted, Outcome, TransactionalCommit
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_log import PositionOf
from flowaudit.sources.offsets_log import OFFSETS_TOPIC, OffsetsLogFollower
from tests.contract.log_tailing import Tailing, from_head

pytestmark = pytest.mark.kafka

RECORDS: Final = 12
Read = Callable[[EmbeddedKafka, str, str], None]


def tailing(kafka: EmbeddedKafka, position_of: PositionOf = from_head, again_ms: int = 0) -> Tailing:
    connection = KafkaConnection(kafka.bootstrap_servers)
    return Tailing(connection, OFFSETS_TOPIC, OffsetsLogFollower(again_ms), position_of)


def named(kind: str) -> str:
    return f"{kind}-{uuid.uuid4()}"


def write(kafka: EmbeddedKafka, topic: str) -> None:
    producer = KafkaProducer(**kafka.client().kafka_python())
    for _ in range(RECORDS):
        producer.send(topic, b"{}")
    producer.close()


def read_with_kafka_python(kafka: EmbeddedKafka, topic: str, group: str) -> None:
    options = kafka.client().kafka_python() | {"client_id": "by-kafka-python"}
    consumer = KafkaConsumer(topic, group_id=group, auto_offset_reset="earliest", **options)
    read = 0
    while read < RECORDS:
        read += sum(map(len, consumer.poll(500).values()))
    consumer.commit()
    consumer.close()


def read_with_aiokafka(kafka: EmbeddedKafka, topic: str, group: str) -> None:
    async def read() -> None:
        options = kafka.client().aiokafka()
        consumer = aiokafka.AIOKafkaConsumer(topic, group_id=group, auto_offset_reset="earliest", **options)
        await consumer.start()
        for _ in range(RECORDS):
            await consumer.getone()
        await consumer.commit()
        await consumer.stop()

    asyncio.run(read())


def read_with_confluent(kafka: EmbeddedKafka, topic: str, group: str, **more: str) -> None:
    consumer = confluent(kafka, group, **more)
    consumer.subscribe([topic])
    take(consumer)
    consumer.commit(asynchronous=False)
    consumer.close()


def confluent(kafka: EmbeddedKafka, group: str, **more: str) -> confluent_kafka.Consumer:
    options = {
        **kafka.client().librdkafka(),
        "group.id": group,
        "auto.offset.reset": "earliest",
        "client.id": "by-librdkafka",
    }
    return confluent_kafka.Consumer(options | more)


def take(consumer: confluent_kafka.Consumer) -> None:
    read = 0
    while read < RECORDS:
        read += sum(1 for message in consumer.consume(RECORDS, 0.5) if message.error() is None)


def committed(seen: Tailing, group: str) -> int:
    latest = {(fact.topic, fact.partition): fact.offset for fact in seen.facts(OffsetCommitted) if fact.group == group}
    return sum(latest.values())


def groups(seen: Tailing, group: str) -> list[GroupSeen]:
    return [fact for fact in seen.facts(GroupSeen) if fact.group == group]


@pytest.mark.parametrize("read", [read_with_kafka_python, read_with_aiokafka, read_with_confluent])
def test_the_commits_and_the_membership_of_every_client_are_told(kafka: EmbeddedKafka, read: Read) -> None:
    topic, group = named("t"), named("g")
    write(kafka, topic)
    with tailing(kafka) as seen:
        read(kafka, topic, group)
        seen.until(lambda s: committed(s, group) == RECORDS)
        seen.until(lambda s: groups(s, group) and groups(s, group)[-1].state == "Empty")
    commit = next(fact for fact in seen.facts(OffsetCommitted) if fact.group == group)
    assert commit.provenance.channel is Channel.OFFSETS_LOG
    assert commit.topic == topic
    assert abs(commit.provenance.observed_ms - groups(seen, group)[-1].provenance.observed_ms) < 60_000
    assert any(fact.subscribed == (topic,) and fact.assigned == (topic,) for fact in groups(seen, group))
    assert [fact for fact in seen.facts(NotVisible) if fact.subject != "group" or fact.name == group] == []


def test_a_group_that_lives_for_a_second_and_is_deleted_stays_known(kafka: EmbeddedKafka) -> None:
    topic, group = named("t"), named("g")
    write(kafka, topic)
    read_with_kafka_python(kafka, topic, group)
    admin = KafkaAdminClient(**kafka.client().kafka_python())
    admin.delete_groups([group])
    admin.close()
    with tailing(kafka) as seen:
        seen.until(lambda s: groups(s, group) and groups(s, group)[-1].state == "Deleted")
    member = [fact for fact in groups(seen, group) if fact.members][-1]
    assert (member.subscribed, member.client_ids, member.protocol) == ((topic,), ("by-kafka-python",), "range")
    assert committed(seen, group) == RECORDS


def test_a_new_kind_of_group_is_told_with_its_regex_and_what_it_matched(kafka: EmbeddedKafka) -> None:
    topic, group = named("t"), named("g")
    write(kafka, topic)
    with tailing(kafka) as seen:
        consumer = confluent(kafka, group, **{"group.protocol": "consumer"})
        consumer.subscribe([f"^{topic}.*"])
        take(consumer)
        consumer.commit(asynchronous=False)
        seen.until(lambda s: any(fact.members for fact in groups(s, group)))
        consumer.close()
        seen.until(lambda s: groups(s, group)[-1].state == "Empty")
    member = [fact for fact in groups(seen, group) if fact.members][-1]
    assert (member.group_type, member.state, member.members) == ("consumer", "Stable", 1)
    assert member.subscribed == (topic,)
    assert topic in member.regexes[0]
    assert member.client_ids == ("by-librdkafka",)
    assert committed(seen, group) == RECORDS


def test_offsets_in_transactions_are_told_with_how_they_ended(kafka: EmbeddedKafka) -> None:
    topic, group = named("t"), named("g")
    write(kafka, topic)
    producer = confluent_kafka.Producer({**kafka.client().librdkafka(), "transactional.id": named("x")})
    producer.init_transactions()
    consumer = confluent(kafka, group, **{"enable.auto.commit": "false"})
    consumer.subscribe([topic])
    take(consumer)

    def transact(offset: int, *, commit: bool) -> None:
        producer.begin_transaction()
        producer.produce(named("out"), b"{}")
        offsets = [confluent_kafka.TopicPartition(topic, 0, offset)]
        producer.send_offsets_to_transaction(offsets, consumer.consumer_group_metadata())
        (producer.commit_transaction if commit else producer.abort_transaction)()

    transact(3, commit=True)
    transact(7, commit=False)
    consumer.close()
    with tailing(kafka) as seen:
        seen.until(lambda s: len([f for f in s.facts(TransactionalCommit) if f.group == group]) == 2)
    first, second = sorted((f for f in seen.facts(TransactionalCommit) if f.group == group), key=lambda f: f.offset)
    assert (first.offset, first.outcome, first.topic) == (3, Outcome.COMMITTED, topic)
    assert (second.offset, second.outcome) == (7, Outcome.ABORTED)
    assert first.producer_id == second.producer_id >= 0
    assert first.provenance.channel is Channel.TRANSACTION
    assert committed(seen, group) == 3


def test_a_restart_goes_on_where_the_last_delivery_ended(kafka: EmbeddedKafka) -> None:
    topic, before, after = named("t"), named("g"), named("g")
    write(kafka, topic)
    read_with_kafka_python(kafka, topic, before)
    with tailing(kafka) as first:
        first.until(lambda s: committed(s, before) == RECORDS)
    positions = first.positions
    read_with_kafka_python(kafka, topic, after)
    with tailing(kafka, lambda topic, partition: positions.get((topic, partition))) as second:
        second.until(lambda s: committed(s, after) == RECORDS)
        second.until(lambda s: s.tail.is_caught_up)
    assert committed(second, before) == 0


def test_a_transaction_that_is_open_at_the_end_is_read_again_after_a_restart(kafka: EmbeddedKafka) -> None:
    topic, group = named("t"), named("g")
    write(kafka, topic)
    producer = confluent_kafka.Producer({**kafka.client().librdkafka(), "transactional.id": named("x")})
    producer.init_transactions()
    consumer = confluent(kafka, group, **{"enable.auto.commit": "false"})
    consumer.subscribe([topic])
    take(consumer)
    producer.begin_transaction()
    offsets = [confluent_kafka.TopicPartition(topic, 0, 5)]
    producer.send_offsets_to_transaction(offsets, consumer.consumer_group_metadata())
    with tailing(kafka) as first:
        first.until(lambda s: s.tail.is_caught_up)
    assert [fact for fact in first.facts(TransactionalCommit) if fact.group == group] == []
    producer.commit_transaction()
    consumer.close()
    positions = first.positions
    with tailing(kafka, lambda topic, partition: positions.get((topic, partition))) as second:
        second.until(lambda s: committed(s, group) == 5)
    (fact,) = [fact for fact in second.facts(TransactionalCommit) if fact.group == group]
    assert (fact.offset, fact.outcome) == (5, Outcome.COMMITTED)


def test_a_commit_without_membership_is_told(kafka: EmbeddedKafka) -> None:
    topic, group = named("t"), named("g")
    write(kafka, topic)
    consumer = KafkaConsumer(group_id=group, enable_auto_commit=False, **kafka.client().kafka_python())
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek_to_beginning(partition)
    while consumer.position(partition) < RECORDS:
        consumer.poll(500)
    consumer.commit()
    consumer.close()
    with tailing(kafka) as seen:
        seen.until(lambda s: committed(s, group) == RECORDS)


def test_without_the_right_to_read_the_log_that_is_told_once_and_nothing_waits(secured_kafka: EmbeddedKafka) -> None:
    topic = named("t")
    write(secured_kafka, topic)
    read_with_kafka_python(secured_kafka, topic, named("g"))
    grant(secured_kafka, [AclRule("reader", ("DESCRIBE",), "TOPIC", "*")])
    for user in ("auditor", "reader"):
        client = secured_kafka.client(user).kafka_python()
        connection = KafkaConnection(
            bootstrap_servers=secured_kafka.bootstrap_servers,
            security_protocol="SASL_PLAINTEXT",
            sasl_mechanism="PLAIN",
            sasl_username=str(client["sasl_plain_username"]),
            sasl_password=str(client["sasl_plain_password"]),
        )
        with Tailing(connection, OFFSETS_TOPIC, OffsetsLogFollower()) as seen:
            seen.until(lambda s: s.facts(NotVisible))
            assert seen.tail.is_caught_up
        (hidden,) = seen.facts(NotVisible)
        assert (hidden.subject, hidden.name, hidden.reason) == ("topic", "__consumer_offsets", "no-read-right")
