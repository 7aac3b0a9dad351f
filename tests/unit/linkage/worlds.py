"""Generated estates with exact truth: roots, programs between topics, and topics that only look related.

A world is played event by event; its sightings are what the tap would hand to linkage. Nothing here knows how the
inference works, and its numbers were not tuned on the seeds that the tests assert on.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b

import numpy as np

from flowaudit.facts import SIGHTING, Channel, Fact, OffsetCommitted, ProducerSeen, Provenance, SightingRun

START_MS = 1_790_000_000_000
PEOPLE = 600
PROVENANCE = Provenance(Channel.COMMITTED_OFFSETS, START_MS, "a generated world")


@dataclass(frozen=True, slots=True)
class Event:
    """A record: its own identifier, whom it is about, and what it quotes, as (path, value) pairs."""

    topic: str
    time_ms: float
    own: str
    person: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Op:
    """A program between topics."""

    name: str
    parents: tuple[str, ...]
    child: str
    kind: str
    delay_ms: float
    spread: float
    share: float
    quotes: bool
    keeps_quotes: bool
    """Does it hand on what its parent quoted?"""


@dataclass(slots=True)
class World:
    """Topics, programs and, once played, events."""

    seed: int
    duration_s: float
    ops: list[Op] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    decoys: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def truth(self) -> frozenset[tuple[str, str]]:
        """Every direct flow."""
        return frozenset((parent, op.child) for op in self.ops for parent in op.parents)

    def metadata(self) -> list[Fact]:
        """What the cluster would tell: one group for each program, one producer id for each writer."""
        facts: list[Fact] = []
        for number, op in enumerate(self.ops):
            facts += [OffsetCommitted(PROVENANCE, f"group-{op.name}", topic, 0, 10) for topic in op.parents]
            facts.append(ProducerSeen(PROVENANCE, op.child, 0, 1000 + number, 0, 1, START_MS))
        return facts


def make_world(
    seed: int, *, roots: int = 3, derived: int = 7, rate: float = 12.0, duration_s: float = 70.0, quoting: float = 0.9
) -> World:
    """Draw and play a world: roots that share their people, programs behind them, decoys beside them.

    `quoting` is the share of programs whose records name the event that caused them; the others name the person only.
    """
    rnd = random.Random(f"world {seed}")
    world = World(seed, duration_s)
    world.roots = [f"root{number}" for number in range(roots)]
    topics = list(world.roots)
    for number in range(derived):
        op = _draw_op(rnd, number, topics, quoting)
        world.ops.append(op)
        topics.append(op.child)
    world.decoys = ["decoy.walk", "decoy.tick-a", "decoy.tick-b", "decoy.crowd"]
    _Play(world, rnd, rate).run()
    return world


def still_world(seed: int, *, roots: int = 8, rate: float = 12.0, duration_s: float = 70.0) -> World:
    """A world without any flow: many roots with the same people, and the decoys."""
    world = World(seed, duration_s, roots=[f"root{number}" for number in range(roots)])
    world.decoys = ["decoy.walk", "decoy.tick-a", "decoy.tick-b", "decoy.crowd"]
    _Play(world, random.Random(f"still {seed}"), rate).run()
    return world


def _draw_op(rnd: random.Random, number: int, topics: list[str], quoting: float) -> Op:
    kind = rnd.choices(["map", "filter", "join", "union", "batch"], [4, 3, 2, 1, 1])[0]
    parents = tuple(rnd.sample(topics, 2 if kind in ("join", "union") and len(topics) > 1 else 1))
    return Op(
        name=f"p{number}",
        parents=parents,
        child=f"derived{number}",
        kind=kind,
        delay_ms=10 ** rnd.uniform(1.0, 3.2),
        spread=rnd.uniform(0.2, 0.6),
        share=rnd.choice([0.2, 0.5]) if kind == "filter" else 1.0,
        quotes=rnd.random() < quoting,
        keeps_quotes=rnd.random() < 0.3,
    )


class _Play:
    """Plays a world: a queue of things that happen at their times."""

    def __init__(self, world: World, rnd: random.Random, rate: float) -> None:
        self._world = world
        self._rnd = rnd
        self._rate = rate
        self._queue: list[tuple[float, int, Callable[[float], None]]] = []
        self._count = 0
        self._readers = defaultdict(list)
        for op in world.ops:
            for parent in op.parents:
                self._readers[parent].append(op)
        self._held: dict[tuple[str, str], Event] = {}
        self._batches: dict[str, list[Event]] = defaultdict(list)
        self._weights = [1 / (rank + 10) ** 0.8 for rank in range(PEOPLE)]

    def run(self) -> None:
        for root in self._world.roots:
            self._at(self._rnd.random(), partial(self._root, root))
        for op in self._world.ops:
            if op.kind == "batch":
                self._at(self._rnd.random() * 3, partial(self._flush, op))
        self._at(2.0, self._tick)
        while self._queue:
            now, _, action = heapq.heappop(self._queue)
            if now < self._world.duration_s:
                action(now)

    def _at(self, when: float, action: Callable[[float], None]) -> None:
        self._count += 1
        heapq.heappush(self._queue, (when, self._count, action))

    def _person(self) -> str:
        return f"person-{self._rnd.choices(range(PEOPLE), self._weights)[0]}"

    def _new(self, topic: str) -> str:
        self._count += 1
        return f"{topic}-id-{self._count}"

    def _root(self, root: str, now: float) -> None:
        person = self._person()
        operator = ("$.operator", f"operator-{self._rnd.randrange(3)}")
        self._write(root, person, (("$.place", f"place-{person}"), operator), now)
        if self._rnd.random() < 0.5:
            walk = self._rnd.lognormvariate(2.0, 0.9)
            self._at(now + walk, partial(self._write, "decoy.walk", person, ()))
        if self._rnd.random() < 0.3:
            crowd = self._rnd.uniform(-20, 20)
            self._at(max(now, now + crowd), partial(self._write, "decoy.crowd", person, ()))
        self._at(now + self._rnd.expovariate(self._rate), partial(self._root, root))

    def _tick(self, now: float) -> None:
        for number in range(0, PEOPLE, 4):
            person = f"person-{(number + int(now)) % PEOPLE}"
            for topic in ("decoy.tick-a", "decoy.tick-b"):
                self._at(now + self._rnd.random() * 0.4, partial(self._write, topic, person, ()))
        self._at(now + 10.0, self._tick)

    def _write(self, topic: str, person: str, extra: tuple[tuple[str, str], ...], now: float) -> None:
        own = self._new(topic)
        event = Event(topic, now * 1000, own, person, (("$.id", own), ("$.subject.person", person), *extra))
        self._world.events.append(event)
        for op in self._readers[topic]:
            self._react(op, event, now)

    def _react(self, op: Op, event: Event, now: float) -> None:
        if self._rnd.random() >= op.share:
            return
        if op.kind == "batch":
            self._batches[op.name].append(event)
        elif op.kind == "join":
            other = op.parents[1 - op.parents.index(event.topic)]
            partner = self._held.pop((op.name + other, event.person), None)
            if partner is None:
                self._held[op.name + event.topic, event.person] = event
            else:
                self._later(op, now, (event, partner))
        else:
            self._later(op, now, (event,))

    def _flush(self, op: Op, now: float) -> None:
        for event in self._batches.pop(op.name, []):
            self._later(op, now, (event,))
        self._at(now + 4.0, partial(self._flush, op))

    def _later(self, op: Op, now: float, sources: tuple[Event, ...]) -> None:
        wait = 0.003 + op.delay_ms / 1000 * self._rnd.lognormvariate(0, op.spread) + self._rnd.expovariate(150)
        extra: list[tuple[str, str]] = []
        if op.quotes:
            extra += [(f"$.because.{source.topic}", source.own) for source in sources]
        if op.keeps_quotes:
            extra += [(path, value) for path, value in sources[0].values if path.startswith("$.because")]
        known = dict(extra)
        self._at(now + wait, partial(self._write, op.child, sources[0].person, tuple(known.items())))


def runs_of(world: World, *, theta: float = 1.0, batch_s: float = 1.0, partitions: int = 2) -> list[SightingRun]:
    """The world's sightings as the tap hands them over: by topic and partition, in batches of some seconds."""
    instance = _instance_fields(world.events)
    offsets: Counter[tuple[str, int]] = Counter()
    batches: dict[tuple[int, str, int], list[tuple[int, Event]]] = defaultdict(list)
    for event in world.events:
        partition = _hash(event.person) % partitions
        batches[int(event.time_ms // (batch_s * 1000)), event.topic, partition].append(
            (offsets[event.topic, partition], event)
        )
        offsets[event.topic, partition] += 1
    return [_run(topic, partition, batch, instance, theta) for (_, topic, partition), batch in sorted(batches.items())]


def _run(
    topic: str, partition: int, batch: list[tuple[int, Event]], instance: set[tuple[str, str]], theta: float
) -> SightingRun:
    fields = tuple(sorted({path for _, event in batch for path, _ in event.values}))
    rows = [
        (_hash(value), offset, START_MS + int(event.time_ms), fields.index(path))
        for offset, event in batch
        for path, value in event.values
        if _hash(f"sample {value}") < theta * 2**64
    ]
    return SightingRun(
        topic=topic,
        partition=partition,
        fields=fields,
        field_is_instance=tuple((topic, path) in instance for path in fields),
        key_id=1,
        theta=theta,
        records=len(batch),
        rows=np.array(rows, dtype=SIGHTING).tobytes(),
    )


def _instance_fields(events: Iterable[Event]) -> set[tuple[str, str]]:
    """Fields whose values hardly ever return, as the tap finds them."""
    values: dict[tuple[str, str], list[str]] = defaultdict(list)
    for event in events:
        for path, value in event.values:
            values[event.topic, path].append(value)
    return {name for name, seen in values.items() if len(set(seen)) >= 0.95 * len(seen)}


def _hash(value: str) -> int:
    return int.from_bytes(blake2b(value.encode(), digest_size=8).digest(), "little")


def pairs(edges: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Edges as text, for messages of failed assertions."""
    return (f"{upstream} → {downstream}" for upstream, downstream in sorted(edges))
