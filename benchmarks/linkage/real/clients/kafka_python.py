"""kafka-python: groups and readers without one, plain and idempotent producers."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Any, Final

from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition

from benchmarks.linkage.encode import Encoded
from benchmarks.linkage.real.app import Parcel
from benchmarks.linkage.real.clients.running import COMMIT_EVERY_S, FLUSH_S, Running, now_ms
from flowaudit.estates.outbox import Position

_SHORTEST_POLL_MS: Final = 5
_JOINING_POLL_MS: Final = 500
"""With polls of 5 ms a group was never joined in some estates, within two minutes."""


def run(running: Running) -> None:
    """Work until told to stop."""
    producers = [_producer(running) for _ in range(running.producers)]
    consumer = _consumer(running) if running.app.spec.reads else None
    if consumer is None or not running.has_group:
        running.ready.set()
    turns, committed_s = itertools.cycle(producers), time.monotonic()
    try:
        while not running.stopping.is_set():
            if consumer is not None and running.reads_now():
                _read(running, consumer)
            if running.begun.is_set():
                _write(turns, running.app.due(now_ms()))
            if time.monotonic() - committed_s >= COMMIT_EVERY_S:
                _commit(running, consumer, producers)
                committed_s = time.monotonic()
            running.stopping.wait(running.wait_s())
        _commit(running, consumer, producers)
    finally:
        for producer in producers:
            producer.close(timeout=FLUSH_S)
        if consumer is not None:
            consumer.close(autocommit=False)


def _producer(running: Running) -> Any:  # noqa: ANN401 - the library has no types
    return KafkaProducer(
        bootstrap_servers=running.bootstrap_servers,
        client_id=running.app.spec.client_id,
        linger_ms=running.app.linger_ms,
        compression_type=None if running.codec == "none" else running.codec,
        enable_idempotence=running.is_idempotent,
        acks="all",
    )


def _consumer(running: Running) -> Any:  # noqa: ANN401 - as above
    spec = running.app.spec
    consumer = KafkaConsumer(
        bootstrap_servers=running.bootstrap_servers,
        client_id=spec.client_id,
        group_id=spec.group or None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        fetch_max_wait_ms=100,
    )
    if running.has_group:
        consumer.subscribe(list(spec.reads))
    else:
        consumer.assign([TopicPartition(*each) for each in running.app.partitions()])
    return consumer


def _read(running: Running, consumer: Any) -> None:  # noqa: ANN401 - as above
    timeout_ms = _SHORTEST_POLL_MS if running.ready.is_set() else _JOINING_POLL_MS
    runs = consumer.poll(timeout_ms=timeout_ms, max_records=1_000)
    if consumer.assignment():
        running.ready.set()
    for records in runs.values():
        for record in records:
            position = Position(record.topic, record.partition, record.offset)
            running.accept(position, Encoded(record.key, record.value or b"", tuple(record.headers)))


def _write(turns: Iterator[Any], parcels: list[Parcel]) -> None:
    for parcel in parcels:
        next(turns).send(
            parcel.topic,
            key=parcel.record.key,
            value=parcel.record.value,
            headers=list(parcel.record.headers),
            timestamp_ms=parcel.timestamp_ms,
        )


def _commit(running: Running, consumer: Any, producers: list[Any]) -> None:  # noqa: ANN401 - as above
    if not running.has_group:
        return
    offsets = {
        TopicPartition(topic, partition): OffsetAndMetadata(offset, "", -1)
        for (topic, partition), offset in running.app.committable().items()
    }
    for producer in producers:
        producer.flush(timeout=FLUSH_S)
    if offsets:
        consumer.commit(offsets)
