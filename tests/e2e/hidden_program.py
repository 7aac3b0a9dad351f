"""A program that nobody declared: it reads a topic without a group and writes what it read to a topic of its own."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from confluent_kafka import KafkaError, Message, Producer
from kafka import KafkaConsumer, TopicPartition

Copy = Callable[[dict[str, Any]], tuple[str, dict[str, Any]] | None]
"""From a record that was read: the identifier that is carried on, and the record to write; None: nothing follows."""


@dataclass(frozen=True)
class Written:
    """A record that the broker acknowledged."""

    at_s: float
    """On the monotonic clock."""
    identifier: str


class HiddenProgram:
    """Copies live records of `source` to `target` until left; `written` is what it wrote, in order.

    It takes its partitions by `assign()`, commits nothing and joins no group: only the records tell of it.
    """

    def __init__(self, bootstrap_servers: str, source: str, target: str, copy: Copy) -> None:
        self._servers = bootstrap_servers
        self._source = source
        self._target = target
        self._copy = copy
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"to {target}", daemon=True)
        self._written: list[Written] = []
        self.failed: list[str] = []

    @property
    def target(self) -> str:
        """The topic that it writes."""
        return self._target

    @property
    def written(self) -> tuple[Written, ...]:
        """What the broker acknowledged so far, in order."""
        return tuple(self._written)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        producer = Producer({"bootstrap.servers": self._servers, "linger.ms": 5, "client.id": uuid.uuid4().hex})
        consumer = KafkaConsumer(bootstrap_servers=self._servers, group_id=None, enable_auto_commit=False)
        try:
            partitions = [TopicPartition(self._source, n) for n in consumer.partitions_for_topic(self._source) or ()]
            consumer.assign(partitions)
            consumer.seek_to_end()
            while not self._stop.is_set():
                for records in consumer.poll(100).values():
                    for record in records:
                        self._pass_on(producer, record.value)
                producer.poll(0)
        finally:
            producer.flush(10)
            consumer.close()

    def _pass_on(self, producer: Producer, value: bytes) -> None:
        copied = self._copy(json.loads(value))
        if copied is None:
            return
        identifier, record = copied

        def delivered(error: KafkaError | None, _: Message) -> None:
            if error is None:
                self._written.append(Written(time.monotonic(), identifier))
            else:
                self.failed.append(str(error))

        producer.produce(self._target, json.dumps(record).encode(), on_delivery=delivered)
