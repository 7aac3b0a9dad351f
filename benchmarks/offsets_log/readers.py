"""`python -m benchmarks.offsets_log.readers KIND SERVERS MODE`: one reader of the log, measured from inside.

`backlog`: reads from the head to the end, then prints its figures. `live`: starts at the end, says `ready`, reads until
a line comes on its standard input, and prints its figures at once. All readers get the memory settings of the service.
"""

from __future__ import annotations

import resource
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import confluent_kafka
import msgspec
from kafka import KafkaConsumer, TopicPartition

from flowaudit.engine.clock import now_ms
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_admin.end_offsets import end_offsets
from flowaudit.sources.kafka_log import LogTail, TailBatch
from flowaudit.sources.offsets_log import OFFSETS_TOPIC, OffsetsLogFollower
from flowaudit.sources.tap.process_memory import settle_memory

TOPIC = OFFSETS_TOPIC.name


class Figures(msgspec.Struct):
    """What one reader did, by its own account."""

    records: int
    cpu_s: float
    wall_s: float
    base_rss_mb: float
    peak_rss_mb: float
    facts: int = 0


class _Goal:
    """When to end: at a number of records, or when a line comes in."""

    def __init__(self, records: int | None) -> None:
        self._records = records
        self._told = threading.Event()
        if records is None:
            threading.Thread(target=self._listen, daemon=True).start()

    def is_reached(self, records: int) -> bool:
        return self._told.is_set() if self._records is None else records >= self._records

    def _listen(self) -> None:
        sys.stdin.readline()
        self._told.set()


def main() -> None:
    kind, servers, mode = sys.argv[1:4]
    ends = ends_of(servers)
    starts = ends if mode == "live" else dict.fromkeys(ends, 0)
    goal = _Goal(None if mode == "live" else sum(ends.values()))
    settle_memory()
    figures = _READERS[kind](servers, starts, goal)
    print(msgspec.json.encode(figures).decode(), flush=True)


def ends_of(servers: str) -> dict[int, int]:
    """End offset of every partition of the log."""
    with AdminSession(KafkaConnection(servers)) as session:
        (topic,) = session.topics([TOPIC])
        partitions = [(TOPIC, int(p["partition_index"])) for p in topic["partitions"]]
        return {partition: end for (_, partition), end in end_offsets(session, partitions).items()}


class _Meter:
    def __init__(self) -> None:
        self._base_mb = _rss_mb()
        print("ready", flush=True)
        self._wall_s, self._cpu_s = time.monotonic(), time.process_time()

    def figures(self, records: int, facts: int = 0) -> Figures:
        """Since this was made."""
        wall_s, cpu_s = time.monotonic() - self._wall_s, time.process_time() - self._cpu_s
        return Figures(records, cpu_s, wall_s, self._base_mb, _rss_mb(), facts)


def _rss_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _ours(servers: str, starts: dict[int, int], goal: _Goal) -> Figures:
    facts = 0

    def take(batch: TailBatch) -> None:
        nonlocal facts
        facts += len(batch.facts)

    def connect() -> AdminSession:
        return AdminSession(KafkaConnection(servers))

    meter = _Meter()
    tail = LogTail("bench", connect, OFFSETS_TOPIC, OffsetsLogFollower(), lambda _, p: starts.get(p), now_ms)
    tail.start(take)
    while not goal.is_reached(tail.health().records_read):
        time.sleep(0.05)
    at_once = meter.figures(tail.health().records_read, facts)
    if sys.argv[3] == "live":
        tail.stop()
        return at_once
    tail.stop()
    return meter.figures(tail.health().records_read, facts)


def _kafka_python(servers: str, starts: dict[int, int], goal: _Goal) -> Figures:
    consumer = KafkaConsumer(bootstrap_servers=servers, group_id=None, enable_auto_commit=False)
    consumer.assign([TopicPartition(TOPIC, partition) for partition in starts])
    for partition, start in starts.items():
        consumer.seek(TopicPartition(TOPIC, partition), start)
    meter = _Meter()
    last: dict[Any, Any] = {}
    records = 0
    while not goal.is_reached(records):
        for some in consumer.poll(200, max_records=10_000).values():
            records += len(some)
            for record in some:
                last[record.key] = record.value
    return meter.figures(records)


def _confluent(servers: str, starts: dict[int, int], goal: _Goal) -> Figures:
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": servers, "group.id": "unused", "enable.auto.commit": False, "fetch.min.bytes": 1 << 20,
         "fetch.wait.max.ms": 300}
    )  # fmt: skip
    consumer.assign([confluent_kafka.TopicPartition(TOPIC, partition, start) for partition, start in starts.items()])
    meter = _Meter()
    last: dict[Any, Any] = {}
    records = 0
    while not goal.is_reached(records):
        some = consumer.consume(10_000, 0.2)
        records += len(some)
        for message in some:
            last[message.key()] = message.value()
    figures = meter.figures(records)
    consumer.close()
    return figures


_READERS: dict[str, Callable[[str, dict[int, int], _Goal], Figures]] = {
    "flowaudit": _ours,
    "kafka-python": _kafka_python,
    "confluent-kafka": _confluent,
}


if __name__ == "__main__":
    main()
