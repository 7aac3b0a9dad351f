"""An estate of real clients, kept: what they wrote, what they carried, what the cluster told. To look at again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from kafka import KafkaConsumer, TopicPartition

from benchmarks.linkage.estate import EstateSpec, PlayedEstate, Written
from benchmarks.linkage.truth import judge
from benchmarks.linkage.version import VERSION
from flowaudit.facts import Fact

_POLL_MS: Final = 500


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


def written_to(bootstrap_servers: str, spec: EstateSpec) -> tuple[Written, ...]:
    """Everything that stands in the topics now, about in the order in which it came."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest", isolation_level="read_committed"
    )
    try:
        partitions = [TopicPartition(topic.name, n) for topic in spec.topics for n in range(topic.partitions)]
        consumer.assign(partitions)
        records = sorted(_until(consumer, consumer.end_offsets(partitions)), key=lambda record: record.arrived_ms)
    finally:
        consumer.close(autocommit=False)
    return tuple(records)


def _until(consumer: Any, ends: dict[TopicPartition, int]) -> Iterator[Written]:  # noqa: ANN401 - no types
    reached = dict.fromkeys(ends, 0)
    while any(consumer.position(partition) < end for partition, end in ends.items()):
        for partition, records in consumer.poll(timeout_ms=_POLL_MS).items():
            for record in records:
                # A partition's records came one after the other, whatever their clocks say.
                reached[partition] = max(reached[partition], record.timestamp)
                yield Written(
                    record.topic,
                    record.partition,
                    record.offset,
                    record.timestamp,
                    reached[partition],
                    record.key,
                    record.value,
                    tuple(record.headers),
                )


def keep(path: Path, estate: PlayedEstate) -> None:
    """Write it to a file, with everything from which another audit can be made without Kafka."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.msgpack.encode(estate))


def kept_in(path: Path) -> PlayedEstate:
    """The estate in a file."""
    return msgspec.msgpack.decode(path.read_bytes(), type=PlayedEstate)
