"""confluent-kafka (librdkafka): idempotent producer, consumer with automatic or manual commits, transactions."""

from __future__ import annotations

import time
from typing import Any, Final

from confluent_kafka import Consumer, Producer, TopicPartition
from typing_extensions import override

from flowaudit.estates.outbox import Position
from flowaudit.estates.program import Outgoing
from flowaudit.estates.pump import Pump

COMMIT_EVERY_S: Final = 1.0
FLUSH_S: Final = 10.0
CLOSE_S: Final = 2.0
LINGER_MS: Final = 50
BATCH_RECORDS: Final = 500


def run(pump: Pump) -> None:
    """Work until told to stop; commits what is safe on the way out."""
    session = _TransactionalSession(pump) if pump.part.commit == "transactional" else _Session(pump)
    try:
        while not pump.link.stopping.is_set():
            session.turn()
    finally:
        session.close()


class _Session:
    def __init__(self, pump: Pump) -> None:
        self._pump = pump
        part, servers = pump.part, pump.link.order.bootstrap_servers
        base = {"bootstrap.servers": servers, "client.id": part.process, "log_level": 0}
        self._producer = Producer({**base, **self._producer_settings()}) if part.produced else None
        self._consumer = self._subscribe(base) if part.group else None
        self._committed_s = time.monotonic()
        if self._consumer is None and self._producer is not None:
            self._producer.list_topics(timeout=FLUSH_S)
            pump.ready()

    def _producer_settings(self) -> dict[str, Any]:
        return {"enable.idempotence": True, "linger.ms": LINGER_MS}

    def _subscribe(self, base: dict[str, Any]) -> Any:  # noqa: ANN401 - the library has no types that hold
        part = self._pump.part
        consumer = Consumer(
            {
                **base,
                "group.id": part.group,
                "enable.auto.commit": part.commit == "auto",
                "auto.commit.interval.ms": 1000,
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
                "session.timeout.ms": 10_000,
                "fetch.wait.max.ms": 500,
            }
        )
        consumer.subscribe(list(part.consumed), on_assign=lambda *_: self._pump.ready())
        return consumer

    def turn(self) -> None:
        """Read what is there, write what is due, commit from time to time."""
        self._read()
        self._write(self._pump.due())
        if time.monotonic() - self._committed_s >= COMMIT_EVERY_S:
            self._commit()

    def close(self) -> None:
        """Write and commit what can be, leave the group."""
        self._commit()
        if self._producer is not None:
            self._producer.flush(CLOSE_S)
        if self._consumer is not None:
            self._consumer.close()

    def _read(self) -> None:
        wait_s = self._pump.wait_s()
        if self._consumer is None:
            self._pump.link.stopping.wait(wait_s)
            return
        # One record ends the wait; whatever else has arrived comes with it.
        first = self._consumer.poll(wait_s)
        messages = [] if first is None else [first, *self._consumer.consume(BATCH_RECORDS, 0)]
        for message in messages:
            if message.error() is None:
                position = Position(message.topic(), message.partition(), message.offset())
                self._pump.accept(position, message.value())

    def _write(self, records: list[Outgoing]) -> None:
        if self._producer is None:
            return
        for record in records:
            self._producer.produce(record.topic, key=record.key.encode(), value=record.value)
        self._producer.poll(0)

    def _commit(self) -> None:
        self._committed_s = time.monotonic()
        offsets = self._offsets()
        if self._pump.part.commit != "manual":
            return
        acknowledged = self._producer is None or self._producer.flush(FLUSH_S) == 0
        if acknowledged and offsets and self._consumer is not None:
            self._consumer.commit(offsets=offsets, asynchronous=False)

    def _offsets(self) -> list[TopicPartition]:
        return [TopicPartition(topic, part, offset) for (topic, part), offset in self._pump.committable().items()]


class _TransactionalSession(_Session):
    """Records and offsets in one transaction; every so often one is aborted and its records are written again."""

    def __init__(self, pump: Pump) -> None:
        super().__init__(pump)
        numbers = pump.link.order.parameters.citizen_score
        self._lasts_s, self._abort_every = numbers.transaction_ms / 1000, numbers.abort_every
        self._written: list[Outgoing] = []
        self._begun_s: float | None = None
        self._transactions = 0
        self._client.init_transactions(FLUSH_S)

    @property
    def _client(self) -> Any:  # noqa: ANN401 - the library has no types that hold
        return self._producer

    @override
    def _producer_settings(self) -> dict[str, Any]:
        return {
            "transactional.id": f"{self._pump.part.process}-1",
            "linger.ms": LINGER_MS,
            "transaction.timeout.ms": 15_000,
        }

    @override
    def _write(self, records: list[Outgoing]) -> None:
        if records and self._begun_s is None:
            self._client.begin_transaction()
            self._begun_s = time.monotonic()
        self._written.extend(records)
        super()._write(records)
        if self._begun_s is not None and time.monotonic() - self._begun_s >= self._lasts_s:
            self._commit()

    @override
    def _commit(self) -> None:
        self._committed_s = time.monotonic()
        if self._begun_s is None or self._consumer is None:
            return
        self._transactions += 1
        if self._abort_every and self._transactions % self._abort_every == 0:
            self._client.abort_transaction(FLUSH_S)
            self._client.begin_transaction()
            super()._write(self._written)
        group = self._consumer.consumer_group_metadata()
        self._client.send_offsets_to_transaction(self._offsets(), group, FLUSH_S)
        self._client.commit_transaction(FLUSH_S)
        self._written.clear()
        self._begun_s = None
