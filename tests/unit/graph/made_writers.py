"""Builders of facts about writers, and the graph's accumulators of them folded together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from flowaudit.facts import (
    Channel,
    ConnectorSeen,
    Direction,
    Fact,
    GroupSeen,
    NotVisible,
    Outcome,
    ProducerNamed,
    ProducerSeen,
    Provenance,
    StreamsTopologySeen,
    TransactionalCommit,
    TransactionalIdSeen,
    TransactionEnded,
)
from flowaudit.graph.bindings import bind
from flowaudit.graph.connect_facts import ConnectFacts
from flowaudit.graph.draft import EdgeDraft
from flowaudit.graph.producer_facts import ProducerFacts
from flowaudit.graph.program_names import ProgramNames
from flowaudit.graph.streams_facts import StreamsFacts
from flowaudit.graph.transaction_facts import TransactionFacts
from flowaudit.graph.writers import Writers


class Drawn(NamedTuple):
    """An edge as a test names it."""

    source: str
    target: str
    kind: str
    tier: str
    channel: str


class Folded:
    """All accumulators of writers, each given the facts that it takes."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.producers, self.transactions = ProducerFacts(), TransactionFacts()
        self.streams, self.programs, self.connect = StreamsFacts(), ProgramNames(), ConnectFacts()
        self.take_all(facts)

    def take_all(self, facts: Iterable[Fact]) -> None:
        takers: dict[type[Any], tuple[Callable[[Any], None], ...]] = {
            ProducerSeen: (self.producers.add,),
            NotVisible: (self.producers.add_hidden,),
            TransactionalIdSeen: (self.transactions.add_id,),
            TransactionEnded: (self.transactions.add_ended,),
            TransactionalCommit: (self.transactions.add_commit,),
            StreamsTopologySeen: (self.streams.add_topology,),
            GroupSeen: (self.streams.add_group, self.programs.add_group),
            ConnectorSeen: (self.connect.add, self.programs.add_connector),
            ProducerNamed: (self.programs.add_producer,),
        }
        for fact in facts:
            for take in takers[type(fact)]:
                take(fact)

    @property
    def writers(self) -> Writers:
        bindings = bind(self.producers, self.transactions, self.streams, self.programs, self.connect)
        return Writers(self.producers, self.transactions, bindings)

    def drafts(self, topics: Iterable[str] = (), with_records: Iterable[str] = ()) -> list[EdgeDraft]:
        names, records = set(topics), set(with_records)
        return [*self.writers.edges(), *self.transactions.edges(), *self.streams.edges(names, records)]

    def drawn(self, topics: Iterable[str] = (), with_records: Iterable[str] = ()) -> set[Drawn]:
        return {_drawn(draft) for draft in self.drafts(topics, with_records)}


def _drawn(draft: EdgeDraft) -> Drawn:
    source, target = (f"{node.kind}:{node.name}" for node in (draft.source, draft.target))
    return Drawn(source, target, draft.kind.value, draft.evidence.tier.value, draft.evidence.channel.value)


def at(channel: Channel, ms: int = 1_000) -> Provenance:
    return Provenance(channel, ms, "made for a test")


def seen(
    producer_id: int, topic: str, outcome: Outcome = Outcome.WRITTEN, *, ms: int = 1_000, partition: int = 0
) -> Fact:
    return ProducerSeen(
        provenance=at(Channel.PRODUCER_ID, ms),
        topic=topic,
        partition=partition,
        producer_id=producer_id,
        epoch=0,
        last_sequence=9,
        last_timestamp_ms=ms,
        transactional=outcome is not Outcome.WRITTEN,
        outcome=outcome,
    )


def ended(transactional_id: str, producer_id: int, outcome: Outcome, *topics: str, ms: int = 1_000) -> Fact:
    return TransactionEnded(at(Channel.TRANSACTION, ms), transactional_id, producer_id, outcome, topics)


def named(transactional_id: str, producer_id: int) -> Fact:
    return TransactionalIdSeen(at(Channel.TRANSACTION), transactional_id, producer_id)


def carried(producer_id: int, group: str, topic: str, outcome: Outcome = Outcome.COMMITTED) -> Fact:
    return TransactionalCommit(at(Channel.OFFSETS_LOG), producer_id, group, topic, 0, 8_363, outcome)


def group(
    name: str, *topics: str, protocol: str = "range", kind: str = "classic", clients: tuple[str, ...] = ()
) -> Fact:
    return GroupSeen(
        at(Channel.GROUP_MEMBERSHIP), name, kind, "consumer", "Stable", 1, topics, topics, clients, protocol
    )


def client(producer_id: int, client_id: str) -> Fact:
    return ProducerNamed(at(Channel.BROKER_LOG), producer_id, client_id)


def connector(name: str, workers: str) -> Fact:
    return ConnectorSeen(at(Channel.CONNECT), name, workers, Direction.SOURCE, "a.Class", "RUNNING", 1)


STITCHER: Final = "trip-stitcher-5a1e0b0c-8c5d-4a3e-9f6e-0123456789ab-1"
TRANSIT: Final = (
    group("fare-engine", "tap.events"),
    group("trip-stitcher", "tap.events", "trip-stitcher-by-card-repartition", protocol="stream"),
    group("crowding-board", "tap.events", "crowding-board-per-station-repartition", protocol="stream"),
    connector("holiday-feed", "transit-connect"),
    named("fare-engine-tx-0", 3),
    carried(3, "fare-engine", "tap.events"),
    carried(3, "fare-engine", "tap.events", Outcome.ABORTED),
    ended("fare-engine-tx-0", 3, Outcome.COMMITTED, "fares.charged"),
    ended("fare-engine-tx-0", 3, Outcome.ABORTED, "fares.rehearsal"),
    seen(3, "fares.charged", Outcome.UNDECIDED),
    seen(3, "fares.rehearsal", Outcome.UNDECIDED),
    seen(3, "fares.rehearsal", Outcome.ABORTED),
    seen(8, "fares.charged", Outcome.UNDECIDED, ms=9_000),
    ended("fare-engine-tx-0", 8, Outcome.COMMITTED, "fares.charged", ms=9_000),
    carried(5, "trip-stitcher", "tap.events"),
    carried(5, "trip-stitcher", "trip-stitcher-by-card-repartition"),
    named(STITCHER, 5),
    seen(5, "trip.legs", Outcome.COMMITTED),
    seen(5, "trip-stitcher-by-card-repartition", Outcome.COMMITTED),
    ended("transit-connect-holiday-feed-0", 7, Outcome.COMMITTED, "calendar.days"),
    seen(4, "crowding-board-per-station-changelog"),
    seen(4, "crowding-board-per-station-repartition"),
    seen(4, "station.load"),
    seen(11, "turnstile.alarms"),
)
"""The estate of the reference examples: a hand-written loop, two Streams applications, a connector, a plain writer."""
