"""Commits inside transactions whose end is not known yet. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from flowaudit.sources.offsets_log.pacing import Commit

MOST_PENDING: Final = 200_000
"""Commits that are kept at a time: about 80 MB. Those beyond are left out and counted."""


@dataclass(slots=True)
class _Open:
    first_offset: int
    commits: dict[bytes, Commit] = field(default_factory=dict)


class OpenTransactions:
    """Per partition of the log and producer id, the latest commit of each key."""

    def __init__(self, most_pending: int = MOST_PENDING) -> None:
        self._most_pending = most_pending
        self._open: dict[tuple[int, int], _Open] = {}
        self._pending = 0
        self.left_out = 0
        """Commits beyond the bound, since the start. How their transactions ended is not told."""

    def add(self, partition: int, producer_id: int, base_offset: int, commits: Iterable[tuple[bytes, Commit]]) -> None:
        """Take in the commits of one batch."""
        transaction = self._open.setdefault((partition, producer_id), _Open(base_offset))
        for key, commit in commits:
            if key not in transaction.commits:
                if self._pending >= self._most_pending:
                    self.left_out += 1
                    continue
                self._pending += 1
            transaction.commits[key] = commit

    def end(self, partition: int, producer_id: int) -> dict[bytes, Commit]:
        """The producer's transaction is decided on this partition: its commits, by key."""
        transaction = self._open.pop((partition, producer_id), None)
        if transaction is None:
            return {}
        self._pending -= len(transaction.commits)
        return transaction.commits

    def drop(self, partition: int) -> None:
        """Forget the partition's open transactions."""
        for where in [where for where in self._open if where[0] == partition]:
            self.end(*where)

    def abandon(self, partition: int) -> Iterator[tuple[int, dict[bytes, Commit]]]:
        """The partition's records have a gap that may have held markers: its open transactions, by producer id."""
        for where in [where for where in self._open if where[0] == partition]:
            yield where[1], self.end(*where)

    def oldest(self) -> dict[int, int]:
        """Partition → the first offset of its oldest open transaction."""
        found: dict[int, int] = {}
        for (partition, _), transaction in self._open.items():
            found[partition] = min(found.get(partition, transaction.first_offset), transaction.first_offset)
        return found
