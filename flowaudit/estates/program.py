"""What a process of the estate does, without any Kafka in it.

A program decides what follows from one record, and what follows from the passing of time. It has no I/O and reads no
clock; whatever it draws belongs to the seed and to the identifiers it works on, so a record that is delivered twice
gets the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import msgspec

from flowaudit.estates import chance
from flowaudit.estates.city_time import Calendar
from flowaudit.estates.parameters import Parameters
from flowaudit.estates.population import Population, make_population
from flowaudit.estates.records import Record

RecordT = TypeVar("RecordT", bound=Record)


class Incoming(msgspec.Struct, frozen=True):
    """A record as it was read."""

    topic: str
    value: bytes


class Outgoing(msgspec.Struct, frozen=True):
    """A record to write, once `delay_ms` (real milliseconds) have passed."""

    topic: str
    key: str
    value: bytes
    delay_ms: float = 0.0


class Program(Protocol):
    """One process's part in the estate."""

    def decide(self, incoming: Incoming, city_s: float) -> Sequence[Outgoing]:
        """What follows from a record that is read at this city time."""

    def unprompted(self, city_s: float) -> Sequence[Outgoing]:
        """What life itself has brought up to this city time; call it with times that never go back."""


class Reactive:
    """A part that only answers what it reads."""

    def unprompted(self, city_s: float) -> Sequence[Outgoing]:  # noqa: ARG002 - nothing happens by itself
        """Nothing."""
        return ()


class Spontaneous:
    """A part that reads nothing."""

    def decide(self, incoming: Incoming, city_s: float) -> Sequence[Outgoing]:  # noqa: ARG002 - there is none
        """Nothing."""
        return ()


class Town(msgspec.Struct, frozen=True):
    """What every system of the city knows: the seed, the people, the calendar, the numbers."""

    seed: int
    parameters: Parameters
    population: Population
    calendar: Calendar

    def outgoing(self, topic: str, key: str, record: Record, delay_ms: float = 0.0) -> Outgoing:
        """A record, ready to be written."""
        return Outgoing(topic, key, msgspec.json.encode(record), delay_ms)

    def stamp(self, city_s: float, delay_ms: float = 0.0) -> str:
        """The city's time `delay_ms` real milliseconds after a city time."""
        return self.calendar.stamp(city_s + delay_ms / 1000 * self.parameters.city.speed)

    def delay_ms(self, median_ms: float, sigma: float, *name: object) -> float:
        """How long something takes: log-normal, and the same for the same name."""
        return chance.spread(median_ms, sigma, self.seed, "delay", *name)


def make_town(parameters: Parameters, seed: int) -> Town:
    """The city of a parameter file and a seed."""
    population = make_population(parameters.population, scale=parameters.city.scale, seed=seed)
    return Town(seed, parameters, population, Calendar(parameters.city.starts_at))


def read_as(record: type[RecordT], incoming: Incoming) -> RecordT | None:
    """The record, or None when somebody has put something else on the topic: such records are passed over."""
    try:
        return msgspec.json.decode(incoming.value, type=record)
    except (msgspec.DecodeError, RecursionError):
        return None
