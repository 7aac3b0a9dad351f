"""Fields of digests: which of them hold digests of plaintexts that were seen, and which none at all."""

from __future__ import annotations

from flowaudit.facts import DigestsCompared, FieldName


class DigestFacts:
    """Merges `DigestsCompared`; any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._resolved: set[FieldName] = set()
        self._unresolved: dict[FieldName, float] = {}
        self.kept = 1.0
        """Of the plaintexts in the sample, the smallest share (0-1) whose digests memory ever had room for."""

    def copy(self) -> DigestFacts:
        """An accumulator that can go its own way."""
        twin = DigestFacts()
        twin._resolved = self._resolved.copy()
        twin._unresolved = self._unresolved.copy()
        twin.kept = self.kept
        return twin

    def add(self, fact: DigestsCompared) -> None:
        """Take in one comparison."""
        self.kept = min(self.kept, fact.kept)
        self._resolved.update(fact.resolved)
        for field in fact.unresolved:
            self._unresolved[field] = min(self._unresolved.get(field, 1.0), fact.share)

    def unresolved(self) -> dict[FieldName, float]:
        """Fields none of whose digests was ever of a known plaintext, and the share of plaintexts that were known."""
        return {field: share for field, share in sorted(self._unresolved.items()) if field not in self._resolved}
