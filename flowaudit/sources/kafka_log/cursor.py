"""Where a reader stands in each partition of one topic, and one round of fetches after the other from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_log.batches import Batch, BatchUndecodable, read_batches
from flowaudit.sources.kafka_log.fetch import OFFSET_OUT_OF_RANGE, FetchedPartition, LogFetcher, log_starts

_UNKNOWN_TOPIC: Final = 3
_NOT_AUTHORIZED: Final = 29
_MAX_BYTES: Final = 8 << 20
_PARTITION_MAX_BYTES: Final = 1 << 20
_ENOUGH_BYTES: Final = 1 << 20
"""A fetch waits for so much: what a follower costs while little happens is its number of fetches."""

PositionOf = Callable[[str, int], int | None]
"""Topic and partition → next offset to read; None: from the first record that the log still has."""


class Access(Enum):
    """What the cluster says of the topic."""

    OPEN = "open"
    ABSENT = "absent"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Begun:
    """A partition is read from here on."""

    partition: int
    from_head: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """The next batches of a partition: to be drained before the next event is asked for."""

    partition: int
    batches: Iterator[Batch]


class LogCursor:
    """Reads one topic over one session; a new session goes on from the same `positions`."""

    def __init__(self, topic: str, position_of: PositionOf) -> None:
        self._topic = topic
        self._position_of = position_of
        self._order: list[int] = []
        """Partitions that gave records last come last: an answer that is full leaves them out."""
        self._ends: dict[int, int] = {}
        self._unfinished: set[int] = set()
        self._fetcher: LogFetcher | None = None
        self._session: AdminSession | None = None
        self.positions: dict[int, int] = {}
        """Next offset to read, by partition."""
        self.records_read = 0
        self.access = Access.ABSENT
        self.has_looked = False
        self.needs_look = True
        """Something changed (or nothing is known yet): the topic's partitions are to be asked for again."""

    def attach(self, session: AdminSession) -> None:
        """Go on over this session."""
        self._session, self._fetcher, self.needs_look = session, LogFetcher(session), True

    @property
    def is_caught_up(self) -> bool:
        """Was every partition read up to its end once, or is there nothing that may be read?"""
        return self.has_looked and (self.access is not Access.OPEN or not self._unfinished)

    @property
    def lag_records(self) -> int:
        """Offsets between the positions and the ends that the last answers told."""
        return sum(max(0, end - self.positions[partition]) for partition, end in self._ends.items())

    def look(self) -> Iterator[Begun]:
        """Ask which partitions there are, and find the beginning of those that are new. Creates nothing.

        Raises:
            SourceUnreachable: no broker answers.
        """
        assert self._session is not None  # noqa: S101 (attach comes first)
        entries = self._session.topics([self._topic])
        error = int(entries[0]["error_code"]) if entries else _UNKNOWN_TOPIC
        if not error and entries[0]["partitions"]:
            self.access = Access.OPEN
            new = {int(p["partition_index"]) for p in entries[0]["partitions"]} - self.positions.keys()
            self._unfinished |= new
            yield from self._begin(new)
            self.needs_look = bool(new - self.positions.keys())
        elif error == _NOT_AUTHORIZED:
            self.access, self.needs_look = Access.FORBIDDEN, False
        elif error == _UNKNOWN_TOPIC:
            self.access, self.needs_look = Access.ABSENT, False
        else:
            return
        self.has_looked = True

    def step(self, max_wait_ms: int) -> Iterator[Begun | Taken]:
        """One round of fetches.

        Raises:
            SourceUnreachable: no broker answers.
        """
        assert self._fetcher is not None  # noqa: S101 (attach comes first)
        wanted = {(self._topic, partition): self.positions[partition] for partition in self._order}
        gave: list[int] = []
        lost: list[int] = []
        fetched = self._fetcher.fetch(
            wanted,
            max_bytes=_MAX_BYTES,
            max_wait_ms=max_wait_ms,
            partition_max_bytes=_PARTITION_MAX_BYTES,
            min_bytes=_ENOUGH_BYTES if max_wait_ms else 0,
        )
        for part in fetched:
            if part.error == OFFSET_OUT_OF_RANGE:
                lost.append(part.partition)
            elif part.error == _NOT_AUTHORIZED:
                self.access = Access.FORBIDDEN
            elif part.error:
                self.needs_look = True
            else:
                if part.data:
                    gave.append(part.partition)
                    yield Taken(part.partition, self._read(part))
                self._account(part)
        self._order = [p for p in self._order if p not in gave] + gave
        yield from self._begin(set(lost), anew=True)

    def _read(self, part: FetchedPartition) -> Iterator[Batch]:
        """One batch at a time, while its bytes are still in the processor's cache."""
        begin = end = self.positions[part.partition]
        try:
            for batch in read_batches(part.data):
                if batch.last_offset >= begin:
                    yield batch
                    end = batch.last_offset + 1
                    self.records_read += batch.record_count
        except BatchUndecodable:
            # The next batch's begin cannot be found from here; the broker may find it from the next offset.
            yield Batch.damaged(end, end, "length")
            end += 1
        self.positions[part.partition] = end

    def _account(self, part: FetchedPartition) -> None:
        self._ends[part.partition] = part.high_watermark
        if self.positions[part.partition] >= part.high_watermark:
            self._unfinished.discard(part.partition)

    def _begin(self, partitions: set[int], *, anew: bool = False) -> Iterator[Begun]:
        if not partitions:
            return
        assert self._session is not None  # noqa: S101
        starts = log_starts(self._session, [(self._topic, partition) for partition in partitions])
        for (_, partition), start in sorted(starts.items()):
            known = None if anew else self._position_of(self._topic, partition)
            self.positions[partition] = start if known is None else max(known, start)
            if not anew:
                self._order.append(partition)
            yield Begun(partition, from_head=known is None or known <= start)
