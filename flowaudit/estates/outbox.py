"""What a process still has to write, and how far it may commit: pure bookkeeping, time is an argument."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, Protocol, TypeVar


class Position(NamedTuple):
    """Where a record was read."""

    topic: str
    partition: int
    offset: int


class Delayed(Protocol):
    """A record to write, once its delay has passed."""

    @property
    def delay_ms(self) -> float:
        """Real milliseconds."""


OutgoingT = TypeVar("OutgoingT", bound=Delayed)


@dataclass(frozen=True, slots=True, order=True)
class _Waiting(Generic[OutgoingT]):
    due_s: float
    order: int
    outgoing: OutgoingT = field(compare=False)
    source: Position | None = field(compare=False)


class Outbox(Generic[OutgoingT]):
    """Where records wait until their delay has passed.

    An offset is committable when all that follows from it, and from everything before it in its partition, has left.
    """

    def __init__(self) -> None:
        self._waiting: list[_Waiting[OutgoingT]] = []
        self._order = 0
        self._read_up_to: dict[tuple[str, int], int] = {}
        self._open: dict[tuple[str, int], Counter[int]] = {}

    def add(self, source: Position | None, outgoing: Iterable[OutgoingT], now_s: float) -> None:
        """Take what follows from a record at `source` (None: from no record)."""
        if source is not None:
            self._read_up_to[source.topic, source.partition] = source.offset + 1
        for item in outgoing:
            self._order += 1
            heapq.heappush(self._waiting, _Waiting(now_s + item.delay_ms / 1000, self._order, item, source))
            if source is not None:
                self._open.setdefault((source.topic, source.partition), Counter())[source.offset] += 1

    def due(self, now_s: float) -> list[OutgoingT]:
        """Everything whose time has come, in the order of their times; it is the caller's from now on."""
        out: list[OutgoingT] = []
        while self._waiting and self._waiting[0].due_s <= now_s:
            item = heapq.heappop(self._waiting)
            out.append(item.outgoing)
            if item.source is not None:
                self._close(item.source)
        return out

    def wait_s(self, now_s: float, at_most_s: float) -> float:
        """How long nothing will become due, `at_most_s` when nothing waits."""
        if not self._waiting:
            return at_most_s
        return min(at_most_s, max(0.0, self._waiting[0].due_s - now_s))

    def committable(self) -> dict[tuple[str, int], int]:
        """The next offset to read, per topic and partition, that is safe to commit."""
        return {
            partition: min(self._open.get(partition) or (read_up_to,))
            for partition, read_up_to in self._read_up_to.items()
        }

    def _close(self, source: Position) -> None:
        offsets = self._open[source.topic, source.partition]
        offsets[source.offset] -= 1
        if not offsets[source.offset]:
            del offsets[source.offset]
