"""A behaviour: what follows from one record, and what follows from the passing of time."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from benchmarks.linkage.estate import Delay, Fields, TopicSpec
from benchmarks.linkage.kinds import Minter


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record as a program reads it."""

    topic: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to write once `delay_ms` have passed."""

    topic: str
    key: str | None
    """The plain value of the topic's key."""
    fields: Fields
    delay_ms: float
    sources: tuple[str, ...] = ()
    """The inputs whose content it carries on."""
    created_ms: int | None = None
    """What the producer says of its age (Unix milliseconds, by a true clock); None: made when it is written."""


class Behaviour(Protocol):
    """A program. It draws from a stream of its own, reads no clock, and does no I/O."""

    def react(self, record: Incoming, now_ms: int) -> list[Outgoing]:
        """What follows from a record that is read now."""

    def tick(self, now_ms: int) -> list[Outgoing]:
        """What has become due. Calling it more often than `due_ms` asks for does nothing."""

    def due_ms(self) -> int | None:
        """When `tick` should be called next; None: not before another record was read."""


class Writer:
    """Makes the records of one output from what is known."""

    def __init__(self, topic: TopicSpec, delay: Delay, chance: random.Random) -> None:
        self.topic = topic.name
        self._slots = topic.slots
        self._mints = topic.mints
        self._key = topic.key.slot if topic.key else ""
        self._minter = Minter(topic.mints.partition("@")[0], chance) if topic.mints else None
        self._delay = delay
        self._chance = chance

    def write(
        self, known: Mapping[str, str], now_ms: int, sources: tuple[str, ...], more_delay_ms: float = 0.0
    ) -> Outgoing:
        """A record that says what is known and what the topic has a place for."""
        fields = {slot: known[slot] for slot in self._slots if slot in known}
        delay_ms = more_delay_ms + self._chance.lognormvariate(0.0, self._delay.sigma) * self._delay.median_ms
        if self._minter is not None:
            fields[self._mints] = self._minter.mint(now_ms)
        return Outgoing(self.topic, fields.get(self._key), fields, delay_ms, sources)


class Untimed:
    """A program that only answers what it reads."""

    def tick(self, now_ms: int) -> list[Outgoing]:  # noqa: ARG002 - nothing happens by itself
        """Nothing."""
        return []

    def due_ms(self) -> int | None:
        """Never."""
        return None


class Timer:
    """Falls due at every multiple of a period, counted from a phase."""

    def __init__(self, every_ms: int, phase_ms: int) -> None:
        self._every_ms = every_ms
        self._phase_ms = phase_ms
        self.next_ms: int | None = None

    def set(self, now_ms: int) -> None:
        """Fall due at the next multiple after now, unless it is set already."""
        if self.next_ms is None:
            passed = (now_ms - self._phase_ms) // self._every_ms
            self.next_ms = (passed + 1) * self._every_ms + self._phase_ms

    def is_due(self, now_ms: int) -> bool:
        """Whether it has fallen due; then it is no longer set."""
        if self.next_ms is None or now_ms < self.next_ms:
            return False
        self.next_ms = None
        return True
