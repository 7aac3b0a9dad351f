"""Who writes which topic: producer ids, drawn as their owners where they have any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from flowaudit.facts import Channel, Outcome
from flowaudit.graph.bindings import Bindings, Join
from flowaudit.graph.draft import EdgeDraft, NodeDraft, NodeName, evidence_of, topic_node
from flowaudit.graph.evidence import Detail, EdgeKind, Tier
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.producer_facts import ProducerFacts, Writes
from flowaudit.graph.seen import Seen, detail, exact
from flowaudit.graph.transaction_facts import TransactionFacts, numbered

_MOST_NAMES: Final = 3


class _Line(NamedTuple):
    """All that is drawn as one piece of evidence."""

    source: NodeName
    topic: str
    channel: Channel
    tier: Tier
    join: Join | None


class _Piece(NamedTuple):
    """What one producer id adds to a line."""

    producer_id: int
    seen: Seen
    writes: Writes | None


class Writers:
    """The `produces` edges of producer ids, as a function of what is known of them.

    What was written in transactions counts only where one was committed: a producer all of whose transactions on a
    topic were aborted, or are not known to have ended, makes no edge.
    """

    def __init__(self, producers: ProducerFacts, transactions: TransactionFacts, bindings: Bindings) -> None:
        self._bindings = bindings
        self._writes = producers.writes()
        self._committed = transactions.written(Outcome.COMMITTED)
        self._aborted = transactions.written(Outcome.ABORTED).keys() | {
            key for key, writes in self._writes.items() if Outcome.ABORTED in writes.outcomes
        }
        self._transactional = {producer_id for (producer_id, _), writes in self._writes.items() if writes.transactional}
        self._stands = self._standing()

    def owners(self) -> dict[NodeName, tuple[NodeName, ...]]:
        """Which producer nodes are drawn as which others, for drafts that others make of them."""
        seen = {producer_id for producer_id, _ in (*self._writes, *self._committed, *self._aborted)}
        return {
            producer_node(producer_id): sources
            for producer_id in seen
            if (sources := self._sources(producer_id)) != (producer_node(producer_id),)
        }

    def nodes(self) -> Iterator[NodeDraft]:
        """A node a producer without an owner."""
        for producer_id in {self._head(pid) for pid, _ in self._writes if pid not in self._bindings.owned}:
            family = self._bindings.family(producer_id)
            known: dict[str, str | int] = {"transactional": int(not family.isdisjoint(self._transactional))}
            if names := self._names(family):
                known["transactional_id"] = names
            yield NodeDraft(producer_node(producer_id), detail(**known))

    def edges(self) -> Iterator[EdgeDraft]:
        """`produces` edges, one draft a source, a topic and a channel, however many producer ids there were."""
        lines: dict[_Line, list[_Piece]] = {}
        for producer_id, topic in self._stands:
            for source in self._sources(producer_id):
                for line, piece in self._pieces(source, producer_id, topic):
                    lines.setdefault(line, []).append(piece)
        for line, pieces in lines.items():
            yield self._edge(line, pieces)

    def undecided_topics(self) -> frozenset[str]:
        """Topics written in transactions of which it is not known whether any was committed, by anybody."""
        undecided = {topic for (_, topic), w in self._writes.items() if w.outcomes == {Outcome.UNDECIDED}}
        return frozenset(undecided - {topic for _, topic in self._stands} - {topic for _, topic in self._aborted})

    def aborted_topics(self) -> frozenset[str]:
        """Topics on which transactions were seen, and every one of them was aborted."""
        return frozenset({topic for _, topic in self._aborted} - {topic for _, topic in self._stands})

    def _standing(self) -> frozenset[tuple[int, str]]:
        """(producer id, topic) where something came to stay, by this id or another of the same producer."""
        stand = {key for key, writes in self._writes.items() if writes.stand} | self._committed.keys()
        family_stands = {(member, topic) for pid, topic in stand for member in self._bindings.family(pid)}
        return frozenset(stand | (family_stands & self._writes.keys()))

    def _sources(self, producer_id: int) -> tuple[NodeName, ...]:
        binding = self._bindings.owned.get(producer_id)
        return (producer_node(self._head(producer_id)),) if binding is None else binding.owners

    def _head(self, producer_id: int) -> int:
        return min(self._bindings.family(producer_id))

    def _pieces(self, source: NodeName, producer_id: int, topic: str) -> Iterator[tuple[_Line, _Piece]]:
        key = (producer_id, topic)
        writes, committed = self._writes.get(key), self._committed.get(key)
        binding = self._bindings.owned.get(producer_id)
        for channel, seen in (
            (Channel.PRODUCER_ID, None if writes is None else writes.seen),
            (Channel.TRANSACTION, committed),
        ):
            if seen is None:
                continue
            piece = _Piece(producer_id, seen, writes if channel is Channel.PRODUCER_ID else None)
            if binding is None:
                yield _Line(source, topic, channel, Tier.OBSERVED, None), piece
            else:
                yield _Line(source, topic, binding.join.channel, binding.join.tier, binding.join), piece

    def _edge(self, line: _Line, pieces: list[_Piece]) -> EdgeDraft:
        seen = pieces[0].seen
        for piece in pieces[1:]:
            seen = seen.merge(piece.seen)
        evidence = evidence_of(line.channel, line.tier, seen, self._known(line, pieces))
        records = exact(sum(piece.writes.records for piece in pieces if piece.writes is not None))
        return EdgeDraft(line.source, topic_node(line.topic), EdgeKind.PRODUCES, evidence, records)

    def _known(self, line: _Line, pieces: list[_Piece]) -> Detail:
        ids = frozenset(piece.producer_id for piece in pieces)
        writes = [piece.writes for piece in pieces if piece.writes is not None]
        known: dict[str, str | int] = dict(numbered("producer", ids))
        if writes:
            known["last_write_ms"] = max(one.last_write_ms for one in writes)
            known["partitions"] = max(one.partitions for one in writes)
            if first := [one.first_write_ms for one in writes if one.first_write_ms >= 0]:
                known["first_write_ms"] = min(first)
        committed = any((producer_id, line.topic) in self._committed for producer_id in ids)
        known["transactional"] = int(committed or any(one.transactional for one in writes))
        if line.join is not None:
            known["join"] = line.join.value
        if names := self._names(ids):
            known["transactional_id"] = names
        if any((producer_id, line.topic) in self._aborted for producer_id in ids):
            known["some_transactions_aborted"] = 1
        return detail(**known)

    def _names(self, producer_ids: frozenset[int]) -> str:
        names = sorted({name for pid in producer_ids for name in self._bindings.names.get(pid, ())})
        return ", ".join(names[:_MOST_NAMES])


def producer_node(producer_id: int) -> NodeName:
    """A producer that has no better name."""
    return NodeName(NodeKind.PRODUCER, str(producer_id))
