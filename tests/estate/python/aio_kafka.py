"""Clients of aiokafka."""

from __future__ import annotations

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.estate.python.context import PAUSE_S, Context


def write_signed(context: Context, topic: str) -> None:
    """A producer with a producer id."""
    asyncio.run(_write(context, topic, enable_idempotence=True))


def write_unsigned(context: Context, topic: str) -> None:
    """A producer without a producer id (the library's default)."""
    asyncio.run(_write(context, topic, enable_idempotence=False))


def read_as_group(context: Context, group: str, topic: str) -> None:
    """Subscribes and commits."""
    asyncio.run(_read(context, group, topic))


def loop(context: Context, group: str, source: str, sink: str) -> None:
    """Reads, writes, and commits its offsets in the same transaction."""
    asyncio.run(_loop(context, group, source, sink))


async def _write(context: Context, topic: str, *, enable_idempotence: bool) -> None:
    async with AIOKafkaProducer(bootstrap_servers=context.servers, enable_idempotence=enable_idempotence) as producer:
        while not context.stopping.is_set():
            await producer.send_and_wait(topic, b"v")
            context.done()
            await asyncio.sleep(PAUSE_S)


async def _read(context: Context, group: str, topic: str) -> None:
    async with _consumer(context, group, topic) as consumer:
        while not context.stopping.is_set():
            if await consumer.getmany(timeout_ms=200):
                await consumer.commit()
                context.done()


async def _loop(context: Context, group: str, source: str, sink: str) -> None:
    writing = AIOKafkaProducer(bootstrap_servers=context.servers, transactional_id=f"{group}-writer")
    async with _consumer(context, group, source) as consumer, writing as producer:
        while not context.stopping.is_set():
            batches = await consumer.getmany(timeout_ms=200)
            if not batches:
                continue
            async with producer.transaction():
                for records in batches.values():
                    for record in records:
                        await producer.send(sink, record.value)
                offsets = {partition: records[-1].offset + 1 for partition, records in batches.items()}
                await producer.send_offsets_to_transaction(offsets, group)
            context.done()


def _consumer(context: Context, group: str, topic: str) -> Any:  # noqa: ANN401 (the library ships no types)
    return AIOKafkaConsumer(
        topic,
        bootstrap_servers=context.servers,
        group_id=group,
        client_id=f"{group}-client",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
