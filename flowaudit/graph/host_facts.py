"""Hosts that groups and writers share: which groups speak from where a writer does."""

from __future__ import annotations

from flowaudit.facts import HostShared


class HostFacts:
    """Merges `HostShared`; any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._groups: dict[int | str, frozenset[str]] = {}
        """By producer id, or by client id."""

    def copy(self) -> HostFacts:
        """An accumulator that can go its own way."""
        twin = HostFacts()
        twin._groups = self._groups.copy()
        return twin

    def add(self, fact: HostShared) -> None:
        """Take in what shares a host."""
        writers: tuple[int | str, ...] = (*fact.producer_ids, *fact.client_ids)
        for writer in writers:
            self._groups[writer] = self._groups.get(writer, frozenset()).union(fact.groups)

    def groups_beside(self, writer: int | str) -> frozenset[str]:
        """Groups of whose members any speaks from a host of the writer: a producer id, or a client id."""
        return self._groups.get(writer, frozenset())
