"""Which people each field holds, and which ones each pair of fields shares."""

from __future__ import annotations

import numpy as np

from flowaudit.facts import FieldName, PeopleCounted
from flowaudit.graph.identity_view import Sampling
from flowaudit.graph.people_count import People, Sample
from flowaudit.graph.seen import within_time
from flowaudit.linkage.registers import Registers, unpacked

FieldPair = tuple[FieldName, FieldName]
"""Two fields in alphabetical order; twice the same one stands for the people of that field."""


class PeopleFacts:
    """Merges `PeopleCounted`; any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._registers: dict[FieldPair, dict[Sample, Registers]] = {}
        self._since_ms: dict[FieldPair, int] = {}
        self._thetas: set[float] = set()

    def copy(self) -> PeopleFacts:
        """An accumulator that can go its own way."""
        twin = PeopleFacts()
        twin._registers = {pair: samples.copy() for pair, samples in self._registers.items()}
        twin._since_ms = self._since_ms.copy()
        twin._thetas = self._thetas.copy()
        return twin

    def add(self, fact: PeopleCounted) -> None:
        """Take in one bucket's registers."""
        self._thetas.add(fact.theta)
        sample = Sample(fact.key_id, fact.theta)
        for told in fact.sets:
            pair = _ordered(fact.fields[told.one], fact.fields[told.other])
            samples = self._registers.setdefault(pair, {})
            registers, known = unpacked(told.registers), samples.get(sample)
            samples[sample] = registers if known is None else np.maximum(known, registers)
            self._since_ms[pair] = min(self._since_ms.get(pair, fact.bucket_ms), fact.bucket_ms)

    def sampling(self) -> Sampling | None:
        """What share of the identifiers was looked at; None while nothing was."""
        return Sampling(min(self._thetas), max(self._thetas)) if self._thetas else None

    def fields(self) -> tuple[FieldName, ...]:
        """The fields that hold people, sorted."""
        return tuple(sorted(one for one, other in self._registers if one == other))

    def shared(self) -> tuple[FieldPair, ...]:
        """The pairs of fields that share people, sorted."""
        return tuple(sorted(pair for pair in self._registers if pair[0] != pair[1]))

    def people(self, one: FieldName, other: FieldName) -> People:
        """The people whom both fields hold, within a linkage window of each other."""
        return People(self._registers.get(_ordered(one, other), {}))

    def since_ms(self, one: FieldName, other: FieldName) -> int:
        """Start of the first bucket of event time in which both held the same person; 0 when none did."""
        return within_time(self._since_ms.get(_ordered(one, other), 0))


def _ordered(one: FieldName, other: FieldName) -> FieldPair:
    return (one, other) if one <= other else (other, one)
