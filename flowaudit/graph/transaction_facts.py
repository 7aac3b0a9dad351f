"""Transactions: which producer ids a transactional id has had, what they wrote for good, whose offsets went along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from flowaudit.facts import Channel, Outcome, TransactionalCommit, TransactionalIdSeen, TransactionEnded
from flowaudit.graph.draft import EdgeDraft, group_node, proven, topic_node
from flowaudit.graph.evidence import EdgeKind
from flowaudit.graph.seen import Seen, detail, seen_at

_MOST_LISTED: Final = 4
"""Producer ids that evidence names; it counts them all."""


class _Read(NamedTuple):
    """What transactions of one producer id committed of one topic for a group."""

    seen: Seen
    partitions: frozenset[int]
    producer_ids: frozenset[int]

    def merge(self, other: _Read) -> _Read:
        return _Read(
            self.seen.merge(other.seen), self.partitions | other.partitions, self.producer_ids | other.producer_ids
        )


class TransactionFacts:
    """Merges facts of transactions; any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._ids: dict[int, set[str]] = {}
        self._ended: dict[tuple[int, str, Outcome], Seen] = {}
        self._reads: dict[tuple[str, str], _Read] = {}
        self._groups: dict[int, set[str]] = {}

    def copy(self) -> TransactionFacts:
        """An accumulator that can go its own way."""
        twin = TransactionFacts()
        twin._ids = {producer_id: names.copy() for producer_id, names in self._ids.items()}
        twin._ended = self._ended.copy()
        twin._reads = self._reads.copy()
        twin._groups = {producer_id: groups.copy() for producer_id, groups in self._groups.items()}
        return twin

    def add_id(self, fact: TransactionalIdSeen) -> None:
        """Take in whose a producer id is."""
        self._name(fact.producer_id, fact.transactional_id)

    def add_ended(self, fact: TransactionEnded) -> None:
        """Take in how a transaction ended."""
        self._name(fact.producer_id, fact.transactional_id)
        seen = seen_at(fact.provenance)
        for topic in fact.topics:
            key = (fact.producer_id, topic, fact.outcome)
            known = self._ended.get(key)
            self._ended[key] = seen if known is None else known.merge(seen)

    def add_commit(self, fact: TransactionalCommit) -> None:
        """Take in an offset that went along with a transaction. One that was aborted moved nothing."""
        if fact.outcome is not Outcome.COMMITTED:
            return
        self._groups.setdefault(fact.producer_id, set()).add(fact.group)
        key = (fact.group, fact.topic)
        read = _Read(seen_at(fact.provenance), frozenset({fact.partition}), frozenset({fact.producer_id}))
        known = self._reads.get(key)
        self._reads[key] = read if known is None else known.merge(read)

    def ids(self) -> dict[int, frozenset[str]]:
        """Transactional ids by producer id: one, unless the cluster's ids began anew."""
        return {producer_id: frozenset(names) for producer_id, names in self._ids.items()}

    def groups(self) -> dict[int, frozenset[str]]:
        """Groups for which each producer id committed offsets."""
        return {producer_id: frozenset(groups) for producer_id, groups in self._groups.items()}

    def written(self, outcome: Outcome) -> dict[tuple[int, str], Seen]:
        """What transactions that ended so wrote, by (producer id, topic)."""
        return {(pid, topic): seen for (pid, topic, ended), seen in self._ended.items() if ended is outcome}

    def edges(self) -> Iterator[EdgeDraft]:
        """`consumes` edges: whoever commits a group's offsets in a transaction reads for that group."""
        for (group, topic), read in self._reads.items():
            known = detail(partitions=len(read.partitions), **numbered("producer", read.producer_ids))
            evidence = proven(Channel.TRANSACTION, read.seen, known)
            yield EdgeDraft(topic_node(topic), group_node(group), EdgeKind.CONSUMES, evidence)

    def _name(self, producer_id: int, transactional_id: str) -> None:
        self._ids.setdefault(producer_id, set()).add(transactional_id)


def numbered(what: str, ids: frozenset[int]) -> dict[str, str | int]:
    """How evidence names producer ids: the latest few, and how many there were."""
    latest = sorted(ids)[-_MOST_LISTED:]
    return {f"{what}_ids": ", ".join(map(str, latest)), f"{what}s": len(ids)}
