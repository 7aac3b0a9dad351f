"""The feed: what the workers shipped to the audit cluster, brought to the one process that keeps the ledger."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from flowaudit.errors import UsageError
from flowaudit.facts import Fact, FactUndecodable, SightingRun, decode_fact
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.tap.audit_cluster import AuditLayout, create_audit_topics
from flowaudit.sources.tap.kafka_client import client_options, forbid_topic_creation
from flowaudit.sources.tap.loop_thread import LoopThread
from flowaudit.sources.tap.quiet import quiet_libraries

_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)
_POLL_MS: Final = 200
_AGAIN_S: Final = 1.0
_MAX_RECORDS: Final = 2_000
_SIGHTINGS = msgspec.msgpack.Decoder(SightingRun)


class FactsDeleted(UsageError):
    """The audit cluster no longer has facts that the ledger still needs."""


@dataclass(frozen=True, slots=True)
class FeedBatch:
    """What the feed hands over in one go."""

    facts: tuple[Fact, ...]
    sightings: tuple[SightingRun, ...]
    positions: Mapping[tuple[str, int], int]
    """(topic of the audit cluster, partition) → next offset; to be stored together with the facts."""
    undecodable: int = 0
    """Records that are no fact and no sightings of this version; they are passed over."""


FeedSink = Callable[[FeedBatch], None]
"""Takes a batch; one at a time, from a thread of the feed. It may block: reading waits meanwhile."""


class AuditClusterFeed:
    """Consumes facts and sightings from the audit cluster by `assign()`, without a group.

    Positions are the caller's: `position_of` says where to go on in a partition, None at its beginning. Delivery is
    at least once; facts of one audited partition come in order. An audit cluster that goes away is waited for.
    """

    name = "feed"

    def __init__(
        self,
        audit_cluster: KafkaConnection,
        layout: AuditLayout,
        position_of: Callable[[str, int], int | None],
    ) -> None:
        self._audit_cluster = audit_cluster
        self._layout = layout
        self._position_of = position_of
        self._positions: dict[tuple[str, int], int] = {}
        self._sink: FeedSink = _nobody
        self._thread = LoopThread("flowaudit-feed", self._run)

    def start(self, sink: FeedSink) -> None:
        """Make the audit cluster's topics when they are missing, then begin to deliver.

        Raises:
            SourceUnreachable, UsageError: as `create_audit_topics` says.
        """
        create_audit_topics(self._audit_cluster, self._layout)
        self._sink = sink
        self._thread.start()

    @property
    def has_failed(self) -> bool:
        """Did something end it before its time? `stop` raises it."""
        return self._thread.has_failed

    def stop(self) -> None:
        """End it; nothing is delivered after that."""
        self._thread.stop()

    async def _run(self) -> None:
        quiet_libraries()
        forbid_topic_creation()
        while True:
            consumer = AIOKafkaConsumer(
                **client_options(self._audit_cluster),
                client_id=f"{self._audit_cluster.client_id}-feed",
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="none",
                fetch_max_wait_ms=_POLL_MS,
            )
            try:
                await consumer.start()
                self._assign(consumer)
                await self._consume(consumer)
            except (KafkaError, OSError) as error:
                _LOG.info("feed: %s; connecting again", type(error).__name__)
            finally:
                await consumer.stop()
            await asyncio.sleep(_AGAIN_S)

    def _assign(self, consumer: Any) -> None:  # noqa: ANN401 (the library ships no types)
        partitions = [
            *(TopicPartition(self._layout.facts_topic, each) for each in range(self._layout.facts_partitions)),
            *(TopicPartition(self._layout.sightings_topic, each) for each in range(self._layout.sighting_shards)),
        ]
        consumer.assign(partitions)
        for each in partitions:
            consumer.seek(each, self._position(each))

    def _position(self, partition: TopicPartition) -> int:
        known = self._positions.get((partition.topic, partition.partition))
        return (self._position_of(partition.topic, partition.partition) if known is None else known) or 0

    async def _consume(self, consumer: Any) -> None:  # noqa: ANN401
        while True:
            try:
                fetched = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_MAX_RECORDS)
            except OffsetOutOfRangeError as error:
                out_of_range = list(error.args[0])
                self._require_facts(out_of_range)
                await consumer.seek_to_beginning(*out_of_range)
                continue
            if fetched:
                batch = self._batch(fetched)
                await asyncio.to_thread(self._sink, batch)
                self._positions.update(batch.positions)

    def _require_facts(self, out_of_range: Iterable[TopicPartition]) -> None:
        """Sightings are kept for one window only, and may be gone. Facts may not: the account would have a hole."""
        facts_topic = self._layout.facts_topic
        if any(each.topic == facts_topic and self._position(each) > 0 for each in out_of_range):
            msg = (
                f"facts of the workers were deleted from topic {facts_topic!r} before this run had read them (it was "
                "away for longer than the topic's retention, or the topic was made anew), so its account of offsets "
                "cannot go on; start with another state directory: it begins with the facts that are there"
            )
            raise FactsDeleted(msg)

    def _batch(self, fetched: Mapping[TopicPartition, list[Any]]) -> FeedBatch:
        records = [(each.topic, record) for each, records in fetched.items() for record in records]
        facts, bad_facts = _decoded(
            (record.value for topic, record in records if topic == self._layout.facts_topic), decode_fact
        )
        sightings, bad_sightings = _decoded(
            (record.value for topic, record in records if topic == self._layout.sightings_topic), _SIGHTINGS.decode
        )
        positions = {(each.topic, each.partition): found[-1].offset + 1 for each, found in fetched.items() if found}
        return FeedBatch(tuple(facts), tuple(sightings), positions, bad_facts + bad_sightings)


def _decoded(values: Iterable[bytes | None], decode: Callable[[bytes], _T]) -> tuple[list[_T], int]:
    decoded: list[_T] = []
    undecodable = 0
    for value in values:
        try:
            decoded.append(decode(value or b""))
        except (FactUndecodable, msgspec.MsgspecError):
            undecodable += 1
    return decoded, undecodable


def _nobody(_batch: FeedBatch) -> None:
    """The sink before there is one."""
