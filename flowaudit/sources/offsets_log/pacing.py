"""Which of many commits are told: the first of a key, then the latest now and then. Pure.

The rule: a commit of a key that was not told within the last `again_ms` is told at the next flush. After that, for
`again_ms`, only the latest is kept, and told when the time is over; what lies between is superseded. At the end
everything is told. So nothing that a group ever read is lost, the first commit of a group that lives for a second
least of all, and a group that commits a hundred times a second is told a few times a minute.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Final, Generic, TypeVar

from flowaudit.sources.kafka_log.entries import Entry
from flowaudit.sources.offsets_log.commit_records import COMMIT_TYPES

AGAIN_MS: Final = 10_000
_LAST_COMMIT_TYPE: Final = COMMIT_TYPES[-1]

K = TypeVar("K", bound=Hashable)
Commit = tuple[int, bytes]
"""Offset of the record in the log, and its value. Plain, so that the garbage collector has nothing to follow."""
Due = tuple[int, K, Commit]
"""Partition of the log, key, commit."""


class Pacing(Generic[K]):
    """State: the keys that were told within `again_ms`, and of each the latest commit that is not told yet.

    With its commit a key takes about 0.4 kB; keys that fall silent take nothing.
    """

    def __init__(self, again_ms: int = AGAIN_MS) -> None:
        self._again_ms = again_ms
        self._recent: dict[int, set[K]] = {}
        """By partition: told within `again_ms`, or about to be told."""
        self._firsts: list[Due[K]] = []
        self._latest: dict[int, dict[K, Commit]] = {}
        self._told: deque[tuple[int, int, K]] = deque()
        """(when, partition, key), in the order of telling: one for each recent key that was told."""

    def offer(self, partition: int, key: K, commit: Commit) -> None:
        """Take in one commit."""
        self._latest.setdefault(partition, {})[key] = commit
        recent = self._recent.setdefault(partition, set())
        if key not in recent:
            recent.add(key)
            self._firsts.append((partition, key, commit))

    def drop(self, partition: int) -> None:
        """Forget what is not told yet of a partition: it is about to be read again."""
        self._latest.pop(partition, None)
        self._recent.pop(partition, None)
        self._firsts = [first for first in self._firsts if first[0] != partition]

    def due(self, now_ms: int, *, final: bool) -> Iterator[Due[K]]:
        """What is to be told now, each once. To be drained."""
        firsts, self._firsts = self._firsts, []
        for first in firsts:
            partition, key, commit = first
            self._told.append((now_ms, partition, key))
            if self._latest[partition][key] is commit:
                del self._latest[partition][key]
            yield first
        told_before_ms = now_ms if final else now_ms - self._again_ms
        while self._told and self._told[0][0] <= told_before_ms:
            _, partition, key = self._told.popleft()
            pending = self._latest.get(partition, {}).pop(key, None)
            if pending is None:
                self._recent.get(partition, set()).discard(key)
            else:
                self._told.append((now_ms, partition, key))
                yield partition, key, pending

    def oldest(self) -> dict[int, int]:
        """Partition → the oldest offset that is not told yet."""
        return {
            partition: min([commit[0] for commit in latest.values()])
            for partition, latest in self._latest.items()
            if latest
        }


class CommitPacing(Pacing[bytes]):
    """Pacing by raw record key, with a loop for whole batches."""

    def offer_all(self, partition: int, entries: Sequence[Entry]) -> list[Entry]:
        """Take in the commits among these records; returns the records that are about something else.

        A tombstone of a commit says that it expired or that its group was deleted: that takes nothing back.
        """
        try:
            return self._fold(partition, entries)
        except (TypeError, IndexError):
            # Keys that are null or too short for a type: nobody's records. Folding twice changes nothing.
            return self._fold(partition, [entry for entry in entries if entry.key is not None and len(entry.key) > 1])

    def _fold(self, partition: int, entries: Iterable[Entry]) -> list[Entry]:
        others: list[Entry] = []
        latest = self._latest.setdefault(partition, {})
        recent, waiting = self._recent.setdefault(partition, set()), len(latest)
        for entry in entries:
            key: bytes = entry.key  # type: ignore[assignment]  # None raises below
            if key[1] > _LAST_COMMIT_TYPE:
                others.append(entry)
                continue
            value = entry.value
            if value is not None:
                latest[key] = commit = entry.offset, value
                if len(latest) != waiting:
                    # Most keys of a backlog wait already; only of the others need more be known.
                    waiting += 1
                    if key not in recent:
                        recent.add(key)
                        self._firsts.append((partition, key, commit))
        return others
