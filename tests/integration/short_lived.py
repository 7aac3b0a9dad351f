"""Groups that live for a second or for half a minute: joined, read, committed, left, and deleted at their end."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

from confluent_kafka import Consumer, KafkaException
from confluent_kafka.admin import AdminClient
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

SHORTEST_S: Final = 1.0
LONGEST_S: Final = 30.0
_WITHIN_S: Final = 60.0
_READS_WITHIN_S: Final = 20.0
"""So long a group may take for what takes milliseconds on a machine that has nothing else to do."""
_PAUSE_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Life:
    """When a group begins and how long it lives."""

    group: str
    begins_s: float
    lives_s: float
    by_librdkafka: bool


@dataclass(frozen=True, slots=True)
class Lived:
    """What became of lives."""

    lasted_s: dict[str, float] = field(default_factory=dict)
    """Group → from its first commit until it had left."""
    failed: dict[str, str] = field(default_factory=dict)
    """Group → what went wrong."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What asking now and then finds."""

    listed: set[str] = field(default_factory=set)
    """Groups that were there when it asked."""
    placed: set[str] = field(default_factory=set)
    """Groups of which it learnt, too, that they read the topic: by a member's assignment or a committed offset."""


def lives(count: int, within_s: float, seed: int) -> tuple[Life, ...]:
    """Lives of 1 to 30 s, short ones as likely as long ones, all of them over `within_s` after the first began."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        lives_s = SHORTEST_S * (LONGEST_S / SHORTEST_S) ** chance.random()
        begins_s = chance.uniform(0, within_s - lives_s)
        found.append(Life(f"night-{number:03}", begins_s, lives_s, by_librdkafka=chance.random() < 0.8))
    return tuple(found)


def live(all_of: Collection[Life], servers: str, topic: str) -> Lived:
    """Live every life; takes until the last one is over."""
    started = time.monotonic()
    lived = Lived()
    admin = AdminClient({"bootstrap.servers": servers})

    def one(life: Life) -> None:
        time.sleep(max(life.begins_s - (time.monotonic() - started), 0))
        try:
            lived.lasted_s[life.group] = (_librdkafka if life.by_librdkafka else _kafka_python)(life, servers, topic)
            # The owner's own tidying up, so that nothing is left for a poller to find.
            _insist(lambda: admin.delete_consumer_groups([life.group])[life.group].result(10))
        except Exception as error:  # noqa: BLE001 (whatever went wrong, this group did not live as it should)
            lived.failed[life.group] = repr(error)

    threads = [threading.Thread(target=one, args=(life,), daemon=True) for life in all_of]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return lived


def poll_every(seconds: float, servers: str, topic: str, stop: threading.Event) -> Polled:
    """Ask every so many seconds which groups there are, who is in them, and what they have committed."""
    admin = KafkaAdminClient(bootstrap_servers=servers)
    polled = Polled()
    while not stop.is_set():
        groups = [str(group["group_id"]) for group in admin.list_groups()]
        polled.listed.update(groups)
        polled.placed.update(group for group in groups if _reads(admin, group, topic))
        stop.wait(seconds)
    admin.close()
    return polled


def _reads(admin: KafkaAdminClient, group: str, topic: str) -> bool:
    # A group may be gone by the time that it is asked about.
    with contextlib.suppress(KafkaError):
        members = admin.describe_groups([group])[group]["members"]
        assigned = (member["member_assignment"] for member in members)
        if any(topic in {t for t, _ in each["assigned_partitions"]} for each in assigned if each):
            return True
        return any(partition.topic == topic for partition in admin.list_group_offsets([group]).get(group, ()))
    return False


def _librdkafka(life: Life, servers: str, topic: str) -> float:
    settings = {
        "bootstrap.servers": servers,
        "group.id": life.group,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
    consumer = Consumer(settings)
    consumer.subscribe([topic])

    def reads() -> bool:
        message = consumer.poll(0.1)
        return message is not None and message.error() is None

    return _lasts(life, reads, lambda: consumer.commit(asynchronous=False), consumer.close)


def _kafka_python(life: Life, servers: str, topic: str) -> float:
    while True:
        try:
            return _kafka_python_once(life, servers, topic)
        except TimeoutError:
            # Of kafka-python 3.0.12's consumers about one in a hundred never joins: it is started again.
            continue


def _kafka_python_once(life: Life, servers: str, topic: str) -> float:
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=servers,
        group_id=life.group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    try:
        return _lasts(life, lambda: bool(consumer.poll(1_000)), consumer.commit, consumer.close)
    except TimeoutError:
        consumer.close()
        raise


def _lasts(life: Life, reads: Callable[[], bool], commit: Callable[[], object], leave: Callable[[], object]) -> float:
    """Read, commit, go on living, leave.

    Raises:
        TimeoutError: nothing was read.
    """
    deadline = time.monotonic() + _READS_WITHIN_S
    while not reads():
        if time.monotonic() > deadline:
            raise TimeoutError
    _insist(commit)
    committed_s = time.monotonic()
    time.sleep(life.lives_s)
    leave()
    return time.monotonic() - committed_s


def _insist(action: Callable[[], object]) -> None:
    """A coordinator that is loading, a group whose member has not quite left: once more, a little later."""
    deadline = time.monotonic() + _WITHIN_S
    while True:
        try:
            action()
        except (KafkaException, KafkaError):
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_S)
        else:
            return
