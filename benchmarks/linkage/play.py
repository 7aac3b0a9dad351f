"""Playing an estate in simulated time: programs, producers, brokers and readers as a queue of things that happen."""

from __future__ import annotations

import heapq
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial
from typing import Final

from benchmarks.linkage.chance import stream
from benchmarks.linkage.disorder import Producer
from benchmarks.linkage.encode import Encoded, Encoder
from benchmarks.linkage.estate import EstateSpec, Fields, PlayedEstate, ProgramSpec, Written
from benchmarks.linkage.flows import direct_flows
from benchmarks.linkage.metadata import metadata_facts
from benchmarks.linkage.programs.behaviour import Behaviour, Incoming, Outgoing
from benchmarks.linkage.programs.make import Workshop
from benchmarks.linkage.spelling import CONSTANTS
from benchmarks.linkage.truth import Judged, judge
from benchmarks.linkage.version import VERSION

START_MS: Final = 1_790_000_000_000
_CATCHING_UP_MS: Final = 2.0
_LONG_WAIT: Final = 0.03
_LONG_WAIT_MS: Final = 200.0


def play(seed: int, spec: EstateSpec, version: int = VERSION) -> PlayedEstate:
    """The estate as it went. The same for the same specification."""
    playback = _Playback(spec)
    playback.run()
    judged: Judged = judge(spec, playback.carried, f"linkage-v{version}-{spec.kind}-{seed}")
    return PlayedEstate(
        seed=seed,
        version=version,
        spec=spec,
        log=tuple(playback.log),
        truth=judged.truth,
        cases=judged.cases,
        decoys=judged.decoys,
        not_exercised=judged.not_exercised,
        metadata_facts=tuple(metadata_facts(spec, dict(playback.ends), START_MS + spec.duration_ms)),
    )


@dataclass(slots=True)
class _Running:
    """A program at work."""

    spec: ProgramSpec
    behaviour: Behaviour
    producer: Producer
    ticks_at_us: int | None = None


class _Playback:
    def __init__(self, spec: EstateSpec) -> None:
        self._spec = spec
        self._end_us = spec.duration_ms * 1000
        self._queue: list[tuple[int, int, partial[None]]] = []
        self._count = 0
        self._chance = stream(spec.chance, "network")
        workshop = Workshop(spec, START_MS)
        self._programs = [
            _Running(program, workshop.make(program), Producer(program, stream(spec.chance, "producer", program.name)))
            for program in spec.programs
        ]
        self._topics = {topic.name: topic for topic in spec.topics}
        self._encoders = {topic.name: Encoder(topic, spec.chance) for topic in spec.topics}
        self._readers: dict[str, list[_Running]] = defaultdict(list)
        for running in self._programs:
            for topic in running.spec.inputs:
                self._readers[topic].append(running)
        said = {topic.name: frozenset(topic.slots) for topic in spec.topics}
        self._common = {(source, target): said[source] & said[target] for source, target in direct_flows(spec)}
        self._read_until_us: dict[tuple[str, str, int], int] = {}
        self.ends: Counter[tuple[str, int]] = Counter()
        self.carried: Counter[tuple[str, str]] = Counter()
        self.log: list[Written] = []

    def run(self) -> None:
        for running in self._programs:
            self._schedule_tick(running, 0)
        while self._queue:
            at_us, _, action = heapq.heappop(self._queue)
            if at_us >= self._end_us:
                return
            action(at_us)

    def _at(self, at_us: int, action: partial[None]) -> None:
        self._count += 1
        heapq.heappush(self._queue, (at_us, self._count, action))

    def _schedule_tick(self, running: _Running, now_us: int) -> None:
        due_ms = running.behaviour.due_ms()
        if due_ms is None:
            return
        due_us = max(now_us, (due_ms - START_MS) * 1000)
        if running.ticks_at_us is None or due_us < running.ticks_at_us:
            running.ticks_at_us = due_us
            self._at(due_us, partial(self._tick, running))

    def _tick(self, running: _Running, now_us: int) -> None:
        if running.ticks_at_us != now_us:
            return
        running.ticks_at_us = None
        self._send_all(running, running.behaviour.tick(_wall_ms(now_us)), now_us)
        self._schedule_tick(running, now_us)

    def _read(self, running: _Running, topic: str, fields: Fields, now_us: int) -> None:
        self._send_all(running, running.behaviour.react(Incoming(topic, fields), _wall_ms(now_us)), now_us)
        self._schedule_tick(running, now_us)

    def _send_all(self, running: _Running, outgoings: list[Outgoing], now_us: int) -> None:
        for outgoing in outgoings:
            sendings = running.producer.send(outgoing, START_MS + now_us / 1000)
            encoded = self._encoders[outgoing.topic].encode(outgoing.fields, int(sendings[0].created_ms))
            partition = self._partition(outgoing.topic, encoded)
            for number, sending in enumerate(sendings):
                sources = () if number else self._carriers(outgoing)
                at_us = max(now_us, round((sending.arrives_ms - START_MS) * 1000))
                created_ms = int(sending.created_ms)
                self._at(at_us, partial(self._arrive, outgoing, encoded, partition, created_ms, sources))

    def _partition(self, topic: str, encoded: Encoded) -> int:
        partitions = self._topics[topic].partitions
        if encoded.key is None:
            return self._chance.randrange(partitions)
        return zlib.crc32(encoded.key) % partitions

    def _carriers(self, outgoing: Outgoing) -> tuple[str, ...]:
        """The sources from which the record carries something that can be followed."""
        if not outgoing.sources or all(value in CONSTANTS for value in outgoing.fields.values()):
            return ()
        return tuple(source for source in outgoing.sources if self._can_follow(source, outgoing))

    def _can_follow(self, source: str, outgoing: Outgoing) -> bool:
        common = self._common[source, outgoing.topic]
        fields = outgoing.fields
        return not common or any(slot in fields and fields[slot] not in CONSTANTS for slot in common)

    def _arrive(
        self,
        outgoing: Outgoing,
        encoded: Encoded,
        partition: int,
        created_ms: int,
        sources: tuple[str, ...],
        now_us: int,
    ) -> None:
        topic = outgoing.topic
        arrived_ms = _wall_ms(now_us)
        timestamp_ms = arrived_ms if self._topics[topic].clock == "append" else created_ms
        offset = self.ends[topic, partition]
        self.ends[topic, partition] += 1
        self.log.append(
            Written(topic, partition, offset, timestamp_ms, arrived_ms, encoded.key, encoded.value, encoded.headers)
        )
        for source in sources:
            self.carried[source, topic] += 1
        for running in self._readers[topic]:
            self._at(
                self._read_at_us(running, topic, partition, now_us),
                partial(self._read, running, topic, outgoing.fields),
            )

    def _read_at_us(self, running: _Running, topic: str, partition: int, now_us: int) -> int:
        """When a reader comes to it: after its poll, in the order of the partition, and not while it is down."""
        wait_ms = 0.2 + self._chance.expovariate(1 / running.spec.poll_ms)
        if self._chance.random() < _LONG_WAIT:
            wait_ms += self._chance.random() * _LONG_WAIT_MS
        at_us = now_us + round(wait_ms * 1000)
        pause_ms = running.spec.disorder.pause_ms
        place = (running.spec.name, topic, partition)
        before_us = self._read_until_us.get(place, 0)
        if pause_ms is not None and pause_ms[0] * 1000 <= at_us < pause_ms[1] * 1000:
            at_us = max(pause_ms[1] * 1000, before_us + round(_CATCHING_UP_MS * 1000))
        self._read_until_us[place] = max(at_us, before_us)
        return self._read_until_us[place]


def _wall_ms(now_us: int) -> int:
    return START_MS + now_us // 1000
