"""Writers: which producer id has state on which topic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flowaudit.facts import Channel, Fact, ProducerSeen, Provenance
from flowaudit.graph.draft import EdgeDraft, NodeDraft, NodeName, observed, topic_node
from flowaudit.graph.evidence import EdgeKind
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.seen import Seen, detail, exact


class _Writer(NamedTuple):
    seen: Seen
    latest: tuple[int, int]
    """(epoch, last sequence): grows as the producer writes."""
    last_write_ms: int
    transactional: bool


class ProducerFacts:
    """Merges `ProducerSeen`; any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._writers: dict[tuple[int, str, Channel, int], _Writer] = {}

    def copy(self) -> ProducerFacts:
        """An accumulator that can go its own way."""
        twin = ProducerFacts()
        twin._writers = self._writers.copy()
        return twin

    def add(self, fact: ProducerSeen) -> None:
        """Take in one producer id on one partition."""
        at = fact.provenance.observed_ms
        writer = _Writer(
            Seen(at, at, fact.provenance.reference),
            (fact.epoch, fact.last_sequence),
            fact.last_timestamp_ms,
            fact.transactional,
        )
        key = (fact.producer_id, fact.topic, fact.provenance.channel, fact.partition)
        if (known := self._writers.get(key)) is not None:
            writer = _merge(known, writer)
        self._writers[key] = writer

    def nodes(self) -> Iterator[NodeDraft]:
        """A node a producer id."""
        transactional: dict[int, bool] = {}
        for (producer_id, *_), writer in self._writers.items():
            transactional[producer_id] = transactional.get(producer_id, False) or writer.transactional
        for producer_id, flag in transactional.items():
            yield NodeDraft(NodeName(NodeKind.PRODUCER, str(producer_id)), detail(transactional=int(flag)))

    def topics_by_producer(self) -> dict[str, set[str]]:
        """Which topics each producer id writes."""
        topics: dict[str, set[str]] = {}
        for producer_id, topic, *_ in self._writers:
            topics.setdefault(str(producer_id), set()).add(topic)
        return topics

    def edges(self) -> Iterator[EdgeDraft]:
        """`produces` edges. Their records are what the sequence numbers prove at least: those restart now and then."""
        writers: dict[tuple[int, str, Channel], list[_Writer]] = {}
        for (producer_id, topic, channel, _), writer in self._writers.items():
            writers.setdefault((producer_id, topic, channel), []).append(writer)
        for (producer_id, topic, channel), partitions in writers.items():
            writer = partitions[0]
            for other in partitions[1:]:
                writer = _merge(writer, other)
            records = exact(sum(max(partition.latest[1] + 1, 0) for partition in partitions))
            known = detail(
                last_write_ms=writer.last_write_ms,
                partitions=len(partitions),
                transactional=int(writer.transactional),
            )
            evidence = observed(channel, writer.seen, known)
            source = NodeName(NodeKind.PRODUCER, str(producer_id))
            yield EdgeDraft(source, topic_node(topic), EdgeKind.PRODUCES, evidence, records)

    def linkage_inputs(self) -> Iterator[Fact]:
        """Who writes what, and nothing that changes from poll to poll."""
        undated = Provenance(Channel.PRODUCER_ID, 0, "")
        for producer_id, topic in sorted({key[:2] for key in self._writers}):
            yield ProducerSeen(
                undated, topic, partition=0, producer_id=producer_id, epoch=0, last_sequence=0, last_timestamp_ms=0
            )


def _merge(one: _Writer, other: _Writer) -> _Writer:
    return _Writer(
        one.seen.merge(other.seen),
        max(one.latest, other.latest),
        max(one.last_write_ms, other.last_write_ms),
        one.transactional or other.transactional,
    )
