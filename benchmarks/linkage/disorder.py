"""What becomes of a record between the program and the broker: clocks that are off, retries, delays on the way."""

from __future__ import annotations

import random
from typing import Final, NamedTuple

from benchmarks.linkage.estate import ProgramSpec
from benchmarks.linkage.programs.behaviour import Outgoing

_LATE_MS: Final = (5_000.0, 60_000.0)
_RETRIED_WITHIN_MS: Final = 3_000.0


class Sending(NamedTuple):
    """One arrival of a record at the broker."""

    arrives_ms: float
    created_ms: float
    """By the producer's clock."""


class Producer:
    """The producer of one program: tells when and how often a record arrives."""

    def __init__(self, program: ProgramSpec, chance: random.Random) -> None:
        self._program = program
        self._chance = chance

    def send(self, outgoing: Outgoing, now_ms: float) -> list[Sending]:
        """The arrivals of a record that is decided on now."""
        disorder, chance = self._program.disorder, self._chance
        written_ms = now_ms + outgoing.delay_ms
        created_ms = written_ms if outgoing.created_ms is None else float(outgoing.created_ms)
        arrives_ms = written_ms + 0.3 + chance.expovariate(1.0) + chance.random() * self._program.linger_ms
        if disorder.late and chance.random() < disorder.late:
            arrives_ms += chance.uniform(*_LATE_MS)
        sent = [Sending(arrives_ms, created_ms + disorder.skew_ms)]
        if disorder.duplicates and chance.random() < disorder.duplicates:
            again_ms = arrives_ms + chance.random() * chance.random() * _RETRIED_WITHIN_MS
            sent.append(Sending(again_ms, created_ms + disorder.skew_ms))
        return sent
