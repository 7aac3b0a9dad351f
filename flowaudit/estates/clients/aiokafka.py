"""aiokafka: automatic or manual commits, no producer id."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from flowaudit.estates.outbox import Position
from flowaudit.estates.pump import Pump

COMMIT_EVERY_S: Final = 1.0
SHORTEST_WAIT_MS: Final = 10


def run(pump: Pump) -> None:
    """Work until told to stop; commits what is safe on the way out."""
    asyncio.run(_run(pump))


async def _run(pump: Pump) -> None:
    producer = _producer(pump) if pump.part.produced else None
    consumer = _consumer(pump) if pump.part.group else None
    try:
        if producer is not None:
            await producer.start()
        if consumer is not None:
            await consumer.start()
        else:
            pump.ready()
        await _work(pump, consumer, producer)
    finally:
        if producer is not None:
            await producer.stop()
        if consumer is not None:
            await consumer.stop()


def _producer(pump: Pump) -> Any:  # noqa: ANN401 - the library has no types
    return AIOKafkaProducer(
        bootstrap_servers=pump.link.order.bootstrap_servers, client_id=pump.part.process, linger_ms=50
    )


def _consumer(pump: Pump) -> Any:  # noqa: ANN401 - as above
    return AIOKafkaConsumer(
        *pump.part.consumed,
        bootstrap_servers=pump.link.order.bootstrap_servers,
        client_id=pump.part.process,
        group_id=pump.part.group,
        enable_auto_commit=pump.part.commit == "auto",
        auto_commit_interval_ms=1000,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        session_timeout_ms=10_000,
        fetch_min_bytes=2048,
        fetch_max_wait_ms=150,
    )


async def _work(pump: Pump, consumer: Any, producer: Any) -> None:  # noqa: ANN401 - as above
    committed_s = time.monotonic()
    while not pump.link.stopping.is_set():
        await _read(pump, consumer)
        for record in pump.due():
            await producer.send(record.topic, key=record.key.encode(), value=record.value)
        if time.monotonic() - committed_s >= COMMIT_EVERY_S:
            await _commit(pump, consumer, producer)
            committed_s = time.monotonic()
    await _commit(pump, consumer, producer)


async def _read(pump: Pump, consumer: Any) -> None:  # noqa: ANN401 - as above
    wait_s = pump.wait_s()
    if consumer is None:
        await asyncio.sleep(wait_s)
        return
    runs = await consumer.getmany(timeout_ms=max(SHORTEST_WAIT_MS, round(wait_s * 1000)))
    if consumer.assignment():
        pump.ready()
    for records in runs.values():
        for record in records:
            pump.accept(Position(record.topic, record.partition, record.offset), record.value)


async def _commit(pump: Pump, consumer: Any, producer: Any) -> None:  # noqa: ANN401 - as above
    if pump.part.commit != "manual" or consumer is None:
        return
    assigned = consumer.assignment()
    offsets = {TopicPartition(*partition): offset for partition, offset in pump.committable().items()}
    if producer is not None:
        await producer.flush()
    held = {partition: offset for partition, offset in offsets.items() if partition in assigned}
    if held:
        await consumer.commit(held)
