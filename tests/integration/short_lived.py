"""Groups that live for a second or for half a minute: joined, read, committed, left, and deleted at their end."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from confluent_kafka import Consumer
from confluent_kafka.admin import AdminClient
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient

SHORTEST_S: Final = 1.0
LONGEST_S: Final = 30.0
_JOIN_WITHIN_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Life:
    """When a group begins and how long it lives."""

    group: str
    begins_s: float
    lives_s: float
    by_librdkafka: bool


def lives(count: int, within_s: float, seed: int) -> tuple[Life, ...]:
    """Lives of 1 to 30 s, short ones as likely as long ones, that begin within `within_s`."""
    chance = random.Random(seed)
    return tuple(
        Life(
            group=f"night-{number:03}",
            begins_s=chance.uniform(0, within_s),
            lives_s=SHORTEST_S * (LONGEST_S / SHORTEST_S) ** chance.random(),
            by_librdkafka=chance.random() < 0.8,
        )
        for number in range(count)
    )


def live(all_of: tuple[Life, ...], servers: str, topic: str) -> list[str]:
    """Live every life; returns the groups that failed to. Takes until the last one is over."""
    started = time.monotonic()
    failed: list[str] = []
    admin = AdminClient({"bootstrap.servers": servers})

    def one(life: Life) -> None:
        time.sleep(max(life.begins_s - (time.monotonic() - started), 0))
        try:
            (_librdkafka if life.by_librdkafka else _kafka_python)(life, servers, topic)
            admin.delete_consumer_groups([life.group])[life.group].result(10)
        except Exception:  # noqa: BLE001 (whatever went wrong, this group did not live as it should)
            failed.append(life.group)

    threads = [threading.Thread(target=one, args=(life,), daemon=True) for life in all_of]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def poll_every(seconds: float, servers: str, stop: threading.Event) -> frozenset[str]:
    """What a poller sees: the names of all groups that were ever listed, asked every so many seconds."""
    admin = KafkaAdminClient(bootstrap_servers=servers)
    seen: set[str] = set()
    while not stop.is_set():
        seen.update(str(group["group_id"]) for group in admin.list_groups())
        stop.wait(seconds)
    admin.close()
    return frozenset(seen)


def _librdkafka(life: Life, servers: str, topic: str) -> None:
    settings = {
        "bootstrap.servers": servers,
        "group.id": life.group,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
    consumer = Consumer(settings)
    consumer.subscribe([topic])

    def read() -> bool:
        message = consumer.poll(0.1)
        if message is None or message.error() is not None:
            return False
        consumer.commit(message, asynchronous=False)
        return True

    _until_read(read)
    time.sleep(life.lives_s)
    consumer.close()


def _kafka_python(life: Life, servers: str, topic: str) -> None:
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=servers,
        group_id=life.group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )

    def read() -> bool:
        if not consumer.poll(100):
            return False
        consumer.commit()
        return True

    _until_read(read)
    time.sleep(life.lives_s)
    consumer.close()


def _until_read(read: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _JOIN_WITHIN_S
    while not read():
        if time.monotonic() > deadline:
            msg = "the group read nothing"
            raise TimeoutError(msg)
