"""Egress of a real broker, by the page of a real JMX exporter, held against committed offsets."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from flowaudit.embedded import EmbeddedKafka, EmbeddedKafkaOptions
from flowaudit.engine.clock import now_ms
from flowaudit.facts import EgressEstimated, Fact
from flowaudit.graph.client_facts import ClientFacts
from flowaudit.sources.broker_metrics import BrokerMetricsSource, MetricPages, TopicReading
from tests.estate.jars import class_path

pytestmark = pytest.mark.kafka

ACCOUNTED, WATCHED = "audited", "watched"
RECORDS_A_STEP = 200
STEPS = 10
RULES = """
lowercaseOutputName: true
whitelistObjectNames: ["kafka.server:type=BrokerTopicMetrics,*"]
rules:
- pattern: kafka.server<type=BrokerTopicMetrics, name=(BytesIn|BytesOut)PerSec, topic=(.+)><>Count
  name: kafka_server_brokertopicmetrics_$1_total
  type: COUNTER
  labels:
    topic: "$2"
"""


@dataclass
class Exported:
    kafka: EmbeddedKafka
    url: str


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    rules = tmp_path_factory.mktemp("exporter") / "rules.yaml"
    rules.write_text(RULES)
    (agent,) = class_path(Path(__file__).with_name("jmx_exporter.lock.toml"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = EmbeddedKafkaOptions(jvm_options=(f"-javaagent:{agent}=127.0.0.1:{port}:{rules}",))
    with EmbeddedKafka(options) as kafka:
        yield Exported(kafka, f"http://127.0.0.1:{port}/metrics")


@dataclass
class Flow:
    """One writer, a group that commits what it reads of both topics, and a reader of one that nobody knows."""

    kafka: EmbeddedKafka
    ends: dict[str, int] = field(default_factory=lambda: dict.fromkeys((ACCOUNTED, WATCHED), 0))
    committed: dict[str, int] = field(default_factory=lambda: dict.fromkeys((ACCOUNTED, WATCHED), 0))

    def __post_init__(self) -> None:
        options = self.kafka.client().kafka_python()
        self.producer = KafkaProducer(**options)
        for topic in self.ends:
            self.producer.send(topic, b"begin").get(10)
            self.ends[topic] += 1
        reading = options | {"auto_offset_reset": "earliest"}
        self.group = KafkaConsumer(ACCOUNTED, WATCHED, group_id="known", **reading)
        self.silent = KafkaConsumer(**reading | {"group_id": None})
        self.silent.assign([TopicPartition(WATCHED, 0)])

    def step(self) -> None:
        for topic in self.ends:
            for number in range(RECORDS_A_STEP):
                self.producer.send(topic, b"%0100d" % number)
            self.ends[topic] += RECORDS_A_STEP
        self.producer.flush()
        deadline_s = time.monotonic() + 20
        while self.committed != self.ends and time.monotonic() < deadline_s:
            for partition, records in self.group.poll(200).items():
                self.committed[partition.topic] += len(records)
        self.group.commit()
        while self.silent.position(TopicPartition(WATCHED, 0)) < self.ends[WATCHED]:
            self.silent.poll(200)

    def readings(self) -> Mapping[str, TopicReading]:
        return {topic: TopicReading(self.ends[topic], {"group:known": self.committed[topic]}) for topic in self.ends}

    def close(self) -> None:
        for client in (self.producer, self.group, self.silent):
            client.close()


def test_a_reader_that_nobody_knows_shows_and_an_accounted_topic_does_not(exported: Exported) -> None:
    flow = Flow(exported.kafka)
    source = BrokerMetricsSource(MetricPages([exported.url]), flow.readings, brokers=lambda: 1, steps=STEPS)
    facts: list[Fact] = []
    flow.step()
    for _ in range(STEPS):
        facts += source.poll(now_ms())
        flow.step()
    facts += source.poll(now_ms())
    flow.close()
    clients = ClientFacts()
    estimates = {fact.topic: fact for fact in facts if isinstance(fact, EgressEstimated)}
    for estimate in estimates.values():
        clients.add_egress(estimate)
    assert estimates.keys() == {ACCOUNTED, WATCHED}
    assert clients.accounted_topics() == {ACCOUNTED}
    limits = {(one.name, one.reason) for one in clients.group_less_limits((ACCOUNTED, WATCHED), covered_by_logs=False)}
    assert limits == {
        (ACCOUNTED, "before-the-counters"),
        (WATCHED, "unidentified-reader"),
        (WATCHED, "group-less-readers-not-listed"),
    }
    watched = estimates[WATCHED]
    assert watched.served_bytes == pytest.approx(2 * watched.accounted_bytes, rel=0.1)
