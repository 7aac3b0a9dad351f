"""Raw fetches and the tail of a topic against a real broker."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import confluent_kafka
import pytest
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic
from typing_extensions import override

from flowaudit.embedded import EmbeddedKafka
from flowaudit.errors import SourceUnreachable
from flowaudit.facts import Channel, Fact, NotVisible, Outcome
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_log import (
    Batch,
    Flushed,
    FollowedTopic,
    LogFetcher,
    LogTail,
    log_starts,
    read_batches,
)
from tests.contract.log_tailing import Tailing, from_head

pytestmark = pytest.mark.kafka

RECORDS: Final = 50


@dataclass
class Collector:
    """A follower that keeps the offsets it was given, and may hold one back."""

    offsets: dict[int, list[int]] = field(default_factory=dict)
    begun: list[tuple[int, bool]] = field(default_factory=list)
    held_back: dict[int, int] = field(default_factory=dict)

    def begin(self, partition: int, *, from_head: bool) -> None:
        self.begun.append((partition, from_head))

    def take(self, partition: int, batches: Iterable[Batch]) -> None:
        for batch in batches:
            self.offsets.setdefault(partition, []).extend(record.offset for record in batch.records())

    def flush(self, now_ms: int, *, final: bool) -> Flushed:
        del now_ms, final
        facts: list[Fact] = []
        return Flushed(facts, self.held_back)

    def total(self) -> int:
        return sum(map(len, self.offsets.values()))


def new_topic(kafka: EmbeddedKafka, partitions: int = 1) -> str:
    name = f"t-{uuid.uuid4()}"
    admin = AdminClient(kafka.client().librdkafka())
    admin.create_topics([NewTopic(name, partitions, 1)])[name].result()
    return name


def write(
    kafka: EmbeddedKafka, topic: str, partition: int = 0, options: Mapping[str, str] = MappingProxyType({})
) -> None:
    producer = confluent_kafka.Producer({**kafka.client().librdkafka(), "linger.ms": "50", **options})
    for number in range(RECORDS):
        producer.produce(topic, b"v" * 80, key=b"%d" % number, partition=partition, headers=[("h", b"1"), ("n", None)])
    producer.flush()


def followed(topic: str) -> FollowedTopic:
    return FollowedTopic(topic, Channel.OFFSETS_LOG, "everything")


def connection(kafka: EmbeddedKafka) -> KafkaConnection:
    return KafkaConnection(kafka.bootstrap_servers)


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_what_every_codec_wrote_is_read_from_the_log(kafka: EmbeddedKafka, codec: str) -> None:
    topic = new_topic(kafka)
    write(kafka, topic, options={"compression.type": codec, "enable.idempotence": "true"})
    with AdminSession(connection(kafka)) as session:
        (part,) = LogFetcher(session).fetch({(topic, 0): 0})
        assert log_starts(session, [(topic, 0)]) == {(topic, 0): 0}
    found = list(read_batches(part.data))
    records = [record for batch in found for record in batch.records()]
    assert (part.error, part.high_watermark, part.last_stable_offset, part.log_start_offset) == (0, RECORDS, RECORDS, 0)
    assert [record.key for record in records] == [b"%d" % number for number in range(RECORDS)]
    assert list(records[0].headers) == [("h", b"1"), ("n", None)]
    assert min(batch.producer_id for batch in found) >= 0
    assert found[-1].last_offset == RECORDS - 1


def test_transactions_show_in_the_headers_and_end_with_a_marker(kafka: EmbeddedKafka) -> None:
    topic = new_topic(kafka)
    options = kafka.client().librdkafka() | {"transactional.id": f"x-{uuid.uuid4()}"}
    producer = confluent_kafka.Producer(options)
    producer.init_transactions()
    for end in (producer.commit_transaction, producer.abort_transaction):
        producer.begin_transaction()
        producer.produce(topic, b"v")
        producer.flush()
        end()
    with AdminSession(connection(kafka)) as session:
        (part,) = LogFetcher(session).fetch({(topic, 0): 0})
    data, committed, more, aborted = read_batches(part.data)
    assert data.is_transactional
    assert not data.is_control
    assert len({batch.producer_id for batch in (data, committed, more, aborted)}) == 1
    assert (committed.control_outcome(), aborted.control_outcome()) == (Outcome.COMMITTED, Outcome.ABORTED)


def test_a_topic_that_is_not_there_is_an_error_of_its_own_and_is_not_created(kafka: EmbeddedKafka) -> None:
    topic, missing = new_topic(kafka), f"t-{uuid.uuid4()}"
    write(kafka, topic)
    with AdminSession(connection(kafka)) as session:
        parts = {
            part.topic: part for part in LogFetcher(session).fetch({(missing, 0): 0, (topic, 0): 0, (topic, 7): 0})
        }
        assert missing not in {entry["name"] for entry in session.topics()}
    assert parts[missing].error
    assert not parts[topic].error or parts[topic].partition == 7


def test_a_tail_reads_every_partition_from_the_head_and_goes_on(kafka: EmbeddedKafka) -> None:
    topic, follower = new_topic(kafka, 3), Collector()
    for partition in range(3):
        write(kafka, topic, partition)
    with Tailing(connection(kafka), followed(topic), follower) as seen:
        seen.until(lambda s: s.tail.is_caught_up)
        assert follower.total() == 3 * RECORDS
        write(kafka, topic, 1)
        seen.until(lambda s: s.positions.get((topic, 1)) == 2 * RECORDS)
        health = seen.tail.health()
    assert follower.offsets[1] == list(range(2 * RECORDS))
    assert sorted(follower.begun) == [(0, True), (1, True), (2, True)]
    assert (health.lag_records, health.records_read, health.last_error) == (0, 4 * RECORDS, "")
    assert health.last_success_ms > 0


def test_a_tail_finds_new_partitions(kafka: EmbeddedKafka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowaudit.sources.kafka_log.tail._LOOK_S", 0.5)
    topic, follower = new_topic(kafka), Collector()
    with Tailing(connection(kafka), followed(topic), follower) as seen:
        seen.until(lambda s: s.tail.is_caught_up)
        admin = AdminClient(kafka.client().librdkafka())
        admin.create_partitions([NewPartitions(topic, 2)])[topic].result()
        write(kafka, topic, 1)
        seen.until(lambda _: follower.total() == RECORDS)


def test_positions_are_held_back_as_the_follower_asks_and_lead_a_successor(kafka: EmbeddedKafka) -> None:
    topic, first, second = new_topic(kafka), Collector(held_back={0: 20}), Collector()
    write(kafka, topic, options={"batch.num.messages": "10"})
    with Tailing(connection(kafka), followed(topic), first) as seen:
        seen.until(lambda s: s.tail.is_caught_up)
    assert seen.positions == {(topic, 0): 20}
    with Tailing(connection(kafka), followed(topic), second, lambda *_: 20) as seen:
        seen.until(lambda s: s.tail.is_caught_up)
    assert second.begun == [(0, False)]
    assert second.offsets[0][-1] == RECORDS - 1
    assert 20 in second.offsets[0]


def test_a_position_that_the_log_does_not_have_starts_at_its_head(kafka: EmbeddedKafka) -> None:
    topic, follower = new_topic(kafka), Collector()
    write(kafka, topic)
    with Tailing(connection(kafka), followed(topic), follower, lambda *_: 1_000_000) as seen:
        seen.until(lambda s: s.positions.get((topic, 0)) == RECORDS)
    assert follower.begun == [(0, False), (0, True)]
    assert follower.offsets == {0: list(range(RECORDS))}


def test_a_topic_that_is_not_there_yet_is_waited_for_and_a_cluster_that_goes_is_waited_out() -> None:
    follower, topic = Collector(), "later"
    with (
        EmbeddedKafka() as fresh,
        AdminSession(connection(fresh)) as session,
        Tailing(connection(fresh), followed(topic), follower) as seen,
    ):
        seen.until(lambda s: s.tail.is_caught_up)
        assert session.topics() == []
        write(fresh, topic)
        seen.until(lambda _: follower.total() == RECORDS)
        fetcher = LogFetcher(session)
        list(fetcher.fetch({(topic, 0): 0}, max_wait_ms=0))
        fresh.stop_broker()
        with pytest.raises(SourceUnreachable):
            list(fetcher.fetch({(topic, 0): 0}))
        seen.until(lambda s: s.tail.health().last_error == "SourceUnreachable")
        fresh.start_broker()
        write(fresh, topic)
        seen.until(lambda _: follower.total() == 2 * RECORDS)
        assert seen.tail.health().last_error == ""
    assert follower.offsets == {0: list(range(2 * RECORDS))}
    assert seen.facts(NotVisible) == []


def test_a_tail_of_nobody_starts_and_stops() -> None:
    def connect() -> AdminSession:
        raise SourceUnreachable

    tail = LogTail("nobody", connect, followed("t"), Collector(), from_head, lambda: 1)
    tail.start(lambda _: None)
    end_s = time.monotonic() + 10
    while not tail.health().errors and time.monotonic() < end_s:
        time.sleep(0.01)
    tail.stop()
    assert not tail.has_failed
    assert not tail.is_caught_up
    assert tail.health().errors


def test_a_fault_in_a_follower_ends_nothing_and_the_log_is_read_anew(kafka: EmbeddedKafka) -> None:
    class BreaksOnce(Collector):
        faults = 0

        @override
        def take(self, partition: int, batches: Iterable[Batch]) -> None:
            if not self.faults:
                self.faults += 1
                raise ZeroDivisionError
            super().take(partition, batches)

    topic = new_topic(kafka)
    write(kafka, topic)
    follower = BreaksOnce()
    tail = LogTail("broken", lambda: AdminSession(connection(kafka)), followed(topic), follower, from_head, lambda: 1)
    tail.start(lambda _: None)
    end_s = time.monotonic() + 20
    while not tail.is_caught_up and time.monotonic() < end_s:
        time.sleep(0.01)
    tail.stop()
    assert (follower.faults, tail.health().errors, tail.has_failed) == (1, 1, False)
    assert tail.is_caught_up
    assert tail.health().last_error == ""
