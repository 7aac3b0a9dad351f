"""The topics of an estate on a cluster."""

from __future__ import annotations

from typing import Final

from confluent_kafka.admin import AdminClient, NewTopic

from benchmarks.linkage.estate import EstateSpec

_CREATE_S: Final = 30.0
_TIME_OF: Final = {"create": "CreateTime", "append": "LogAppendTime"}


def create_topics(bootstrap_servers: str, spec: EstateSpec) -> None:
    """Create all of them, each with its partitions and its clock."""
    admin = AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 0})
    wanted = [
        NewTopic(
            topic.name,
            num_partitions=topic.partitions,
            replication_factor=1,
            config={"message.timestamp.type": _TIME_OF[topic.clock]},
        )
        for topic in spec.topics
    ]
    for created in admin.create_topics(wanted, operation_timeout=_CREATE_S).values():
        created.result()
