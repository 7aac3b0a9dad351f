"""Whose producer id is it? From the certain to the less certain; what is more certain leaves no word to the rest.

Kafka does not say which program a producer id belongs to, but programs do, one way or another: they commit a group's
offsets in the same transaction, write the topics that only their own application writes, follow a naming convention,
or a broker's log has them by their client id. All of a transactional id's producer ids are one producer: the broker
fences off every other (KIP-98), and gives a new id when the epochs of the old one are used up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from flowaudit.facts import Channel, Outcome
from flowaudit.graph.connect_facts import ConnectFacts
from flowaudit.graph.draft import NodeName, group_node
from flowaudit.graph.evidence import Tier
from flowaudit.graph.producer_facts import ProducerFacts
from flowaudit.graph.program_names import ProgramNames
from flowaudit.graph.streams_facts import StreamsFacts
from flowaudit.graph.transaction_facts import TransactionFacts


class Join(StrEnum):
    """By what a producer id was joined to its owner, the most certain first."""

    TRANSACTION = "transactional offsets"
    INTERNAL_TOPIC = "internal topic"
    TRANSACTIONAL_ID = "transactional id"
    CLIENT_ID = "client id"
    INTERNAL_NAME = "name of an internal topic"

    @property
    def channel(self) -> Channel:
        """The evidence channel that the join rests on."""
        return _RESTS_ON[self][0]

    @property
    def tier(self) -> Tier:
        """What an edge that is drawn from the owner is worth."""
        return _RESTS_ON[self][1]


_RESTS_ON: Final = {
    Join.TRANSACTION: (Channel.TRANSACTION, Tier.PROVEN),
    Join.INTERNAL_TOPIC: (Channel.PRODUCER_ID, Tier.PROVEN),
    Join.TRANSACTIONAL_ID: (Channel.TRANSACTION, Tier.OBSERVED),
    Join.CLIENT_ID: (Channel.BROKER_LOG, Tier.OBSERVED),
    Join.INTERNAL_NAME: (Channel.PRODUCER_ID, Tier.OBSERVED),
}


class Binding(NamedTuple):
    """The owners of a producer id. A program that serves two groups is both, and which of them wrote is not known."""

    owners: tuple[NodeName, ...]
    join: Join


class Bindings(NamedTuple):
    """What is known of producer ids."""

    families: Mapping[int, frozenset[int]]
    """All producer ids of the same producer, by each of them."""
    names: Mapping[int, frozenset[str]]
    """Transactional ids."""
    owned: Mapping[int, Binding]
    """Only producer ids with an owner."""

    def family(self, producer_id: int) -> frozenset[int]:
        """The producer ids of the producer that has this one, itself among them."""
        return self.families.get(producer_id, frozenset({producer_id}))


def bind(
    producers: ProducerFacts,
    transactions: TransactionFacts,
    streams: StreamsFacts,
    programs: ProgramNames,
    connect: ConnectFacts,
) -> Bindings:
    """Find the owners of all producer ids that are known to write anything. Pure: same facts, same owners."""
    named = _united(transactions.ids(), programs.transactional_ids())
    families = _families(named)
    written = _topics_by_producer(producers, transactions)
    rungs = (
        (Join.TRANSACTION, _by_offsets(transactions)),
        (Join.INTERNAL_TOPIC, _uncontradicted(_by_internal_topics(written, streams, streams.is_certain), programs)),
        (Join.TRANSACTIONAL_ID, _by_transactional_id(named, programs, connect, streams.faust_apps())),
        (Join.CLIENT_ID, {producer_id: programs.of_client(producer_id) for producer_id in programs.clients()}),
        (Join.INTERNAL_NAME, _by_internal_topics(written, streams, lambda _: True)),
    )
    owned: dict[int, Binding] = {}
    for producer_id in written:
        family = families.get(producer_id, frozenset({producer_id}))
        for join, owners_of in rungs:
            owners = {owner for member in family for owner in owners_of.get(member, ())}
            if owners:
                owned[producer_id] = Binding(tuple(sorted(owners)), join)
                break
    return Bindings(families, named, owned)


def _by_offsets(transactions: TransactionFacts) -> dict[int, frozenset[NodeName]]:
    return {
        producer_id: frozenset(group_node(group) for group in groups)
        for producer_id, groups in transactions.groups().items()
    }


def _by_internal_topics(
    written: Mapping[int, set[str]], streams: StreamsFacts, counts: Callable[[str], bool]
) -> dict[int, frozenset[NodeName]]:
    """Aborted or not: only the application itself tries to write there.

    Who writes the machinery of two applications is neither: a mirror, a backup that is played back.
    """
    internal = {topic: streams.internal_topic(topic) for topic in set[str]().union(*written.values())}
    owners = {topic: of.owner for topic, of in internal.items() if of is not None}
    found: dict[int, frozenset[NodeName]] = {}
    for producer_id, topics in written.items():
        groups = {owners[topic] for topic in topics & owners.keys()}
        if len(groups) == 1 and any(counts(topic) for topic in topics & owners.keys()):
            found[producer_id] = frozenset(map(group_node, groups))
    return found


def _uncontradicted(owned: Mapping[int, frozenset[NodeName]], programs: ProgramNames) -> dict[int, frozenset[NodeName]]:
    """Without producer ids whose client, as a broker's log has it, is somebody else: anybody may name a topic so."""
    clients = {producer_id: programs.of_client(producer_id) for producer_id in programs.clients()}
    return {producer_id: owners for producer_id, owners in owned.items() if clients.get(producer_id, owners) == owners}


def _by_transactional_id(
    named: Mapping[int, frozenset[str]], programs: ProgramNames, connect: ConnectFacts, faust_apps: frozenset[str]
) -> dict[int, frozenset[NodeName]]:
    owners: dict[str, frozenset[NodeName]] = {}
    for name in frozenset[str]().union(*named.values()):
        connector = connect.producer_owner(name)
        owners[name] = frozenset({connector}) if connector else programs.of_transactional_id(name, faust_apps)
    return {
        producer_id: frozenset(owner for name in names for owner in owners[name])
        for producer_id, names in named.items()
    }


def _topics_by_producer(producers: ProducerFacts, transactions: TransactionFacts) -> dict[int, set[str]]:
    written: dict[int, set[str]] = {}
    for producer_id, topic in _all_writes(producers, transactions):
        written.setdefault(producer_id, set()).add(topic)
    return written


def _all_writes(producers: ProducerFacts, transactions: TransactionFacts) -> Iterator[tuple[int, str]]:
    yield from producers.written()
    yield from transactions.written(Outcome.COMMITTED)
    yield from transactions.written(Outcome.ABORTED)


def _families(named: Mapping[int, Iterable[str]]) -> dict[int, frozenset[int]]:
    members: dict[str, set[int]] = {}
    for producer_id, names in named.items():
        for name in names:
            members.setdefault(name, set()).add(producer_id)
    return {
        producer_id: frozenset({producer_id}.union(*(members[name] for name in names)))
        for producer_id, names in named.items()
    }


def _united(*some: Mapping[int, frozenset[str]]) -> dict[int, frozenset[str]]:
    producer_ids = frozenset().union(*some)
    return {producer_id: frozenset().union(*(one.get(producer_id, ()) for one in some)) for producer_id in producer_ids}
