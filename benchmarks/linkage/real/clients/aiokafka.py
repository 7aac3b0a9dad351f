"""aiokafka: groups and readers without one, plain, idempotent and transactional producers."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from benchmarks.linkage.encode import Encoded
from benchmarks.linkage.real.app import Parcel
from benchmarks.linkage.real.clients.running import COMMIT_EVERY_S, Running, now_ms
from flowaudit.estates.outbox import Position

_SHORTEST_SLEEP_S: Final = 0.002


def run_all(applications: Sequence[Running]) -> None:
    """Work until told to stop, all of them in one event loop."""
    asyncio.run(_run_all(applications))


async def _run_all(applications: Sequence[Running]) -> None:
    await asyncio.gather(*(_guarded(running) for running in applications))


async def _guarded(running: Running) -> None:
    try:
        await _run(running)
    except Exception as error:  # noqa: BLE001 - whatever ends an application is told to the trial
        running.failure = f"{type(error).__name__}: {error}"
        running.ready.set()


async def _run(running: Running) -> None:
    spec = running.app.spec
    producers = [_producer(running) for _ in range(running.producers)]
    consumer = _consumer(running) if spec.reads else None
    try:
        for producer in producers:
            await producer.start()
        if consumer is not None:
            if running.has_group:
                consumer.subscribe(list(spec.reads))
            else:
                consumer.assign([TopicPartition(*each) for each in running.app.partitions()])
            await consumer.start()
        if consumer is None or not running.has_group:
            running.ready.set()
        await _work(running, consumer, producers)
    finally:
        for client in (*producers, consumer):
            if client is not None:
                await client.stop()


def _producer(running: Running) -> Any:  # noqa: ANN401 - the library has no types
    return AIOKafkaProducer(
        bootstrap_servers=running.bootstrap_servers,
        client_id=running.app.spec.client_id,
        linger_ms=running.app.linger_ms,
        compression_type=None if running.codec == "none" else running.codec,
        enable_idempotence=running.is_idempotent,
        transactional_id=f"{running.app.spec.name}-tx" if running.app.spec.transactional else None,
        acks="all",
    )


def _consumer(running: Running) -> Any:  # noqa: ANN401 - as above
    return AIOKafkaConsumer(
        bootstrap_servers=running.bootstrap_servers,
        client_id=running.app.spec.client_id,
        group_id=running.app.spec.group or None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        fetch_max_wait_ms=100,
    )


async def _work(running: Running, consumer: Any, producers: list[Any]) -> None:  # noqa: ANN401 - as above
    committed_s = time.monotonic()
    write = _transaction if running.app.spec.transactional else _write
    turns = itertools.cycle(producers)
    while not running.stopping.is_set():
        if consumer is not None and running.reads_now():
            await _read(running, consumer)
        if running.begun.is_set():
            await write(running, turns, running.app.due(now_ms()))
        if time.monotonic() - committed_s >= COMMIT_EVERY_S:
            await _commit(running, consumer, producers)
            committed_s = time.monotonic()
        await asyncio.sleep(max(_SHORTEST_SLEEP_S, running.wait_s()))
    await _commit(running, consumer, producers)


async def _read(running: Running, consumer: Any) -> None:  # noqa: ANN401 - as above
    runs = await consumer.getmany(timeout_ms=0)
    if consumer.assignment():
        running.ready.set()
    for records in runs.values():
        for record in records:
            position = Position(record.topic, record.partition, record.offset)
            running.accept(position, Encoded(record.key, record.value or b"", tuple(record.headers)))


async def _write(running: Running, turns: Iterator[Any], parcels: list[Parcel]) -> None:  # noqa: ARG001 - as below
    for parcel in parcels:
        await next(turns).send(
            parcel.topic,
            key=parcel.record.key,
            value=parcel.record.value,
            headers=list(parcel.record.headers),
            timestamp_ms=parcel.timestamp_ms,
        )


async def _transaction(running: Running, turns: Iterator[Any], parcels: list[Parcel]) -> None:
    """Records and the offsets that they rest on, in one transaction a turn."""
    if not parcels:
        return
    producer = next(turns)
    async with producer.transaction():
        await _write(running, itertools.repeat(producer), parcels)
        offsets = _offsets(running)
        if running.has_group and offsets:
            await producer.send_offsets_to_transaction(offsets, running.app.spec.group)


async def _commit(running: Running, consumer: Any, producers: list[Any]) -> None:  # noqa: ANN401 - as above
    if not running.has_group or running.app.spec.transactional:
        return
    for producer in producers:
        await producer.flush()
    assigned = consumer.assignment()
    offsets = {partition: offset for partition, offset in _offsets(running).items() if partition in assigned}
    if offsets:
        await consumer.commit(offsets)


def _offsets(running: Running) -> dict[Any, int]:
    return {TopicPartition(*partition): offset for partition, offset in running.app.committable().items()}
