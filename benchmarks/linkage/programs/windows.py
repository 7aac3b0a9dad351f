"""Programs that wait: batches, windowed aggregates, thresholds."""

from __future__ import annotations

import random
from collections import Counter

from benchmarks.linkage.estate import Fields, Operation, kind_of
from benchmarks.linkage.kinds import PERSON_KINDS, PLACE_KINDS
from benchmarks.linkage.programs.behaviour import Incoming, Outgoing, Timer, Untimed, Writer

_LASTING = frozenset((*PERSON_KINDS, *PLACE_KINDS, "surrogate", "digest"))


class Batch:
    """Collects records and passes all of them on at once."""

    def __init__(self, operation: Operation, writer: Writer, chance: random.Random) -> None:
        self._writer = writer
        self._timer = Timer(operation.every_ms, chance.randrange(operation.every_ms))
        self._pace_ms = chance.uniform(0.2, 3.0)
        self._waiting: list[Incoming] = []

    def react(self, record: Incoming, now_ms: int) -> list[Outgoing]:
        """Nothing yet."""
        self._waiting.append(record)
        self._timer.set(now_ms)
        return []

    def tick(self, now_ms: int) -> list[Outgoing]:
        """The batch, when it is time."""
        if not self._timer.is_due(now_ms):
            return []
        batch, self._waiting = self._waiting, []
        return [
            self._writer.write(record.fields, now_ms, (record.topic,), place * self._pace_ms)
            for place, record in enumerate(batch)
        ]

    def due_ms(self) -> int | None:
        """The end of the batch, once it has begun."""
        return self._timer.next_ms


class Aggregate:
    """Counts by a slot in windows, and tells each count when its window has ended. Events are forgotten in it."""

    def __init__(self, operation: Operation, writer: Writer, chance: random.Random) -> None:
        self._by = operation.by
        self._writer = writer
        self._timer = Timer(operation.every_ms, 0)
        self._grace_ms = chance.uniform(0, 500)
        self._pace_ms = chance.uniform(0.1, 2.0)
        self._chance = chance
        self._window: dict[str, tuple[Fields, str]] = {}

    def react(self, record: Incoming, now_ms: int) -> list[Outgoing]:
        """Nothing yet."""
        value = record.fields.get(self._by)
        if value is not None:
            lasting = {slot: text for slot, text in record.fields.items() if kind_of(slot) in _LASTING}
            self._window[value] = (lasting, record.topic)
            self._timer.set(now_ms)
        return []

    def tick(self, now_ms: int) -> list[Outgoing]:
        """A record for each value of the window, when it has ended."""
        if not self._timer.is_due(now_ms):
            return []
        counted = list(self._window.values())
        self._window = {}
        self._chance.shuffle(counted)
        return [
            self._writer.write(fields, now_ms, (topic,), self._grace_ms + place * self._pace_ms)
            for place, (fields, topic) in enumerate(counted)
        ]

    def due_ms(self) -> int | None:
        """The end of the window, once it has begun."""
        return self._timer.next_ms


class Threshold(Untimed):
    """Tells of a person each time their count passes a number."""

    def __init__(self, operation: Operation, writer: Writer) -> None:
        self._operation = operation
        self._writer = writer
        self._counts: Counter[str] = Counter()

    def react(self, record: Incoming, now_ms: int) -> list[Outgoing]:
        """A record, if this is the one that passes it."""
        value = record.fields.get(self._operation.by)
        if value is None:
            return []
        self._counts[value] += 1
        if self._counts[value] < self._operation.count:
            return []
        del self._counts[value]
        return [self._writer.write(record.fields, now_ms, (record.topic,))]
