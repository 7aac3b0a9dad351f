"""An estate that is being drawn: what has been put into it so far, and how much will flow."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from benchmarks.linkage.chance import log_uniform
from benchmarks.linkage.draw.naming import Names
from benchmarks.linkage.draw.schema import Habits, draw_topic
from benchmarks.linkage.estate import (
    Delay,
    Disorder,
    HabitSpec,
    Operation,
    ProgramSpec,
    RootSpec,
    TopicSpec,
    kind_of,
)
from benchmarks.linkage.kinds import EVENT_KINDS, PERSON_KINDS, PLACE_KINDS

PERSON_LIKE: Final = frozenset((*PERSON_KINDS, "plate", "device", "surrogate", "digest"))

_LARGEST: Final = 0.25
"""No topic is more than this share of an estate."""
_GENEROUS: Final = 4.0
"""… nor more than so many times what is left for each topic to come."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How large and how disordered an estate is."""

    topics: int
    duration_ms: int
    people: int
    budget: float
    """Records per second, all topics together."""
    root_rates: tuple[float, float]
    delays_ms: tuple[float, float]
    slow_ms: tuple[float, float]
    windows_ms: tuple[int, ...]
    batches_ms: tuple[int, int]
    min_carried: int
    quotes: float
    skewed: float
    """The share of programs whose clock is off."""
    duplicated: float
    """The largest share of duplicates of a program; 0: none anywhere."""
    late: float
    paused: float
    popular: float
    """The largest share of records booked on one person or constant."""
    replays: float
    feeds_back: bool


@dataclass(slots=True)
class Draft:
    """Mutable on purpose: programs are added one after the other, each on top of what is there."""

    chance: random.Random
    scale: Scale
    habits: Habits
    names: Names
    topics: dict[str, TopicSpec] = field(default_factory=dict)
    rates: dict[str, float] = field(default_factory=dict)
    roots: list[RootSpec] = field(default_factory=list)
    lives: list[HabitSpec] = field(default_factory=list)
    programs: list[ProgramSpec] = field(default_factory=list)
    barren: set[str] = field(default_factory=set)
    """Topics from which nothing is derived."""
    split: set[str] = field(default_factory=set)
    """Topics that share a parent's records among them."""

    @property
    def duration_s(self) -> float:
        """How long the estate runs."""
        return self.scale.duration_ms / 1000

    @property
    def rate(self) -> float:
        """Records per second so far."""
        return sum(self.rates.values())

    def fits(self, rate: float) -> bool:
        """Whether an output of this rate carries enough to be found, and not more than the estate should."""
        is_enough = rate * self.duration_s >= self.scale.min_carried
        left = self.scale.budget - self.rate
        fair = left / max(1, self.scale.topics - len(self.topics))
        return is_enough and rate <= min(left, _LARGEST * self.scale.budget, _GENEROUS * fair)

    def add_topic(self, slots: Iterable[str], rate: float, mints: str = "", name: str = "") -> str:
        """A topic that says these slots (and its own id, if it mints one)."""
        name = name or self.names.topic()
        said = tuple(dict.fromkeys((*slots, *([mints] if mints else []))))
        self.topics[name] = draw_topic(self.chance, name, said, mints, self.habits)
        self.rates[name] = rate
        return name

    def own_id(self, name: str, share: float = 0.6) -> str:
        """The slot of a topic's own ids, or nothing."""
        return f"{self.chance.choice(EVENT_KINDS)}@{name}" if self.chance.random() < share else ""

    def add_program(
        self, operation: Operation, inputs: Iterable[str], outputs: Iterable[str], delay: Delay | None = None
    ) -> None:
        """A program with a delay, a rhythm and a disorder of its own."""
        chance = self.chance
        self.programs.append(
            ProgramSpec(
                name=self.names.program(),
                operation=operation,
                inputs=tuple(inputs),
                outputs=tuple(outputs),
                delay=delay or self.delay(),
                poll_ms=log_uniform(chance, 1, 60),
                linger_ms=chance.choice((0.0, 0.0, 5.0, 20.0)),
                disorder=self._disorder(),
            )
        )

    def delay(self) -> Delay:
        """How long an ordinary program takes."""
        return Delay(log_uniform(self.chance, *self.scale.delays_ms), self.chance.uniform(0.1, 0.9))

    def slow_delay(self) -> Delay:
        """How long a queue or a person in between takes."""
        return Delay(log_uniform(self.chance, *self.scale.slow_ms), self.chance.uniform(0.1, 0.6))

    def _disorder(self) -> Disorder:
        chance, scale = self.chance, self.scale
        skew_ms = int(chance.choice((-1, 1)) * log_uniform(chance, 100, 5_000))
        down_ms = int(chance.uniform(0.2, 0.7) * scale.duration_ms)
        pause_ms = (down_ms, down_ms + int(chance.uniform(0.04, 0.1) * scale.duration_ms))
        return Disorder(
            skew_ms=skew_ms if chance.random() < scale.skewed else 0,
            duplicates=chance.random() * scale.duplicated if chance.random() < 0.5 else 0.0,
            late=chance.random() * scale.late if chance.random() < 0.4 else 0.0,
            pause_ms=pause_ms if chance.random() < scale.paused else None,
        )

    def writer(self, topic: str) -> ProgramSpec:
        """The program that writes a topic."""
        return next(program for program in self.programs if topic in program.outputs)

    def slots_of(self, name: str, *kinds: str) -> list[str]:
        """The slots of a topic that are of these kinds."""
        return [slot for slot in self.topics[name].slots if kind_of(slot) in kinds]

    def people_in(self, name: str) -> list[str]:
        """The slots of a topic that stand for one person each."""
        return [slot for slot in self.topics[name].slots if kind_of(slot) in PERSON_LIKE]

    def events_in(self, name: str) -> list[str]:
        """The ids of events that a topic says, its own first."""
        mints = self.topics[name].mints
        return sorted(self.slots_of(name, *EVENT_KINDS), key=lambda slot: slot != mints)

    def fertile(self) -> list[str]:
        """Topics from which something may be derived, in the order of their making."""
        return [
            name for name in self.topics if name not in self.barren and (self.people_in(name) or self.events_in(name))
        ]

    def pick(self, candidates: list[str]) -> str | None:
        """One of them; half the time one of those that were made last."""
        if not candidates:
            return None
        recent = candidates[-max(1, len(candidates) // 3) :]
        return self.chance.choice(recent if self.chance.random() < 0.5 else candidates)

    def carried(self, parent: str, quotes: float | None = None) -> list[str]:
        """What a child takes over from a parent: always something that can be followed."""
        chance = self.chance
        events, people = self.events_in(parent), self.people_in(parent)
        taken: list[str] = []
        if events and (chance.random() < (self.scale.quotes if quotes is None else quotes) or not people):
            taken = events if chance.random() < 0.25 else events[:1]
        if people and (not taken or chance.random() < 0.8):
            taken = [*taken, *(people if chance.random() < 0.4 else [chance.choice(people)])]
        return [*taken, *(slot for slot in self.slots_of(parent, PLACE_KINDS[0]) if chance.random() < 0.4)]
