"""kafka-python: automatic or manual commits."""

from __future__ import annotations

import time
from typing import Any, Final

from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition

from flowaudit.estates.outbox import Position
from flowaudit.estates.pump import Pump

COMMIT_EVERY_S: Final = 1.0
FLUSH_S: Final = 10.0
SHORTEST_WAIT_MS: Final = 10
JOINING_WAIT_MS: Final = 500
"""With polls of a few ms kafka-python 3.0.12 may not join its group for minutes."""


def run(pump: Pump) -> None:
    """Work until told to stop; commits what is safe on the way out."""
    producer = _producer(pump) if pump.part.produced else None
    consumer = _consumer(pump) if pump.part.group else None
    if consumer is None:
        pump.ready()
    committed_s = time.monotonic()
    try:
        while not pump.link.stopping.is_set():
            _read(pump, consumer)
            _write(pump, producer)
            if time.monotonic() - committed_s >= COMMIT_EVERY_S:
                _commit(pump, consumer, producer)
                committed_s = time.monotonic()
        _commit(pump, consumer, producer)
    finally:
        if producer is not None:
            producer.close(timeout=2)
        if consumer is not None:
            consumer.close(autocommit=pump.part.commit == "auto")


def _producer(pump: Pump) -> Any:  # noqa: ANN401 - the library has no types
    return KafkaProducer(
        bootstrap_servers=pump.link.order.bootstrap_servers, client_id=pump.part.process, linger_ms=50, acks="all"
    )


def _consumer(pump: Pump) -> Any:  # noqa: ANN401 - as above
    consumer = KafkaConsumer(
        bootstrap_servers=pump.link.order.bootstrap_servers,
        client_id=pump.part.process,
        group_id=pump.part.group,
        enable_auto_commit=pump.part.commit == "auto",
        auto_commit_interval_ms=1000,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        session_timeout_ms=10_000,
        fetch_min_bytes=4096,
        fetch_max_wait_ms=150,
    )
    consumer.subscribe(list(pump.part.consumed))
    return consumer


def _read(pump: Pump, consumer: Any) -> None:  # noqa: ANN401 - as above
    wait_s = pump.wait_s()
    if consumer is None:
        pump.link.stopping.wait(wait_s)
        return
    shortest_ms = SHORTEST_WAIT_MS if consumer.assignment() else JOINING_WAIT_MS
    runs = consumer.poll(timeout_ms=max(shortest_ms, round(wait_s * 1000)))
    if consumer.assignment():
        pump.ready()
    for records in runs.values():
        for record in records:
            pump.accept(Position(record.topic, record.partition, record.offset), record.value)


def _write(pump: Pump, producer: Any) -> None:  # noqa: ANN401 - as above
    for record in pump.due():
        producer.send(record.topic, key=record.key.encode(), value=record.value)


def _commit(pump: Pump, consumer: Any, producer: Any) -> None:  # noqa: ANN401 - as above
    if pump.part.commit != "manual":
        return
    offsets = {
        TopicPartition(topic, partition): OffsetAndMetadata(offset, "", -1)
        for (topic, partition), offset in pump.committable().items()
    }
    if producer is not None:
        producer.flush(timeout=FLUSH_S)
    if offsets and consumer is not None:
        consumer.commit(offsets)
