"""Where each partition ends: one ListOffsets request a leader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kafka.protocol.consumer import ListOffsetsRequest

from flowaudit.sources.kafka_admin.session import AdminSession

_LATEST: Final = -1
_ANY_REPLICA: Final = -1


def end_offsets(session: AdminSession, partitions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """End offset by (topic, partition). Partitions that cannot be asked (rights, no leader, gone) are left out."""
    found: dict[tuple[str, int], int] = {}
    for leader, led in leaders(session, partitions).items():
        answer = session.send(_request(led), leader)
        for topic in answer.topics:
            for partition in topic.partitions:
                if not partition.error_code:
                    found[str(topic.name), int(partition.partition_index)] = int(partition.offset)
    return found


def leaders(session: AdminSession, partitions: Iterable[tuple[str, int]]) -> dict[int, dict[str, list[int]]]:
    """Leading broker → topic → partitions, for those that have a leader and may be described."""
    wanted = set(partitions)
    found: dict[int, dict[str, list[int]]] = {}
    if not wanted:
        return found
    for topic in session.topics({topic for topic, _ in wanted}):
        name = str(topic["name"])
        for entry in topic["partitions"]:
            partition, leader = int(entry["partition_index"]), int(entry["leader_id"])
            if (name, partition) in wanted and leader >= 0:
                found.setdefault(leader, {}).setdefault(name, []).append(partition)
    return found


def _request(led: dict[str, list[int]]) -> object:
    topic, partition = ListOffsetsRequest.ListOffsetsTopic, ListOffsetsRequest.ListOffsetsTopic.ListOffsetsPartition
    topics = [
        topic(name=name, partitions=[partition(partition_index=index, timestamp=_LATEST) for index in indexes])
        for name, indexes in led.items()
    ]
    return ListOffsetsRequest(replica_id=_ANY_REPLICA, isolation_level=0, topics=topics, min_version=1)
