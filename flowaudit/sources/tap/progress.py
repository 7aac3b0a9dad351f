"""Reading saved progress: where each partition of some slots goes on."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.tap.audit_cluster import AuditLayout, Progress
from flowaudit.sources.tap.kafka_client import client_options, forbid_topic_creation
from flowaudit.sources.tap.plan import TapPartition

_DECODER = msgspec.msgpack.Decoder(Progress)


async def saved_positions(
    audit_cluster: KafkaConnection, layout: AuditLayout, slots: Iterable[int]
) -> dict[TapPartition, int]:
    """Next offset by partition of the audited cluster, from the progress of these slots; the furthest counts.

    Raises:
        KafkaError: the audit cluster does not answer.
    """
    partitions = [TopicPartition(layout.progress_topic, slot) for slot in sorted(set(slots))]
    if not partitions:
        return {}
    forbid_topic_creation()
    consumer = AIOKafkaConsumer(
        **client_options(audit_cluster),
        client_id=f"{audit_cluster.client_id}-progress",
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        positions: dict[TapPartition, int] = {}
        while any([await consumer.position(each) < ends[each] for each in partitions]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                furthest(positions, [record.value for record in records])
        return positions
    finally:
        await consumer.stop()


def furthest(positions: dict[TapPartition, int], values: Iterable[bytes | None]) -> None:
    """Note encoded progress in `positions`. A worker that lost a slot may write late, so the furthest offset counts."""
    for value in values:
        if value is None:
            continue
        try:
            progress = _DECODER.decode(value)
        except msgspec.MsgspecError:
            # Of another version, or not ours: without it a partition is read again from earlier, and trimmed.
            continue
        partition = TapPartition(progress.topic, progress.topic_id, progress.partition)
        positions[partition] = max(progress.next_offset, positions.get(partition, 0))
