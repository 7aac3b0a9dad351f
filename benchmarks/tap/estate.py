"""The topic that is measured: lock events of about 210 bytes, keyed by lock."""

from __future__ import annotations

import random
import uuid

import orjson
from confluent_kafka import Producer
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

PARTITIONS = 8
_TENANTS = 120_000
_LOCKS = 40_000
_DISTINCT = 100_000
"""So many events are made in Python, then sent again with new event ids: making them is slower than reading them."""


def fill(bootstrap_servers: str, topic: str, events: int, compression: str) -> None:
    """Create the topic and write `events` records to it, as an ordinary librdkafka producer batches them."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers)
    try:
        admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
    finally:
        admin.close()
    producer = Producer(
        {
            "bootstrap.servers": bootstrap_servers,
            "linger.ms": 20,
            "batch.size": 65_536,
            "compression.type": compression,
            "queue.buffering.max.messages": 200_000,
        }
    )
    rng = random.Random(7)
    made = [_event(rng) for _ in range(min(events, _DISTINCT))]
    for number in range(events):
        lock, head, tail = made[number % len(made)]
        value = b"%s%08x%s" % (head, number, tail)
        while True:
            try:
                producer.produce(topic, value, key=lock)
                break
            except BufferError:
                producer.poll(0.1)
        if number % 2_000 == 0:
            producer.poll(0)
    producer.flush()


def _event(rng: random.Random) -> tuple[bytes, bytes, bytes]:
    """Key, and the value before and after eight hexadecimal digits of the event's id."""
    lock = f"L-{rng.randrange(_LOCKS):06d}"
    event = {
        "event_id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "tenant_id": str(uuid.UUID(int=_tenant(rng.randrange(_TENANTS)), version=4)),
        "lock_id": lock,
        "ts": 1_795_000_000_000 + rng.randrange(10**9),
        "type": rng.choice(["unlock", "exit", "denied"]),
        "confidence": round(rng.random(), 4),
        "match": True,
        "firmware": "2.14.1",
    }
    value = orjson.dumps(event)
    start = len(b'{"event_id":"')
    return lock.encode(), value[:start], value[start + 8 :]


def _tenant(number: int) -> int:
    return random.Random(number).getrandbits(128)
