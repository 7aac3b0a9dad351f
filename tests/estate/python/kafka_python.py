"""Clients of kafka-python."""

from __future__ import annotations

from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from tests.estate.python.context import Context


def write_signed(context: Context, *topics: str) -> None:
    """One producer with a producer id (the library's default), a record to each topic a turn."""
    producer = KafkaProducer(bootstrap_servers=context.servers, client_id="py-feed", enable_idempotence=True)
    number = 0
    while not context.stopping.is_set():
        for topic in topics:
            producer.send(topic, key=b"%d" % number, value=b"v%d" % number)
        producer.flush()
        number += 1
        context.done()
        context.rest()
    producer.close()


def write_unsigned(context: Context, topic: str) -> None:
    """A producer without a producer id."""
    producer = KafkaProducer(bootstrap_servers=context.servers, client_id="py-plain", enable_idempotence=False, acks=1)
    while not context.stopping.is_set():
        producer.send(topic, b"v").get(10)
        context.done()
        context.rest()
    producer.close()


def read_as_group(context: Context, group: str, topic: str) -> None:
    """Subscribes and commits."""
    consumer = _consumer(context, group)
    consumer.subscribe([topic])
    _read(context, consumer, commits=True)


def read_assigned(context: Context, group: str | None, topic: str) -> None:
    """Takes its partitions by itself; commits for `group`, or nothing."""
    consumer = _consumer(context, group)
    consumer.assign([TopicPartition(topic, partition) for partition in range(2)])
    _read(context, consumer, commits=group is not None)


def _consumer(context: Context, group: str | None) -> Any:  # noqa: ANN401 (the library ships no types)
    return KafkaConsumer(
        bootstrap_servers=context.servers,
        group_id=group,
        client_id=f"{group or 'py-silent'}-client",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )


def _read(context: Context, consumer: Any, *, commits: bool) -> None:  # noqa: ANN401 (as above)
    while not context.stopping.is_set():
        if consumer.poll(200):
            if commits:
                consumer.commit()
            context.done()
    consumer.close()
