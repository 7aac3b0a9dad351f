"""What an outbox holds → the messages of the audit cluster. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from flowaudit.facts import Fact, FieldProfiled, NotVisible, RecordQuarantined, RunAudited, SightingRun, encode_fact
from flowaudit.sources.tap.audit_cluster import AuditLayout, Progress
from flowaudit.sources.tap.in_process import TapBatch
from flowaudit.sources.tap.plan import TapPartition
from flowaudit.sources.tap.sightings import sharded

_ENCODER = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class Message:
    """One record for a topic of the audit cluster."""

    topic: str
    key: bytes
    value: bytes = field(repr=False)
    partition: int | None = None
    """None: by key."""


def messages_of(batch: TapBatch, layout: AuditLayout) -> list[Message]:
    """Facts and sightings of a batch as messages."""
    facts = [Message(layout.facts_topic, fact_key(fact), encode_fact(fact)) for fact in batch.facts]
    return [*facts, *_sighting_messages(batch.sightings, layout)]


def _sighting_messages(runs: Iterable[SightingRun], layout: AuditLayout) -> Iterable[Message]:
    for run in runs:
        key = f"{run.topic}/{run.partition}".encode()
        for shard, part in enumerate(sharded(run, layout.sighting_shards)):
            yield Message(layout.sightings_topic, key, _ENCODER.encode(part), shard)


def progress_of(batch: TapBatch, layout: AuditLayout) -> list[Message]:
    """Progress to save once all messages of the batch are acknowledged."""
    reached = {
        (fact.topic, fact.topic_id, fact.partition): fact.high for fact in batch.facts if isinstance(fact, RunAudited)
    }
    return begun({TapPartition(*partition): offset for partition, offset in reached.items()}, layout)


def begun(positions: Mapping[TapPartition, int], layout: AuditLayout) -> list[Message]:
    """Progress that says where reading goes on in these partitions."""
    saved = [Progress(*partition, next_offset=offset) for partition, offset in positions.items()]
    return [
        Message(layout.progress_topic, each.key, _ENCODER.encode(each), layout.slot_of(each.topic, each.partition))
        for each in saved
    ]


def fact_key(fact: Fact) -> bytes:
    """Facts of one partition have one key, so that they stay in order."""
    if isinstance(fact, RunAudited | RecordQuarantined):
        return f"{fact.topic}/{fact.partition}".encode()
    if isinstance(fact, FieldProfiled):
        return fact.topic.encode()
    return fact.name.encode() if isinstance(fact, NotVisible) else b""
