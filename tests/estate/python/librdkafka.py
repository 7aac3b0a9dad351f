"""Clients of confluent-kafka, which is librdkafka."""

from __future__ import annotations

from typing import Any

from confluent_kafka import Consumer, Producer

from tests.estate.python.context import Context


def write_signed(context: Context, topic: str) -> None:
    """A producer with a producer id."""
    _write(context, topic, {"enable.idempotence": True})


def write_unsigned(context: Context, topic: str) -> None:
    """A producer without a producer id (the library's default)."""
    _write(context, topic, {})


def read_as_group(context: Context, group: str, topic: str, protocol: str) -> None:
    """Subscribes and commits, by the protocol `classic` or `consumer` (KIP-848)."""
    consumer = _consumer(context, group, {"group.protocol": protocol})
    consumer.subscribe([topic])
    while not context.stopping.is_set():
        message = consumer.poll(0.2)
        if message is not None and message.error() is None:
            consumer.commit(message, asynchronous=False)
            context.done()
    consumer.close()


def loop(context: Context, group: str, source: str, sink: str, rehearsed: str) -> None:
    """Reads, writes, and commits its offsets in the same transaction.

    Every other transaction writes to `rehearsed`, and is aborted.
    """
    consumer = _consumer(context, group, {"isolation.level": "read_committed"})
    producer = Producer({"bootstrap.servers": context.servers, "transactional.id": f"{group}-writer"})
    producer.init_transactions(30)
    consumer.subscribe([source])
    turn = 0
    while not context.stopping.is_set():
        message = consumer.poll(0.2)
        if message is None or message.error() is not None:
            continue
        turn += 1
        producer.begin_transaction()
        if turn % 2 == 0:
            producer.produce(rehearsed, message.value())
            producer.flush(10)
            producer.abort_transaction(10)
            continue
        producer.produce(sink, message.value())
        offsets = consumer.position(consumer.assignment())
        producer.send_offsets_to_transaction(offsets, consumer.consumer_group_metadata(), 10)
        producer.commit_transaction(10)
        context.done()
    consumer.close()


def _write(context: Context, topic: str, settings: dict[str, object]) -> None:
    producer = Producer({"bootstrap.servers": context.servers, **settings})
    while not context.stopping.is_set():
        producer.produce(topic, b"v")
        producer.flush(10)
        context.done()
        context.rest()


def _consumer(context: Context, group: str, settings: dict[str, object]) -> Any:  # noqa: ANN401 (ships no types)
    return Consumer(
        {
            "bootstrap.servers": context.servers,
            "group.id": group,
            "client.id": f"{group}-client",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            **settings,
        }
    )
