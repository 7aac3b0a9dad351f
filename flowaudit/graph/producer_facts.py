"""Writers: which producer id wrote to which topic, and what became of it."""

from __future__ import annotations

from typing import Final, NamedTuple

from flowaudit.facts import NotVisible, Outcome, ProducerSeen
from flowaudit.graph.seen import Seen, exact, seen_at

UNSIGNED: Final = "writes-without-producer-id"
"""Reason code of the blind spot that a topic's batches without a producer id are."""
_UNKNOWN_MS: Final = -1


class Writes(NamedTuple):
    """What one producer id did with one topic."""

    seen: Seen
    first_write_ms: int
    """By the clock of whoever stamped the records; -1: not known."""
    last_write_ms: int
    transactional: bool
    outcomes: frozenset[Outcome]
    records: int
    """What the sequence numbers prove at least: they restart now and then."""
    partitions: int

    @property
    def stand(self) -> bool:
        """Did any of it come to stay: without a transaction, or in one that was committed?"""
        return bool(self.outcomes & {Outcome.WRITTEN, Outcome.COMMITTED})


class _State(NamedTuple):
    """A producer id on one partition."""

    seen: Seen
    latest: tuple[int, int]
    """(epoch, last sequence): grows as the producer writes."""
    first_write_ms: int
    last_write_ms: int
    transactional: bool
    outcomes: frozenset[Outcome]

    def merge(self, other: _State) -> _State:
        known = [ms for ms in (self.first_write_ms, other.first_write_ms) if ms >= 0]
        return _State(
            self.seen.merge(other.seen),
            max(self.latest, other.latest),
            min(known, default=_UNKNOWN_MS),
            max(self.last_write_ms, other.last_write_ms),
            self.transactional or other.transactional,
            self.outcomes | other.outcomes,
        )


class ProducerFacts:
    """Merges `ProducerSeen`, and topics that are written without a producer id; any order gives the same."""

    def __init__(self) -> None:
        self._states: dict[tuple[int, str, int], _State] = {}
        self._unsigned: set[str] = set()

    def copy(self) -> ProducerFacts:
        """An accumulator that can go its own way."""
        twin = ProducerFacts()
        twin._states = self._states.copy()
        twin._unsigned = self._unsigned.copy()
        return twin

    def add(self, fact: ProducerSeen) -> None:
        """Take in one producer id on one partition."""
        state = _State(
            seen_at(fact.provenance),
            (fact.epoch, fact.last_sequence),
            max(fact.last_timestamp_ms, _UNKNOWN_MS),
            max(fact.last_timestamp_ms, _UNKNOWN_MS),
            fact.transactional,
            frozenset({_outcome(fact)}),
        )
        key = (fact.producer_id, fact.topic, fact.partition)
        known = self._states.get(key)
        self._states[key] = state if known is None else known.merge(state)

    def add_hidden(self, fact: NotVisible) -> None:
        """Take in a blind spot: one kind of them says that a topic has records and some writer without an id."""
        if fact.subject == "topic" and fact.reason == UNSIGNED:
            self._unsigned.add(fact.name)

    def unsigned_topics(self) -> frozenset[str]:
        """Topics with records whose producers leave no producer id."""
        return frozenset(self._unsigned)

    def written(self) -> set[tuple[int, str]]:
        """(producer id, topic) of all that was written, whatever became of it."""
        return {(producer_id, topic) for producer_id, topic, _ in self._states}

    def writes(self) -> dict[tuple[int, str], Writes]:
        """What each producer id did with each topic, whatever became of it."""
        states: dict[tuple[int, str], list[_State]] = {}
        for (producer_id, topic, _), state in self._states.items():
            states.setdefault((producer_id, topic), []).append(state)
        return {key: _over_partitions(partitions) for key, partitions in states.items()}


def _outcome(fact: ProducerSeen) -> Outcome:
    """Ledgers of before outcomes were known say `written` of transactional producers, too."""
    return Outcome.UNDECIDED if fact.transactional and fact.outcome is Outcome.WRITTEN else fact.outcome


def _over_partitions(partitions: list[_State]) -> Writes:
    state = partitions[0]
    for other in partitions[1:]:
        state = state.merge(other)
    records = exact(sum(max(partition.latest[1] + 1, 0) for partition in partitions))
    return Writes(
        state.seen,
        state.first_write_ms,
        state.last_write_ms,
        state.transactional,
        state.outcomes,
        records,
        len(partitions),
    )
