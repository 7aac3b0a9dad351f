"""A steady load on a topic: committed and aborted transactions, plain records, and some that nobody can read."""

from __future__ import annotations

import itertools
import json
import threading
import time
import uuid
from types import TracebackType
from typing import Self

from confluent_kafka import KafkaError, Message, Producer
from confluent_kafka.admin import AdminClient, NewTopic

PARTITIONS = 3
BROKEN_VALUES = (b"\xff\xfe not text", b"{" * 3000, b'{"n": ' + b"9" * 5000 + b"}", b'{"tenant_id": ')


def create_topic(bootstrap_servers: str, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    for future in admin.create_topics([NewTopic(topic, PARTITIONS, 1)]).values():
        future.result(10)


class Load:
    """Writes until left. `broken` says at which offsets the unreadable records of each partition lie."""

    def __init__(self, bootstrap_servers: str, topic: str, rate: int) -> None:
        self._topic = topic
        self._pause_s = 20 / rate
        self._servers = bootstrap_servers
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._lock = threading.Lock()
        self._broken: dict[int, set[int]] = {partition: set() for partition in range(PARTITIONS)}
        self.failed: list[str] = []

    def __enter__(self) -> Self:
        create_topic(self._servers, self._topic)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def broken(self) -> dict[int, frozenset[int]]:
        with self._lock:
            return {partition: frozenset(offsets) for partition, offsets in self._broken.items()}

    def _run(self) -> None:
        common = {"bootstrap.servers": self._servers, "linger.ms": 5}
        plain = Producer(common | {"enable.idempotence": True})
        transactional = Producer(common | {"transactional.id": f"tx-{uuid.uuid4()}"})
        transactional.init_transactions(20)
        for turn in itertools.count():
            if self._stop.is_set():
                break
            self._plain_records(plain, turn)
            if turn % 10 == 0:
                self._transaction(transactional, commit=turn % 30 != 0)
            time.sleep(self._pause_s)
        plain.flush(20)

    def _plain_records(self, producer: Producer, turn: int) -> None:
        for number in range(20):
            tenant = 410_000 + (turn * 20 + number) % 700
            value = json.dumps({"event": str(uuid.uuid4()), "tenant": f"T-{tenant:07d}"}).encode()
            producer.produce(self._topic, value, key=str(number).encode(), on_delivery=self._delivered)
        if turn % 7 == 0:
            producer.produce(
                self._topic, BROKEN_VALUES[turn // 7 % len(BROKEN_VALUES)], on_delivery=self._delivered_broken
            )
        if turn % 11 == 0:
            producer.produce(self._topic, None, key=b"tombstone", on_delivery=self._delivered)
        producer.poll(0)

    def _transaction(self, producer: Producer, *, commit: bool) -> None:
        producer.begin_transaction()
        for _ in range(5):
            value = json.dumps({"event": str(uuid.uuid4())}).encode()
            producer.produce(self._topic, value, on_delivery=self._delivered if commit else None)
        producer.flush(20)
        if commit:
            producer.commit_transaction(20)
        else:
            producer.abort_transaction(20)

    def _delivered(self, error: KafkaError | None, _: Message) -> None:
        if error is not None:
            self.failed.append(str(error))

    def _delivered_broken(self, error: KafkaError | None, message: Message) -> None:
        self._delivered(error, message)
        with self._lock:
            self._broken[message.partition()].add(message.offset())
