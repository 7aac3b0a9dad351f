"""Real transactional clients for contract tests."""

from __future__ import annotations

import time
import uuid
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from flowaudit.embedded import EmbeddedKafka
from flowaudit.facts import Outcome

_WAIT_S = 20.0


def named(kind: str) -> str:
    return f"{kind}-{uuid.uuid4()}"


class TransactionalLoop:
    """Consume, transform, produce: one transaction a turn, by librdkafka."""

    def __init__(self, kafka: EmbeddedKafka, group: str, source: str, user: str | None = None) -> None:
        base: dict[str, Any] = {**kafka.client(user).librdkafka(), "log_level": 0}
        self.transactional_id = f"{group}-tx-0"
        self._source = source
        self._producer = Producer({**base, "transactional.id": self.transactional_id, "linger.ms": 0})
        self._producer.init_transactions(_WAIT_S)
        self._consumer = Consumer(
            {**base, "group.id": group, "enable.auto.commit": False, "auto.offset.reset": "earliest"}
        )
        self._consumer.subscribe([source])
        self._read = 0

    def turn(self, outcome: Outcome, *topics: str) -> None:
        """Read a record, write one to each topic, and commit or abort, offsets included."""
        end_s = time.monotonic() + _WAIT_S
        while (record := self._consumer.poll(0.2)) is None or record.error():
            assert time.monotonic() < end_s, "nothing to read"
        self._producer.begin_transaction()
        for topic in topics:
            self._producer.produce(topic, b"{}")
        offsets = [TopicPartition(self._source, record.partition(), record.offset() + 1)]
        self._producer.send_offsets_to_transaction(offsets, self._consumer.consumer_group_metadata(), _WAIT_S)
        if outcome is Outcome.COMMITTED:
            self._producer.commit_transaction(_WAIT_S)
        else:
            self._producer.flush(_WAIT_S)
            self._producer.abort_transaction(_WAIT_S)

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close()


def fill(kafka: EmbeddedKafka, topic: str, records: int = 20, user: str | None = None) -> None:
    """Write plain records, by a producer without an id."""
    producer = Producer({**kafka.client(user).librdkafka(), "log_level": 0})
    for _ in range(records):
        producer.produce(topic, b"{}")
    producer.flush(_WAIT_S)
