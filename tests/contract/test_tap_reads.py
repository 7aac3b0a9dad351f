"""The tap against a real broker: every offset accounted for, whatever the topic is made of."""

from __future__ import annotations

import time
import uuid

import pytest
from confluent_kafka import Producer
from kafka import TopicPartition

from flowaudit.embedded import EmbeddedKafka, EmbeddedKafkaOptions
from flowaudit.facts import FieldProfiled, OffsetClass, RecordQuarantined
from flowaudit.sources.tap.plan import TapPartition
from tests.contract.tapping import admin_of, create, end_offsets, events, eventually, produce, tapping

pytestmark = pytest.mark.kafka


def _topic(name: str) -> str:
    return f"tap-{name}-{uuid.uuid4().hex[:8]}"


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_compressed_topics_are_read(kafka: EmbeddedKafka, codec: str) -> None:
    topic = _topic(codec)
    create(kafka, topic, 3)
    produce(kafka, topic, events(3_000), **{"compression.type": codec})
    with tapping(kafka, topic) as told:
        assert eventually(lambda: told.reached(topic) == end_offsets(kafka, topic))
    account = told.account(topic)
    assert sum(map(len, account.values())) == 3_000
    assert {each for told_of in account.values() for each in told_of.values()} == {OffsetClass.AUDITED}
    sighted = {(run.partition, int(row["offset"])) for run in told.sightings for row in run.table()}
    assert len(sighted) == 3_000
    assert {each.path for each in told.facts if isinstance(each, FieldProfiled) and each.tokenised} == {"$.tenant_id"}


def test_aborted_transactions_and_markers_are_accounted_as_invisible(kafka: EmbeddedKafka) -> None:
    topic = _topic("transactions")
    create(kafka, topic, 2)
    producer = Producer({**kafka.client().librdkafka(), "transactional.id": topic, "linger.ms": 5})
    producer.init_transactions()
    committed = 0
    for round_number in range(12):
        producer.begin_transaction()
        for number, value in enumerate(events(40)):
            producer.produce(topic, value, partition=number % 2)
        if round_number % 3 == 2:
            producer.flush()
            producer.abort_transaction()
        else:
            producer.commit_transaction()
            committed += 40
    with tapping(kafka, topic) as told:
        # The last transaction is aborted: nothing readable follows, and still the account must reach the end.
        assert eventually(lambda: told.reached(topic) == end_offsets(kafka, topic))
    classes = [each for told_of in told.account(topic).values() for each in told_of.values()]
    assert classes.count(OffsetClass.AUDITED) == committed
    assert classes.count(OffsetClass.INVISIBLE) == 12 * 40 - committed + 2 * 12
    assert len(classes) == sum(end_offsets(kafka, topic).values())


def test_an_open_transaction_holds_the_tap_where_it_began(kafka: EmbeddedKafka) -> None:
    topic = _topic("open")
    create(kafka, topic)
    produce(kafka, topic, events(10))
    producer = Producer({**kafka.client().librdkafka(), "transactional.id": topic})
    producer.init_transactions()
    producer.begin_transaction()
    for value in events(5):
        producer.produce(topic, value)
    producer.flush()
    with tapping(kafka, topic) as told:
        assert eventually(lambda: told.reached(topic) == {0: 10})
        time.sleep(1)
        assert told.reached(topic) == {0: 10}
        producer.commit_transaction()
        assert eventually(lambda: told.reached(topic) == {0: 16})


def test_deleted_records_are_accounted_as_truncated(kafka: EmbeddedKafka) -> None:
    topic = _topic("truncated")
    create(kafka, topic)
    produce(kafka, topic, events(100))
    with admin_of(kafka) as admin:
        admin.delete_records({TopicPartition(topic, 0): 60})
    with tapping(kafka, topic) as told:
        assert eventually(lambda: told.reached(topic) == {0: 100})
    classes = told.account(topic)[0]
    assert {offset for offset, each in classes.items() if each is OffsetClass.TRUNCATED} == set(range(60))


def test_bad_records_are_quarantined_one_by_one(kafka: EmbeddedKafka) -> None:
    topic = _topic("bad")
    create(kafka, topic, max_message_bytes=str(12_000_000))
    big = b'{"blob": "' + b"x" * 10_000_000 + b'"}'
    deep = b'{"a": ' + b"[" * 50_000 + b"}"
    values = [*events(20), b"\xff\xfe", None, deep, b'{"n": ' + b"1" * 5_000 + b"}", big, *events(20)]
    produce(kafka, topic, values, **{"message.max.bytes": 12_000_000})
    with tapping(kafka, topic) as told:
        assert eventually(lambda: told.reached(topic) == {0: 45})
    assert {each.offset: each.reason for each in told.facts if isinstance(each, RecordQuarantined)} == {
        20: "encrypted-or-unknown",
        22: "too-deep",
        23: "number-too-long",
        24: "too-large",
    }
    assert sum(run.tombstones for run in told.runs(topic)) == 1


def test_reading_goes_on_where_the_ledger_says(kafka: EmbeddedKafka) -> None:
    topic = _topic("resumed")
    create(kafka, topic)
    produce(kafka, topic, events(50))
    with tapping(kafka, topic) as told:
        assert eventually(lambda: told.reached(topic) == {0: 50})
    produce(kafka, topic, events(25))
    partition = TapPartition(topic, told.runs(topic)[0].topic_id, 0)
    with tapping(kafka, topic, positions={partition: 50}) as resumed:
        assert eventually(lambda: resumed.reached(topic) == {0: 75})
    assert [(run.low, run.high) for run in resumed.runs(topic)] == [(50, 75)]


def test_latest_leaves_out_what_was_there_and_nothing_that_comes(kafka: EmbeddedKafka) -> None:
    old, new = _topic("old"), _topic("new")
    create(kafka, old)
    produce(kafka, old, events(30))
    with tapping(kafka, f"{old}|{new}", start="latest") as told:
        time.sleep(3)
        create(kafka, new, 2)
        produce(kafka, new, events(10))
        produce(kafka, old, events(5))
        assert eventually(lambda: told.reached(old) == {0: 35} and told.reached(new) == end_offsets(kafka, new))
    assert [(run.low, run.high) for run in told.runs(old)] == [(30, 35)]
    assert sum(map(len, told.account(new).values())) == 10


def test_new_partitions_and_only_matching_topics_are_read(kafka: EmbeddedKafka) -> None:
    topic = _topic("grows")
    create(kafka, topic)
    create(kafka, f"{topic}-not")
    produce(kafka, f"{topic}-not", events(5))
    with tapping(kafka, topic) as told, admin_of(kafka) as admin:
        produce(kafka, topic, events(5))
        assert eventually(lambda: told.reached(topic) == {0: 5})
        admin.create_partitions({topic: 3})
        produce(kafka, topic, events(90))
        assert eventually(lambda: told.reached(topic) == end_offsets(kafka, topic))
    assert len(told.account(topic)) == 3
    assert not told.runs(f"{topic}-not")


def test_an_outage_of_the_broker_loses_and_repeats_nothing() -> None:
    topic = "outage"
    with EmbeddedKafka(EmbeddedKafkaOptions()) as kafka:
        create(kafka, topic, 2)
        produce(kafka, topic, events(200))
        with tapping(kafka, topic) as told:
            assert eventually(lambda: sum(told.reached(topic).values()) == 200)
            kafka.stop_broker()
            time.sleep(2)
            kafka.start_broker()
            produce(kafka, topic, events(200))
            assert eventually(lambda: told.reached(topic) == end_offsets(kafka, topic), 60)
        assert sum(map(len, told.account(topic).values())) == 400
