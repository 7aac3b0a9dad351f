"""Writers of a real broker, by DescribeProducers and by the headers of their batches."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import TypeVar

import pytest
from aiokafka import AIOKafkaProducer
from confluent_kafka import Producer
from kafka import KafkaProducer

from flowaudit.embedded import EmbeddedKafka
from flowaudit.facts import Fact, NotVisible, Outcome, ProducerSeen
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.producers import BatchHeadersSource, HeaderLimits, ProducersSource
from tests.contract.transacting import TransactionalLoop, fill, named

pytestmark = pytest.mark.kafka

T = TypeVar("T")
RECORDS = 12


@pytest.fixture
def session(kafka: EmbeddedKafka) -> Iterator[AdminSession]:
    with AdminSession(KafkaConnection(kafka.bootstrap_servers)) as session:
        yield session


def of_type(facts: list[Fact], kind: type[T]) -> list[T]:
    return [fact for fact in facts if isinstance(fact, kind)]


def write_idempotently(kafka: EmbeddedKafka, topic: str, records: int = RECORDS, size: int = 2) -> None:
    producer = KafkaProducer(**kafka.client().kafka_python())
    for _ in range(records):
        producer.send(topic, b"x" * size).get(10)
    producer.close()


def write_plainly(kafka: EmbeddedKafka, topic: str) -> None:
    # Where the auditor's tap has run in this process, aiokafka lets no broker create a topic any more.
    maker = KafkaProducer(**kafka.client().kafka_python())
    maker.partitions_for(topic)
    maker.close()

    async def write() -> None:
        async with AIOKafkaProducer(**kafka.client().aiokafka()) as producer:
            for _ in range(RECORDS):
                await producer.send_and_wait(topic, b"{}")

    asyncio.run(write())


def headers_of(session: AdminSession, *topics: str, limits: HeaderLimits | None = None) -> BatchHeadersSource:
    return BatchHeadersSource(session, lambda topic: topic in topics, limits)


def outcomes(facts: list[Fact]) -> set[tuple[str, Outcome]]:
    return {(fact.topic, fact.outcome) for fact in of_type(facts, ProducerSeen)}


def told_within_s(source: BatchHeadersSource, expected: int, wait_s: float = 10.0) -> set[tuple[str, Outcome]]:
    """So many outcomes: a broker writes its markers a moment after it told the client that all is done."""
    told: set[tuple[str, Outcome]] = set()
    end_s = time.monotonic() + wait_s
    while len(told) < expected and time.monotonic() < end_s:
        told |= outcomes(source.poll(1))
    return told


def test_an_idempotent_producer_is_seen_the_same_by_both_sources(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic = named("idempotent")
    write_idempotently(kafka, topic)
    described = [fact for fact in of_type(ProducersSource(session).poll(1), ProducerSeen) if fact.topic == topic]
    first, last = of_type(headers_of(session, topic).poll(1), ProducerSeen)
    assert [(fact.producer_id, fact.last_sequence, fact.last_timestamp_ms, fact.outcome) for fact in described] == [
        (last.producer_id, last.last_sequence, last.last_timestamp_ms, Outcome.WRITTEN)
    ]
    assert last.last_sequence == RECORDS - 1
    assert first.last_timestamp_ms < last.last_timestamp_ms


def test_a_plain_producer_leaves_a_blind_spot_with_its_topics_name(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic = named("plain")
    write_plainly(kafka, topic)
    source = headers_of(session, topic)
    (hidden,) = of_type(source.poll(1), NotVisible)
    assert (hidden.subject, hidden.name, hidden.reason) == ("topic", topic, "writes-without-producer-id")
    assert source.poll(2) == []
    assert len(source.poll(60_001)) == 1, "it is told again while the topic is there"


def test_headers_tell_committed_from_aborted_and_describe_producers_does_not(
    kafka: EmbeddedKafka, session: AdminSession
) -> None:
    source, out, rehearsal = (named(kind) for kind in ("taps", "charged", "rehearsal"))
    fill(kafka, source)
    loop = TransactionalLoop(kafka, named("engine"), source)
    headers = headers_of(session, out, rehearsal)
    for _ in range(2):
        loop.turn(Outcome.ABORTED, rehearsal)
        loop.turn(Outcome.ABORTED, out)
    assert told_within_s(headers, 2) == {(out, Outcome.ABORTED), (rehearsal, Outcome.ABORTED)}
    loop.turn(Outcome.COMMITTED, out)
    assert told_within_s(headers, 1) == {(out, Outcome.COMMITTED)}
    described = [fact for fact in ProducersSource(session).poll(1) if isinstance(fact, ProducerSeen)]
    mine = [fact for fact in described if fact.topic in (out, rehearsal)]
    assert {(fact.topic, fact.outcome) for fact in mine} == {(out, Outcome.UNDECIDED), (rehearsal, Outcome.UNDECIDED)}
    loop.close()


def test_an_open_transaction_is_not_told_before_it_ends(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic = named("open")
    producer = Producer({**kafka.client().librdkafka(), "transactional.id": named("tx"), "log_level": 0})
    producer.init_transactions(20)
    headers = headers_of(session, topic)
    producer.begin_transaction()
    producer.produce(topic, b"{}")
    producer.flush(20)
    assert headers.poll(1) == []
    producer.commit_transaction(20)
    assert told_within_s(headers, 1) == {(topic, Outcome.COMMITTED)}


def test_a_busy_producer_is_told_twice_a_minute_and_read_from_where_reading_ended(
    kafka: EmbeddedKafka, session: AdminSession
) -> None:
    topic = named("busy")
    headers = headers_of(session, topic)
    producer = KafkaProducer(**kafka.client().kafka_python())
    told: list[list[ProducerSeen]] = []
    for now_ms in (0, 10_000, 31_000):
        producer.send(topic, b"{}").get(10)
        told.append(of_type(headers.poll(now_ms), ProducerSeen))
    producer.close()
    assert [[fact.last_sequence for fact in facts] for facts in told] == [[0], [], [2]]


def test_a_batch_larger_than_the_limit_is_read_all_the_same(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topics = [named("large") for _ in range(3)]
    for topic in topics:
        write_idempotently(kafka, topic, records=1, size=200_000)
    headers = headers_of(session, *topics, limits=HeaderLimits(partition_bytes=1_000))
    assert {topic for topic, _ in outcomes(headers.poll(1))} == set(topics)


def test_only_the_newest_of_a_long_log_is_read(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic = named("long")
    write_plainly(kafka, topic)
    write_idempotently(kafka, topic, records=3)
    facts = headers_of(session, topic, limits=HeaderLimits(newest_offsets=3)).poll(1)
    assert of_type(facts, NotVisible) == []
    assert {fact.last_sequence for fact in of_type(facts, ProducerSeen)} == {2}


def test_topics_that_were_not_asked_for_cost_nothing(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic = named("unasked")
    write_idempotently(kafka, topic)
    assert headers_of(session).poll(1) == []


def test_a_budget_that_is_used_up_leaves_the_rest_to_the_next_poll(kafka: EmbeddedKafka, session: AdminSession) -> None:
    topic = named("much")
    write_idempotently(kafka, topic, records=20, size=10_000)
    headers = headers_of(session, topic, limits=HeaderLimits(partition_bytes=50_000))
    sequences: list[int] = []
    for poll in range(20):
        sequences += [fact.last_sequence for fact in of_type(headers.poll(poll * 30_000), ProducerSeen)]
    assert max(sequences) == 19
    assert len(sequences) > 2
