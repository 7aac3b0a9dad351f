"""The topics of the audit cluster: their names, what travels on them, and their making.

The audit cluster is the auditor's own. It is the only cluster that flowaudit ever writes to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import msgspec
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from flowaudit.errors import SourceUnreachable, UsageError
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin.options import admin_options

_WEEK_MS: Final = 7 * 86_400_000
_BROKERS_DEFAULT: Final = -1


@dataclass(frozen=True, slots=True)
class AuditLayout:
    """How the audit cluster's topics are laid out; the same for all workers of a deployment, and fixed."""

    slots: int = 16
    """Shares into which the audited partitions are divided: 4 to 8 for each worker expected."""
    facts_partitions: int = 8
    sighting_shards: int = 4
    window_ms: int = 300_000
    """The linkage window: sightings are kept no longer than this (plus what a segment takes to close)."""
    facts_retention_ms: int = _WEEK_MS
    prefix: str = "flowaudit"
    group: str = "flowaudit-tap"
    """The workers' consumer group, which shares out the slots."""

    @property
    def slots_topic(self) -> str:
        """Empty for ever: the group's assignment of its partitions is what matters."""
        return f"{self.prefix}.slots"

    @property
    def facts_topic(self) -> str:
        """Encoded facts, keyed by what they speak of, so that those of one partition stay in order."""
        return f"{self.prefix}.facts"

    @property
    def sightings_topic(self) -> str:
        """`SightingRun`s, a partition a shard of tokens."""
        return f"{self.prefix}.sightings"

    @property
    def progress_topic(self) -> str:
        """`Progress` records, compacted, a partition a slot."""
        return f"{self.prefix}.progress"

    def slot_of(self, topic: str, partition: int) -> int:
        """The slot in which a partition of the audited cluster is: a topic's partitions are in slots side by side.

        Faust deals slots out in turn, so that each worker gets its share of every topic, also of the one busy one.
        """
        return (crc32(topic.encode()) + partition) % self.slots


class Progress(msgspec.Struct, frozen=True, array_like=True):
    """All facts of a partition below `next_offset` are acknowledged by the audit cluster."""

    topic: str
    topic_id: str
    partition: int
    next_offset: int

    @property
    def key(self) -> bytes:
        """The record key under which compaction keeps the last one."""
        return f"{self.topic}/{self.topic_id}/{self.partition}".encode()


def create_audit_topics(connection: KafkaConnection, layout: AuditLayout) -> None:
    """Make the topics that are missing on the audit cluster. Harmless when they are all there.

    Raises:
        SourceUnreachable: the audit cluster does not answer, or does not let us.
        UsageError: a topic is there with another number of partitions than the layout's.
    """
    try:
        admin = KafkaAdminClient(**admin_options(connection, "audit-admin"))
    except (KafkaError, OSError, ValueError) as error:
        raise _unreachable(connection, error) from None
    try:
        for topic in _topics(layout):
            _create(admin, topic)
        _require_partitions(admin, layout)
    except (KafkaError, OSError) as error:
        raise _unreachable(connection, error) from None
    finally:
        admin.close()


def _topics(layout: AuditLayout) -> list[NewTopic]:
    sightings_segment_ms = max(layout.window_ms // 4, 10_000)
    return [
        _topic(layout.slots_topic, layout.slots, {}),
        _topic(layout.facts_topic, layout.facts_partitions, {"retention.ms": layout.facts_retention_ms}),
        _topic(
            layout.sightings_topic,
            layout.sighting_shards,
            {"retention.ms": layout.window_ms, "segment.ms": sightings_segment_ms},
        ),
        _topic(layout.progress_topic, layout.slots, {"cleanup.policy": "compact", "segment.ms": 600_000}),
    ]


def _topic(name: str, partitions: int, configs: Mapping[str, str | int]) -> NewTopic:
    texts = {key: str(value) for key, value in configs.items()}
    return NewTopic(name, partitions, _BROKERS_DEFAULT, topic_configs=texts)


def _create(admin: KafkaAdminClient, topic: NewTopic) -> None:
    try:
        admin.create_topics([topic])
    except TopicAlreadyExistsError:
        return


def _require_partitions(admin: KafkaAdminClient, layout: AuditLayout) -> None:
    wanted = {
        layout.slots_topic: layout.slots,
        layout.facts_topic: layout.facts_partitions,
        layout.sightings_topic: layout.sighting_shards,
        layout.progress_topic: layout.slots,
    }
    for described in admin.describe_topics(list(wanted)):
        name, partitions = str(described["name"]), len(described["partitions"])
        if not described["error_code"] and partitions != wanted[name]:
            msg = (
                f"topic {name!r} of the audit cluster has {partitions} partitions, "
                f"this deployment wants {wanted[name]}: use the number with which it was made, "
                "or delete the topic while no worker runs"
            )
            raise UsageError(msg)


def _unreachable(connection: KafkaConnection, error: Exception) -> SourceUnreachable:
    msg = (
        f"the audit cluster at {connection.bootstrap_servers!r} cannot be used ({type(error).__name__}): "
        "is it up, and may this principal create and write topics there?"
    )
    return SourceUnreachable(msg)
