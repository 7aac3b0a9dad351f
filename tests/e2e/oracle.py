"""What is true about a topic, from the broker's log; and what the ledger says, by SQL of our own."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka import Consumer, TopicPartition


@dataclass(frozen=True)
class Log:
    """One partition as the broker keeps it."""

    start: int
    end: int
    offsets: frozenset[int] = field(repr=False)
    """Offsets at which a committed record can be read."""


def read_log(bootstrap_servers: str, topic: str, partitions: int) -> dict[int, Log]:
    """Read every partition to its end with a client that shares no code with the tap."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "oracle",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
        }
    )
    try:
        bounds = {p: consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=10) for p in range(partitions)}
        consumer.assign([TopicPartition(topic, p, low) for p, (low, _) in bounds.items()])
        found: dict[int, set[int]] = {p: set() for p in bounds}
        at_end: set[int] = set()
        while len(at_end) < partitions:
            message = consumer.poll(10)
            assert message is not None, "the broker's log ends without an end"
            if message.error():
                at_end.add(message.partition())
            else:
                found[message.partition()].add(message.offset())
        return {p: Log(low, high, frozenset(found[p])) for p, (low, high) in bounds.items()}
    finally:
        consumer.close()


def account(state: Path, topic: str) -> dict[int, list[tuple[int, int, str]]]:
    """(low, high, class) by partition, in offset order."""
    with sqlite3.connect(f"file:{state / 'ledger.sqlite'}?mode=ro", uri=True) as database:
        rows = database.execute(
            "SELECT partition, low, high, class FROM intervals WHERE topic = ? ORDER BY partition, low", (topic,)
        ).fetchall()
    database.close()
    accounts: dict[int, list[tuple[int, int, str]]] = {}
    for partition, low, high, offset_class in rows:
        accounts.setdefault(partition, []).append((low, high, offset_class))
    return accounts


def assert_each_offset_once(account: Iterable[tuple[int, int, str]], log: Log, broken: frozenset[int]) -> None:
    """Every offset from the log's start to its end in exactly one class, and in the right one."""
    counted: Counter[int] = Counter()
    classes: dict[int, str] = {}
    for low, high, offset_class in account:
        for offset in range(low, high):
            counted[offset] += 1
            classes[offset] = offset_class
    assert [o for o, times in counted.items() if times > 1] == [], "accounted for more than once"
    assert sorted(counted) == list(range(log.start, log.end)), "not accounted for, or out of the log"
    readable = {offset for offset, offset_class in classes.items() if offset_class in {"audited", "quarantined"}}
    assert readable == log.offsets
    assert {offset for offset, offset_class in classes.items() if offset_class == "quarantined"} == broken
