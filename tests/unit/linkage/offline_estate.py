"""The reference estate played without Kafka: its real programs, its real parameters, and the real audit of the tap.

What is left out is the network: records arrive after a short random wait, now and then a long one.
"""

from __future__ import annotations

import heapq
import random
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flowaudit.estates.catalogue import DECOY_TOPICS, PARTS, Part
from flowaudit.estates.parameters import load_parameters
from flowaudit.estates.program import Incoming, Outgoing, Program, make_town
from flowaudit.facts import Channel, Fact, OffsetCommitted, ProducerSeen, Provenance, SightingRun
from flowaudit.sources.tap.audit import TapAudit, TappedRun
from flowaudit.sources.tap.settings import AuditSettings

ESTATE = Path(__file__).parents[3] / "topologies" / "beijing-public-housing" / "estate.yaml"
FLOWS = frozenset(flow for part in PARTS for flow in part.derives)
DECOYS = frozenset(DECOY_TOPICS)
START_MS = 1_790_000_000_000
_TICK_S = 0.1
_PARTITIONS = 3
_PROVENANCE = Provenance(Channel.COMMITTED_OFFSETS, START_MS, "an estate without Kafka")
_TRACKED_WRITERS = ("confluent-kafka",)
"""Clients whose producers are idempotent by default, so that the broker knows their producer id."""


@dataclass(frozen=True, slots=True)
class Written:
    """A record on a topic of the estate."""

    offset: int
    timestamp: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes | None], ...] = ()


class _Playback:
    """A queue of things that happen at their times."""

    def __init__(self, seed: int, duration_s: float) -> None:
        self._random = random.Random(f"network {seed}")
        self._duration_s = duration_s
        self._queue: list[tuple[float, int, partial[None]]] = []
        self._count = 0
        parameters = load_parameters(ESTATE)
        town = make_town(parameters, seed)
        self._speed = parameters.city.speed
        self._readers: dict[str, list[Program]] = defaultdict(list)
        self._programs = [(part, part.program(town)) for part in PARTS]
        for part, program in self._programs:
            for topic in part.consumed:
                self._readers[topic].append(program)
        self._ends: Counter[tuple[str, int]] = Counter()
        self.log: list[tuple[str, int, Written]] = []

    def play(self) -> None:
        for _, program in self._programs:
            self._at(self._random.random() * _TICK_S, partial(self._tick, program))
        while self._queue and self._queue[0][0] <= self._duration_s:
            now_s, _, action = heapq.heappop(self._queue)
            action(now_s)

    def _at(self, when_s: float, action: partial[None]) -> None:
        self._count += 1
        heapq.heappush(self._queue, (when_s, self._count, action))

    def _tick(self, program: Program, now_s: float) -> None:
        for outgoing in program.unprompted(now_s * self._speed):
            self._send(outgoing, now_s)
        self._at(now_s + _TICK_S, partial(self._tick, program))

    def _send(self, outgoing: Outgoing, now_s: float) -> None:
        late_s = self._random.random() * 0.01 if outgoing.delay_ms else 0.0
        self._at(now_s + outgoing.delay_ms / 1000 + late_s, partial(self._write, outgoing))

    def _write(self, outgoing: Outgoing, now_s: float) -> None:
        partition = zlib.crc32(outgoing.key.encode()) % _PARTITIONS
        offset = self._ends[outgoing.topic, partition]
        self._ends[outgoing.topic, partition] += 1
        record = Written(offset, START_MS + int(now_s * 1000), outgoing.key.encode(), outgoing.value)
        self.log.append((outgoing.topic, partition, record))
        for program in self._readers[outgoing.topic]:
            wait_s = 0.002 + self._random.expovariate(125)
            if self._random.random() < 0.05:
                wait_s += self._random.random() * 0.15
            self._at(now_s + wait_s, partial(self._read, program, outgoing))

    def _read(self, program: Program, outgoing: Outgoing, now_s: float) -> None:
        for answer in program.decide(Incoming(outgoing.topic, outgoing.value), now_s * self._speed):
            self._send(answer, now_s)


def sightings(seed: int, *, duration_s: float, theta: float) -> list[SightingRun]:
    """What the tap would hand to linkage, in runs of a second."""
    night = _Playback(seed, duration_s)
    night.play()
    audit = TapAudit(AuditSettings(key=b"a key for a test" * 2, theta=theta))
    runs: dict[tuple[int, str, int], list[Written]] = defaultdict(list)
    for topic, partition, record in night.log:
        runs[record.timestamp // 1000, topic, partition].append(record)
    audited = (
        audit.audit(TappedRun(topic, "id", partition, records[0].offset, records[-1].offset + 1, records), START_MS)
        for (_, topic, partition), records in sorted(runs.items())
    )
    return [run.sightings for run in audited if run.sightings is not None]


def metadata() -> list[Fact]:
    """What the cluster tells of groups and writers."""
    return [fact for number, part in enumerate(PARTS) for fact in _known(part, 1000 + number)]


def _known(part: Part, producer_id: int) -> list[Fact]:
    facts: list[Fact] = []
    if part.group is not None:
        facts += [OffsetCommitted(_PROVENANCE, part.group, topic, 0, 10) for topic in part.consumed]
    if part.client in _TRACKED_WRITERS:
        facts += [ProducerSeen(_PROVENANCE, topic, 0, producer_id, 0, 1, START_MS) for topic in part.produced]
    return facts
