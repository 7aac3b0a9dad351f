"""An estate of real clients, kept: what they wrote, what they carried, what the cluster told. To look at again."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import msgspec
from kafka import KafkaConsumer, TopicPartition

from benchmarks.linkage.estate import EstateSpec, PlayedEstate, Written
from benchmarks.linkage.real.clients.running import now_ms
from benchmarks.linkage.truth import judge
from benchmarks.linkage.version import VERSION
from flowaudit.facts import Fact

_POLL_MS: Final = 100


def recorded(
    seed: int,
    spec: EstateSpec,
    log: tuple[Written, ...],
    carried: Mapping[tuple[str, str], int],
    metadata: tuple[Fact, ...],
) -> PlayedEstate:
    """The estate as if it had been played, given how many records each flow carried and what the cluster told."""
    judged = judge(spec, carried, f"linkage-v{VERSION}-real-{seed}")
    return PlayedEstate(
        seed=seed,
        version=VERSION,
        spec=spec,
        log=log,
        truth=judged.truth,
        cases=judged.cases,
        decoys=judged.decoys,
        not_exercised=judged.not_exercised,
        metadata_facts=metadata,
    )


class Recorder:
    """Reads every topic of an estate while it lives, without a group; use it as a context."""

    def __init__(self, bootstrap_servers: str, spec: EstateSpec) -> None:
        self._partitions = [
            TopicPartition(topic.name, number) for topic in spec.topics for number in range(topic.partitions)
        ]
        self._consumer = KafkaConsumer(
            bootstrap_servers=bootstrap_servers,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            fetch_max_wait_ms=50,
        )
        self._consumer.assign(self._partitions)
        self._stopping = threading.Event()
        self._log: list[Written] = []
        self._thread = threading.Thread(target=self._read, name="recorder", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.finish()

    def finish(self) -> tuple[Written, ...]:
        """Everything that was written until now, in the order in which it came."""
        self._stopping.set()
        self._thread.join()
        return tuple(self._log)

    def _read(self) -> None:
        try:
            while not self._stopping.is_set() or self._is_behind():
                self._take(self._consumer.poll(timeout_ms=_POLL_MS))
        finally:
            self._consumer.close(autocommit=False)

    def _is_behind(self) -> bool:
        ends = self._consumer.end_offsets(self._partitions)
        return any(self._consumer.position(partition) < end for partition, end in ends.items())

    def _take(self, runs: Mapping[TopicPartition, Sequence[Any]]) -> None:
        arrived_ms = now_ms()
        self._log += [
            Written(
                record.topic,
                record.partition,
                record.offset,
                record.timestamp,
                arrived_ms,
                record.key,
                record.value,
                tuple(record.headers),
            )
            for records in runs.values()
            for record in records
        ]


def keep(path: Path, estate: PlayedEstate) -> None:
    """Write it to a file, with everything from which another audit can be made without Kafka."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.msgpack.encode(estate))


def kept_in(path: Path) -> PlayedEstate:
    """The estate in a file."""
    return msgspec.msgpack.decode(path.read_bytes(), type=PlayedEstate)
