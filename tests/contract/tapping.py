"""What the tap's contract tests share: a tap with a collecting sink, producers, and the account of what was told."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec
from confluent_kafka import Producer
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import NewTopic, OffsetSpec

from flowaudit.embedded import EmbeddedKafka
from flowaudit.engine.clock import now_ms
from flowaudit.facts import Fact, OffsetClass, RunAudited, SightingRun
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession, decode_topics
from flowaudit.sources.schema_registry import SchemaRegistry
from flowaudit.sources.tap.in_process import Account, InProcessTap, TapBatch
from flowaudit.sources.tap.plan import TapPartition, TopicFilter
from flowaudit.sources.tap.reader import ReaderSettings
from flowaudit.sources.tap.settings import AuditSettings

KEY = b"a key of the tests only"


@dataclass
class Told:
    """Everything that a tap handed over."""

    facts: list[Fact] = field(default_factory=list)
    sightings: list[SightingRun] = field(default_factory=list)

    def take(self, batch: TapBatch) -> None:
        self.facts.extend(batch.facts)
        self.sightings.extend(batch.sightings)

    def runs(self, topic: str) -> list[RunAudited]:
        return [fact for fact in self.facts if isinstance(fact, RunAudited) and fact.topic == topic]

    def account(self, topic: str) -> dict[int, dict[int, OffsetClass]]:
        """Partition → offset → class. Asserts that no offset is told twice and none is left out."""
        classes: dict[int, dict[int, OffsetClass]] = defaultdict(dict)
        for run in self.runs(topic):
            for segment in run.segments:
                for offset in range(segment.low, segment.high):
                    assert offset not in classes[run.partition], (
                        f"offset {offset} of {topic}/{run.partition} told twice"
                    )
                    classes[run.partition][offset] = segment.offset_class
        for partition, told in classes.items():
            assert sorted(told) == list(range(len(told))), f"{topic}/{partition} has holes"
        return dict(classes)

    def reached(self, topic: str) -> dict[int, int]:
        ends: dict[int, int] = {}
        for run in self.runs(topic):
            ends[run.partition] = max(run.high, ends.get(run.partition, 0))
        return ends


def connection(kafka: EmbeddedKafka, user: str | None = None) -> KafkaConnection:
    client = kafka.client(user)
    if client.user is None:
        return KafkaConnection(client.bootstrap_servers)
    return KafkaConnection(client.bootstrap_servers, "SASL_PLAINTEXT", "PLAIN", client.user, client.password or "")


@contextmanager
def tapping(
    kafka: EmbeddedKafka,
    *patterns: str,
    user: str | None = None,
    start: str = "earliest",
    positions: Mapping[TapPartition, int] | None = None,
    registry: SchemaRegistry | None = None,
) -> Iterator[Told]:
    """Tap topics while the block runs; all that was read is told when it ends."""
    told, known = Told(), dict(positions or {})
    with AdminSession(connection(kafka, user)) as session:
        tap = InProcessTap(
            ReaderSettings(
                connection(kafka, user),
                TopicFilter(patterns),
                "latest" if start == "latest" else "earliest",
                listing_interval_s=0.5,
            ),
            AuditSettings(KEY, theta=1.0),
            lambda: decode_topics(session.topics()),
            Account(known.get),
            now_ms,
            registry,
        )
        tap.start(told.take)
        try:
            yield told
        finally:
            tap.stop()


@contextmanager
def admin_of(kafka: EmbeddedKafka) -> Iterator[KafkaAdminClient]:
    admin = KafkaAdminClient(**kafka.client().kafka_python())
    try:
        yield admin
    finally:
        admin.close()


def create(kafka: EmbeddedKafka, topic: str, partitions: int = 1, **configs: str) -> None:
    named = {key.replace("_", "."): value for key, value in configs.items()}
    with admin_of(kafka) as admin:
        admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=named)])


def produce(kafka: EmbeddedKafka, topic: str, values: Iterable[bytes | None], **options: object) -> None:
    producer = Producer({**kafka.client().librdkafka(), "linger.ms": 5, **options})
    for number, value in enumerate(values):
        producer.produce(topic, value, key=b"%d" % number)
        if number % 500 == 0:
            producer.poll(0)
    assert producer.flush(30) == 0


def events(count: int, first: int = 0) -> list[bytes]:
    return [
        msgspec.json.encode({"tenant_id": f"T-{410_000 + (first + number) * 7 % 900:07d}", "n": first + number})
        for number in range(count)
    ]


def end_offsets(kafka: EmbeddedKafka, topic: str) -> dict[int, int]:
    """The broker's own word: log end by partition."""
    with admin_of(kafka) as admin:
        partitions = admin.describe_topics([topic])[0]["partitions"]
        wanted = [TopicPartition(topic, int(each["partition_index"])) for each in partitions]
        found = admin.list_partition_offsets(dict.fromkeys(wanted, OffsetSpec.LATEST))
    return {each.partition: int(info.offset) for each, info in found.items()}


def eventually(holds: Callable[[], bool], within_s: float = 30.0) -> bool:
    """Whether it comes to hold in time."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return holds()
