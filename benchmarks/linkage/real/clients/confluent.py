"""confluent-kafka (librdkafka): groups and readers without one, plain, idempotent and transactional producers."""

from __future__ import annotations

import itertools
import time
from typing import Any, Final

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from typing_extensions import override

from benchmarks.linkage.encode import Encoded
from benchmarks.linkage.real.app import Parcel
from benchmarks.linkage.real.clients.running import COMMIT_EVERY_S, FLUSH_S, TRANSACTION_S, Running, now_ms
from flowaudit.estates.outbox import Position

_BATCH_RECORDS: Final = 1_000


def run(running: Running) -> None:
    """Work until told to stop."""
    session = _TransactionalSession(running) if running.app.spec.transactional else _Session(running)
    try:
        session.connect()
        while not running.stopping.is_set():
            session.turn()
    finally:
        session.close()


class _Session:
    def __init__(self, running: Running) -> None:
        self._running = running
        self._app = running.app
        self._base = {
            "bootstrap.servers": running.bootstrap_servers,
            "client.id": running.app.spec.client_id,
            "log_level": 0,
        }
        self._producers: list[Any] = [Producer(self._producer_settings()) for _ in range(running.producers)]
        self._turns = itertools.cycle(self._producers)
        self._consumer: Any = Consumer(self._consumer_settings()) if self._app.spec.reads else None
        self._committed_s = time.monotonic()

    def _producer_settings(self) -> dict[str, Any]:
        running = self._running
        return {
            **self._base,
            "linger.ms": running.app.linger_ms,
            "compression.type": running.codec,
            "enable.idempotence": running.is_idempotent,
        }

    def _consumer_settings(self) -> dict[str, Any]:
        # librdkafka wants the name of a group even of a reader that never joins it.
        return {
            **self._base,
            "group.id": self._app.spec.group or "unused",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
        }

    def connect(self) -> None:
        """Join the group or take the partitions, and say so."""
        if self._consumer is None:
            self._producers[0].list_topics(timeout=FLUSH_S)
            self._running.ready.set()
        elif self._running.has_group:
            self._consumer.subscribe(list(self._app.spec.reads), on_assign=lambda *_: self._running.ready.set())
        else:
            self._consumer.assign([TopicPartition(*each, OFFSET_BEGINNING) for each in self._app.partitions()])
            self._running.ready.set()

    def turn(self) -> None:
        """Read what is there, write what is due, commit from time to time."""
        if self._consumer is not None and self._running.reads_now():
            for message in self._consumer.consume(_BATCH_RECORDS, 0):
                self._take(message)
        if self._running.begun.is_set():
            self._write(self._app.due(now_ms()))
        if time.monotonic() - self._committed_s >= COMMIT_EVERY_S:
            self._commit()
        self._running.stopping.wait(self._running.wait_s())

    def close(self) -> None:
        """Write and commit what can be, leave the group."""
        self._commit()
        self._flush()
        if self._consumer is not None:
            self._consumer.close()

    def _take(self, message: Any) -> None:  # noqa: ANN401 - the library has no types that hold
        if message.error() is not None:
            return
        position = Position(message.topic(), message.partition(), message.offset())
        self._running.accept(position, Encoded(message.key(), message.value() or b"", tuple(message.headers() or ())))

    def _write(self, parcels: list[Parcel]) -> None:
        for parcel in parcels:
            next(self._turns).produce(
                parcel.topic,
                key=parcel.record.key,
                value=parcel.record.value,
                headers=list(parcel.record.headers),
                timestamp=parcel.timestamp_ms or 0,
            )
        for producer in self._producers:
            producer.poll(0)

    def _commit(self) -> None:
        self._committed_s = time.monotonic()
        offsets = self._offsets()
        if not self._running.has_group or not offsets:
            return
        if self._flush() == 0:
            self._consumer.commit(offsets=offsets, asynchronous=False)

    def _flush(self) -> int:
        """How many records could not be written yet."""
        return sum(producer.flush(FLUSH_S) for producer in self._producers)

    def _offsets(self) -> list[TopicPartition]:
        return [TopicPartition(topic, part, offset) for (topic, part), offset in self._app.committable().items()]


class _TransactionalSession(_Session):
    """Records and offsets in one transaction."""

    def __init__(self, running: Running) -> None:
        super().__init__(running)
        self._begun_s: float | None = None
        (self._producer,) = self._producers
        self._producer.init_transactions(FLUSH_S)

    @override
    def _producer_settings(self) -> dict[str, Any]:
        return {**super()._producer_settings(), "transactional.id": f"{self._app.spec.name}-tx"}

    @override
    def _write(self, parcels: list[Parcel]) -> None:
        if parcels and self._begun_s is None:
            self._producer.begin_transaction()
            self._begun_s = time.monotonic()
        super()._write(parcels)
        if self._begun_s is not None and time.monotonic() - self._begun_s >= TRANSACTION_S:
            self._commit()

    @override
    def _commit(self) -> None:
        self._committed_s = time.monotonic()
        if self._begun_s is None:
            return
        offsets = self._offsets()
        if self._running.has_group and offsets:
            group = self._consumer.consumer_group_metadata()
            self._producer.send_offsets_to_transaction(offsets, group, FLUSH_S)
        self._producer.commit_transaction(FLUSH_S)
        self._begun_s = None
