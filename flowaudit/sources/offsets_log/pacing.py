"""Which of many commits are told: the first of a key, then the latest now and then. Pure.

The rule: the first commit of a key is told at once. A later one is told at the next flush that comes `again_ms` or more
after the key was told last, and then only the latest; what lies between is superseded. At the end everything is told.
So nothing that a group ever read is lost, and a group that commits a hundred times a second is told a few times a
minute.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Final, Generic, TypeVar

from flowaudit.sources.kafka_log.entries import Entry
from flowaudit.sources.offsets_log.commit_records import COMMIT_TYPES

AGAIN_MS: Final = 10_000
_FORGET_MS: Final = 3_600_000
"""A key that is silent for so long is forgotten; its next commit counts as its first, which changes nothing."""
_SWEEP_MS: Final = 600_000
_NEVER: Final = -1
_LAST_COMMIT_TYPE: Final = COMMIT_TYPES[-1]

K = TypeVar("K", bound=Hashable)
Due = tuple[int, K, Entry]
"""Partition of the log, key, record."""


class Pacing(Generic[K]):
    """State: per live key when it was told (about 0.25 kB), and its latest record until that is told."""

    def __init__(self, again_ms: int = AGAIN_MS) -> None:
        self._again_ms = again_ms
        self._told_ms: dict[K, int] = {}
        self._firsts: list[Due[K]] = []
        self._latest: dict[int, dict[K, Entry]] = {}
        self._ended: set[K] = set()
        self._sweep_due_ms = 0

    def offer(self, partition: int, key: K, entry: Entry) -> None:
        """Take in one commit."""
        if key not in self._told_ms:
            self._told_ms[key] = _NEVER
            self._firsts.append((partition, key, entry))
        self._latest.setdefault(partition, {})[key] = entry

    def end(self, key: K) -> None:
        """The key was deleted: what is known of it is told at the next flush, then forgotten."""
        self._ended.add(key)

    def drop(self, partition: int) -> None:
        """Forget what is not told yet of a partition: it is about to be read again."""
        self._latest.pop(partition, None)
        for _, key, _ in (first for first in self._firsts if first[0] == partition):
            self._told_ms.pop(key, None)
        self._firsts = [first for first in self._firsts if first[0] != partition]

    def due(self, now_ms: int, *, final: bool) -> Iterator[Due[K]]:
        """What is to be told now, each once. To be drained."""
        told_ms = self._told_ms
        firsts, self._firsts = self._firsts, []
        told_at: dict[K, int] = {}
        for first in firsts:
            told_ms[first[1]] = now_ms
            told_at[first[1]] = first[2].offset
            yield first
        before_ms = now_ms - self._again_ms
        for partition, latest in self._latest.items():
            done: list[K] = []
            for key, entry in latest.items():
                if told_at and told_at.get(key) == entry.offset:
                    done.append(key)
                elif final or told_ms[key] <= before_ms or key in self._ended:
                    done.append(key)
                    told_ms[key] = now_ms
                    yield partition, key, entry
            for key in done:
                del latest[key]
        self._forget(now_ms)

    def oldest(self) -> dict[int, int]:
        """Partition → the oldest offset that is not told yet."""
        return {
            partition: min([entry.offset for entry in latest.values()])
            for partition, latest in self._latest.items()
            if latest
        }

    def _forget(self, now_ms: int) -> None:
        for key in self._ended:
            self._told_ms.pop(key, None)
        self._ended.clear()
        if now_ms >= self._sweep_due_ms:
            self._sweep_due_ms = now_ms + _SWEEP_MS
            waiting = {key for latest in self._latest.values() for key in latest}
            silent = [key for key, ms in self._told_ms.items() if ms < now_ms - _FORGET_MS and key not in waiting]
            for key in silent:
                del self._told_ms[key]


class CommitPacing(Pacing[bytes]):
    """Pacing by raw record key, with a loop for whole batches."""

    def offer_all(self, partition: int, entries: Sequence[Entry]) -> list[Entry]:
        """Take in the commits among these records; returns the other records."""
        try:
            return self._fold(partition, entries)
        except (TypeError, IndexError):
            # Keys that are null or too short for a type: nobody's records. Folding twice changes nothing.
            return self._fold(partition, [entry for entry in entries if entry.key is not None and len(entry.key) > 1])

    def _fold(self, partition: int, entries: Iterable[Entry]) -> list[Entry]:
        others: list[Entry] = []
        latest = self._latest.setdefault(partition, {})
        known = self._told_ms
        for entry in entries:
            key: bytes = entry.key  # type: ignore[assignment]  # None raises below
            if key[1] > _LAST_COMMIT_TYPE:
                others.append(entry)
            elif entry.value is None:
                self._ended.add(key)
            else:
                if key not in known:
                    known[key] = _NEVER
                    self._firsts.append((partition, key, entry))
                latest[key] = entry
        return others
