"""The clients that are compared, each run as a process of its own: `python -m benchmarks.tap.clients KIND …`.

Each reads the whole topic from its beginning and prints one line of JSON: events, CPU seconds (all threads, user and
system) and wall seconds, counted from the end of its first batch to the last event.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import faust
import msgspec
import orjson
from confluent_kafka import Consumer, TopicPartition
from faust.contrib.asgi import faust_app_running

from flowaudit.engine.clock import now_ms
from flowaudit.facts import RunAudited
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession, decode_topics
from flowaudit.sources.tap.in_process import Account, InProcessTap, TapBatch
from flowaudit.sources.tap.plan import TopicFilter
from flowaudit.sources.tap.process_memory import settle_memory
from flowaudit.sources.tap.reader import ReaderSettings
from flowaudit.sources.tap.settings import AuditSettings

_IDLE_S = 60.0


class Figures(msgspec.Struct, frozen=True):
    """What one run cost."""

    events: int
    cpu_s: float
    wall_s: float


@dataclass
class Meter:
    """Counts events from the first batch on; `done` is set with the last event."""

    expected: int
    seen: int = 0
    first: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)

    def count(self, events: int) -> None:
        """Take note of a batch."""
        self.seen += events
        if not self.first:
            self.first, self.cpu, self.wall = self.seen, time.process_time(), time.perf_counter()
        if self.seen >= self.expected and not self.done.is_set():
            self.cpu, self.wall = time.process_time() - self.cpu, time.perf_counter() - self.wall
            self.done.set()

    def figures(self) -> Figures:
        """What was counted."""
        return Figures(self.seen - self.first, self.cpu, self.wall)


def bare(servers: str, topic: str, meter: Meter) -> None:
    """confluent-kafka, `consume(10000)` and `value()`, nothing else: the yardstick.

    With librdkafka's defaults it pauses for a second whenever its queue is full; these settings are its best.
    """
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": "bare",
            "enable.auto.commit": False,
            "fetch.queue.backoff.ms": 2,
            "queued.min.messages": 1_000_000,
        }
    )
    partitions = consumer.list_topics(topic).topics[topic].partitions
    consumer.assign([TopicPartition(topic, each, 0) for each in partitions])
    while not meter.done.is_set():
        batch = consumer.consume(10_000, timeout=1.0)
        for message in batch:
            message.value()
        if batch:
            meter.count(len(batch))
    consumer.close()


def audit(servers: str, topic: str, meter: Meter) -> None:
    """The tap in process: Reader, full audit at theta 0.1, merged facts and sightings handed to a sink."""
    connection = KafkaConnection(servers)

    def take(batch: TapBatch) -> None:
        meter.count(sum(fact.high - fact.low for fact in batch.facts if isinstance(fact, RunAudited)))

    with AdminSession(connection) as session:
        tap = InProcessTap(
            ReaderSettings(connection, TopicFilter((topic,))),
            AuditSettings(b"a key of the benchmark", theta=0.1),
            lambda: decode_topics(session.topics()),
            Account(lambda _partition: None),
            now_ms,
        )
        settle_memory()
        tap.start(take)
        meter.done.wait(_IDLE_S)
        tap.stop()


def plain_faust(servers: str, topic: str, meter: Meter) -> None:
    """A plain Faust agent, raw values and orjson: what an auditor without a Reader of its own would be."""
    app = faust.App(
        f"plain-{os.getpid()}",
        datadir=tempfile.mkdtemp(prefix="plain-faust-"),
        broker=f"kafka://{servers}",
        store="memory://",
        web_enabled=False,
        autodiscover=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
    )

    async def agent(stream: faust.StreamT) -> None:
        async for value in stream:
            orjson.loads(value)
            meter.count(1)

    app.agent(app.topic(topic, value_serializer="raw"))(agent)

    async def run() -> None:
        async with faust_app_running(app, stop_timeout=10):
            await asyncio.to_thread(meter.done.wait, _IDLE_S)

    asyncio.run(run())


KINDS: dict[str, Callable[[str, str, Meter], None]] = {"bare": bare, "audit": audit, "faust": plain_faust}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("servers")
    parser.add_argument("topic")
    parser.add_argument("events", type=int)
    parser.add_argument("--core", type=int)
    options = parser.parse_args()
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
    meter = Meter(options.events)
    KINDS[options.kind](options.servers, options.topic, meter)
    print(msgspec.json.encode(meter.figures()).decode())


if __name__ == "__main__":
    main()
