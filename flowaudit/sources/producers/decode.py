"""DescribeProducers answers → facts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flowaudit.facts import Channel, NotVisible, Outcome, ProducerSeen, Provenance

_NOT_AUTHORIZED: Final = 29
_NO_COORDINATOR: Final = -1
"""`coordinator_epoch` of a producer that never wrote in a transaction on the partition."""


def decode_producers(topics: list[Mapping[str, Any]], now_ms: int) -> Iterator[ProducerSeen | NotVisible]:
    """Translate the topics of one answer; partitions that the broker refuses become one `NotVisible` a topic."""
    provenance = Provenance(Channel.PRODUCER_ID, now_ms, "DescribeProducers")
    for topic in topics:
        name = str(topic["name"])
        errors = {int(partition["error_code"]) for partition in topic["partitions"]}
        if _NOT_AUTHORIZED in errors:
            hides = "who writes the topic: DescribeProducers asks for READ"
            yield NotVisible(provenance, "topic", name, "no-read-right-for-producers", hides)
        for partition in topic["partitions"]:
            if not partition["error_code"]:
                yield from _partition(name, partition, provenance)


def _partition(topic: str, partition: Mapping[str, Any], provenance: Provenance) -> Iterator[ProducerSeen]:
    for producer in partition["active_producers"]:
        # The answer is the same for a writer whose transactions were committed and for one whose were all aborted.
        transactional = int(producer["coordinator_epoch"]) != _NO_COORDINATOR
        yield ProducerSeen(
            provenance=provenance,
            topic=topic,
            partition=int(partition["partition_index"]),
            producer_id=int(producer["producer_id"]),
            epoch=int(producer["producer_epoch"]),
            last_sequence=int(producer["last_sequence"]),
            last_timestamp_ms=int(producer["last_timestamp"]),
            transactional=transactional,
            outcome=Outcome.UNDECIDED if transactional else Outcome.WRITTEN,
        )
