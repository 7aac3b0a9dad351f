"""A root's program: it writes what happens outside, and may answer what comes back."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence

from benchmarks.linkage.estate import Delay, Fields, Operation, RootSpec
from benchmarks.linkage.life import Happening, Witness
from benchmarks.linkage.programs.behaviour import Incoming, Outgoing

_REPLAY_PACE_MS = 4.0


class Root:
    """Writes one topic's happenings as they come. `start_ms` is the estate's beginning."""

    def __init__(self, root: RootSpec, witness: Witness, lived: Sequence[Happening], start_ms: int) -> None:
        self._root = root
        self._witness = witness
        self._lived = deque(lived)
        self._start_ms = start_ms
        self._kept: list[tuple[int, Fields]] = []
        self._replay_at_ms = start_ms + root.replay_ms[2] if root.replay_ms else None

    def answer(self, person: int, now_ms: int) -> Fields:
        """What it writes of somebody of its own accord."""
        return self._witness.tell(Happening(now_ms - self._start_ms, self._root.topic, person), now_ms)

    def whose(self, fields: Fields) -> int | None:
        """Who is meant in somebody else's record."""
        return self._witness.whose(fields)

    def due(self, now_ms: int) -> list[tuple[Fields, float, int | None]]:
        """What has happened: fields, how long writing takes, and when it was made if that is long ago."""
        told: list[tuple[Fields, float, int | None]] = []
        while self._lived and self._start_ms + self._lived[0].at_ms <= now_ms:
            happening = self._lived.popleft()
            at_ms = self._start_ms + happening.at_ms
            fields = self._witness.tell(happening, at_ms)
            told.append((fields, 0.0, None))
            if self._root.replay_ms and self._root.replay_ms[0] <= happening.at_ms < self._root.replay_ms[1]:
                self._kept.append((at_ms, fields))
        if self._replay_at_ms is not None and now_ms >= self._replay_at_ms:
            keeps = self._root.replay_keeps_time
            told += [
                (fields, place * _REPLAY_PACE_MS, at_ms if keeps else None)
                for place, (at_ms, fields) in enumerate(self._kept)
            ]
            self._replay_at_ms = None
        return told

    def due_ms(self) -> int | None:
        """When something happens next."""
        times = [self._start_ms + self._lived[0].at_ms] if self._lived else []
        times += [] if self._replay_at_ms is None else [self._replay_at_ms]
        return min(times, default=None)


class RootProgram:
    """One or more roots written by one program, with the disorder of their arrival."""

    def __init__(
        self, operation: Operation, roots: Sequence[tuple[Root, str, str]], delay: Delay, chance: random.Random
    ) -> None:
        self._operation = operation
        self._roots = roots
        self._delay = delay
        self._chance = chance

    def react(self, record: Incoming, now_ms: int) -> list[Outgoing]:
        """A record of its own about somebody of whom another program tells."""
        root, topic, key = self._roots[0]
        person = root.whose(record.fields)
        if person is None or self._chance.random() >= self._operation.share:
            return []
        fields = root.answer(person, now_ms)
        delay_ms = self._delay.median_ms * self._chance.lognormvariate(0, self._delay.sigma)
        return [Outgoing(topic, fields.get(key), fields, delay_ms, (record.topic,))]

    def tick(self, now_ms: int) -> list[Outgoing]:
        """What has happened since."""
        return [
            Outgoing(topic, fields.get(key), fields, delay_ms + self._chance.expovariate(0.5), (), created_ms)
            for root, topic, key in self._roots
            for fields, delay_ms, created_ms in root.due(now_ms)
        ]

    def due_ms(self) -> int | None:
        """When something happens next at any of them."""
        return min((due for root, _, _ in self._roots if (due := root.due_ms()) is not None), default=None)
