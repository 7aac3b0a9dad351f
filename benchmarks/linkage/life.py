"""What happens outside Kafka: people do things, tables are kept, outside systems cause records."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Final, NamedTuple

from benchmarks.linkage.chance import stream
from benchmarks.linkage.estate import EstateSpec, Fields, HabitSpec, RootSpec, TopicSpec, kind_of
from benchmarks.linkage.kinds import PERSON_KINDS, PLACE_KINDS, Minter
from benchmarks.linkage.people import Population
from benchmarks.linkage.spelling import CONSTANTS, digest, spell

_TABLE_LOAD_MS: Final = 25_000
_CO_ACTIVE_MS: Final = 120_000
_ZONES: Final = 400
_BOOKED_ON: Final = 0
"""The test person, or the till's own card."""


class Happening(NamedTuple):
    """Something that a root's program learns at a time (milliseconds from the start)."""

    at_ms: int
    topic: str
    person: int
    shared: tuple[tuple[str, str], ...] = ()
    """What an outside cause says to everybody: slot and value."""


class Witness:
    """Makes of a happening what its root's topic says about it."""

    def __init__(self, spec: EstateSpec, root: RootSpec, people: Population) -> None:
        self._topic: TopicSpec = spec.topic(root.topic)
        self._root = root
        self._people = people
        self._chance = stream(spec.chance, "witness", root.topic)
        self._minters = {
            slot: Minter(kind_of(slot), self._chance)
            for slot in self._topic.slots
            if slot == self._topic.mints or (kind_of(slot) == "ticket" and slot.endswith(root.topic))
        }
        self._constant = self._chance.choice((None, *CONSTANTS))
        self._surrogates: dict[int, str] = {}

    def tell(self, happening: Happening, now_ms: int) -> Fields:
        """The fields of the record."""
        shared = dict(happening.shared)
        person = happening.person
        is_popular = self._chance.random() < self._root.popular
        fields: Fields = {}
        for slot in self._topic.slots:
            if slot in shared:
                fields[slot] = shared[slot]
            elif slot in self._minters:
                fields[slot] = self._minters[slot].mint(now_ms)
            elif kind_of(slot) in PERSON_KINDS and is_popular:
                fields[slot] = self._constant or self._people.identifier(slot, _BOOKED_ON)
            else:
                value = self._attribute(slot, person)
                if value is not None:
                    fields[slot] = value
        return fields

    def whose(self, fields: Fields) -> int | None:
        """Who is meant in somebody else's record."""
        found = (self._people.find(slot, value) for slot, value in fields.items() if slot in PERSON_KINDS)
        return next((person for person in found if person is not None), None)

    def _attribute(self, slot: str, person: int) -> str | None:
        kind = kind_of(slot)
        if kind in PERSON_KINDS:
            return self._people.identifier(kind, person)
        if kind in PLACE_KINDS:
            return self._people.place(kind, person, self._chance)
        return self._peculiar(kind, slot, person)

    def _peculiar(self, kind: str, slot: str, person: int) -> str | None:
        """What only some roots say."""
        match kind:
            case "zone":
                return str(self._chance.randrange(1, _ZONES))
            case "node":
                return f"{slot.partition('@')[2]}-{self._chance.randrange(1, 20)}"
            case "surrogate":
                return self._surrogate(person)
            case "digest":
                return digest("sha256", spell("email", "plain", self._people.identifier("email", person)))
            case _:
                return None

    def _surrogate(self, person: int) -> str:
        if person not in self._surrogates:
            chance = stream("surrogate", self._people.identifier("account", person), self._topic.name)
            self._surrogates[person] = Minter("surrogate", chance).mint(0)
        return self._surrogates[person]


def happenings(spec: EstateSpec, people: Population) -> dict[str, list[Happening]]:
    """All that happens, by the root's topic, in the order of its times."""
    lived: dict[str, list[Happening]] = {root.topic: [] for root in spec.roots}
    for root in spec.roots:
        chance = stream(spec.chance, "life", root.topic)
        lived[root.topic] += (
            _upserts(spec, root, people, chance) if root.kind == "table" else _events(spec, root, people, chance)
        )
    for number, habit in enumerate(spec.habits):
        chance = stream(spec.chance, "habit", number)
        for happening in _by_habit(spec, habit, lived[habit.first], people, chance):
            lived[happening.topic].append(happening)
    ticks = {root.topic: root.tick_ms for root in spec.roots}
    return {
        topic: sorted(_at_ticks(h, ticks[topic]) for h in events if 0 <= h.at_ms < spec.duration_ms)
        for topic, events in lived.items()
    }


def _events(spec: EstateSpec, root: RootSpec, people: Population, chance: random.Random) -> list[Happening]:
    phase, period_ms = chance.random(), chance.uniform(60_000, 600_000)
    return [
        Happening(at_ms, root.topic, people.draw(chance))
        for at_ms in _poisson(root.rate * (1 + root.swing), spec.duration_ms, chance)
        if chance.random() * (1 + root.swing) < 1 + root.swing * math.sin(math.tau * (at_ms / period_ms + phase))
    ]


def _upserts(spec: EstateSpec, root: RootSpec, people: Population, chance: random.Random) -> list[Happening]:
    """Everybody once at the start, then changes."""
    load = [
        Happening(int(chance.random() * _TABLE_LOAD_MS * spec.duration_ms / 750_000), root.topic, person)
        for person in range(len(people))
    ]
    changes = _poisson(root.rate, spec.duration_ms, chance)
    return load + [Happening(at_ms, root.topic, people.draw(chance)) for at_ms in changes]


def _poisson(rate: float, duration_ms: int, chance: random.Random) -> Iterator[int]:
    at_ms = 0.0
    while rate > 0 and (at_ms := at_ms + chance.expovariate(rate / 1000)) < duration_ms:
        yield int(at_ms)


def _by_habit(
    spec: EstateSpec, habit: HabitSpec, first: list[Happening], people: Population, chance: random.Random
) -> list[Happening]:
    if habit.kind == "outside-cause":
        minter = Minter(kind_of(habit.slot), chance)
        return [
            happening
            for at_ms in _poisson(habit.rate, spec.duration_ms, chance)
            for happening in _caused(habit, at_ms, people.draw(chance), minter, chance)
        ]
    followed = [happening for happening in first if chance.random() < habit.share]
    if habit.kind == "co-activity":
        width_ms = min(_CO_ACTIVE_MS, spec.duration_ms // 5)
        return [h._replace(at_ms=h.at_ms + chance.randrange(-width_ms, width_ms), topic=habit.second) for h in followed]
    delay = habit.delays[1]
    return [
        h._replace(at_ms=h.at_ms + int(delay.median_ms * chance.lognormvariate(0, delay.sigma)), topic=habit.second)
        for h in followed
    ]


def _caused(habit: HabitSpec, at_ms: int, person: int, minter: Minter, chance: random.Random) -> Iterator[Happening]:
    shared = ((habit.slot, minter.mint(at_ms)),) if habit.slot else ()
    for topic, delay in zip((habit.first, habit.second), habit.delays, strict=True):
        delay_ms = int(delay.median_ms * chance.lognormvariate(0, delay.sigma))
        yield Happening(at_ms + delay_ms, topic, person, shared)


def _at_ticks(happening: Happening, tick_ms: int) -> Happening:
    return happening._replace(at_ms=-(-happening.at_ms // tick_ms) * tick_ms) if tick_ms else happening
