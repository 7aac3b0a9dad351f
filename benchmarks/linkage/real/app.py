"""An application of an estate without its client: what its programs make of what it reads, and when it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from benchmarks.linkage.chance import stream
from benchmarks.linkage.disorder import Producer
from benchmarks.linkage.encode import Encoded, Encoder, decode
from benchmarks.linkage.estate import AppSpec, EstateSpec, ProgramSpec
from benchmarks.linkage.programs.behaviour import Behaviour, Incoming, Outgoing
from benchmarks.linkage.programs.make import Workshop
from benchmarks.linkage.spelling import CONSTANTS
from flowaudit.estates.outbox import Outbox, Position

LONGEST_WAIT_S: Final = 0.1
_PROMPT_MS: Final = 200.0
"""What is sent so soon after it was made bears the producer's own time, and holds up what is committed."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A record for a producer, once its delay has passed."""

    topic: str
    record: Encoded
    timestamp_ms: int | None
    """None: the time at which it is sent, by the producer's clock."""
    delay_ms: float
    sources: tuple[str, ...]
    """The topics that it carries something of."""


@dataclass(frozen=True, slots=True)
class _Program:
    spec: ProgramSpec
    behaviour: Behaviour
    producer: Producer


class App:
    """The programs of one application. Its client reads, writes and commits; this says what."""

    def __init__(self, estate: EstateSpec, app: AppSpec) -> None:
        self.spec = app
        self._estate = estate
        self._topics = {topic.name: topic for topic in estate.topics}
        self._said = {topic.name: frozenset(topic.slots) for topic in estate.topics}
        self._specs = tuple(program for program in estate.programs if program.name in app.programs)
        self._encoders = {name: Encoder(self._topics[name], estate.chance) for name in app.writes}
        self._programs: tuple[_Program, ...] = ()
        self._outbox: Outbox[Parcel] = Outbox()
        self._start_ms = 0
        self.carried: Counter[tuple[str, str]] = Counter()
        """(upstream, downstream): records written that carry something of a record read."""

    @property
    def poll_s(self) -> float:
        """How often it looks for records."""
        return min((program.poll_ms for program in self._specs), default=LONGEST_WAIT_S * 1000) / 1000

    @property
    def linger_ms(self) -> int:
        """How long its producer waits for more records."""
        return round(min((program.linger_ms for program in self._specs), default=0.0))

    def partitions(self) -> list[tuple[str, int]]:
        """Every partition of the topics that it reads."""
        return [(topic, number) for topic in self.spec.reads for number in range(self._topics[topic].partitions)]

    def begin(self, workshop: Workshop, start_ms: int) -> None:
        """Life begins; until now, nothing is read and nothing written."""
        self._start_ms = start_ms
        self._programs = tuple(
            _Program(spec, workshop.make(spec), Producer(spec, stream(self._estate.chance, "producer", spec.name)))
            for spec in self._specs
        )

    def is_down(self, now_ms: int) -> bool:
        """Whether it reads nothing now."""
        pauses = (program.disorder.pause_ms for program in self._specs)
        return any(pause and pause[0] <= now_ms - self._start_ms < pause[1] for pause in pauses)

    def accept(self, position: Position, record: Encoded, now_ms: int) -> None:
        """A record was read."""
        parcels: list[Parcel] = []
        if any(position.topic in program.spec.inputs for program in self._programs):
            incoming = Incoming(position.topic, decode(self._topics[position.topic], record))
            for program in self._programs:
                if position.topic in program.spec.inputs:
                    parcels += self._packed(program, program.behaviour.react(incoming, now_ms), now_ms)
        self._outbox.add(position, (parcel for parcel in parcels if parcel.timestamp_ms is None), now_ms / 1000)
        self._outbox.add(None, (parcel for parcel in parcels if parcel.timestamp_ms is not None), now_ms / 1000)

    def due(self, now_ms: int) -> list[Parcel]:
        """What is to be written now; it counts as carried."""
        for program in self._programs:
            self._outbox.add(None, self._packed(program, program.behaviour.tick(now_ms), now_ms), now_ms / 1000)
        parcels = self._outbox.due(now_ms / 1000)
        self.carried.update((source, parcel.topic) for parcel in parcels for source in parcel.sources)
        return parcels

    def wait_s(self, now_ms: int) -> float:
        """How long nothing will become due, as far as is known now."""
        due = (program.behaviour.due_ms() for program in self._programs)
        next_s = min(((at_ms - now_ms) / 1000 for at_ms in due if at_ms is not None), default=LONGEST_WAIT_S)
        return self._outbox.wait_s(now_ms / 1000, min(LONGEST_WAIT_S, max(0.0, next_s)))

    def committable(self) -> dict[tuple[str, int], int]:
        """Offsets that may be committed once everything handed out by `due` has been acknowledged."""
        return self._outbox.committable()

    def _packed(self, program: _Program, written: Iterable[Outgoing], now_ms: int) -> list[Parcel]:
        return [parcel for outgoing in written for parcel in self._pack(program, outgoing, now_ms)]

    def _pack(self, program: _Program, outgoing: Outgoing, now_ms: int) -> list[Parcel]:
        sendings = program.producer.send(outgoing, now_ms)
        record = self._encoders[outgoing.topic].encode(outgoing.fields, int(sendings[0].created_ms))
        return [
            Parcel(
                outgoing.topic,
                record,
                None if 0 <= arrives_ms - created_ms < _PROMPT_MS else int(created_ms),
                arrives_ms - now_ms,
                () if number else self._carriers(outgoing),
            )
            for number, (arrives_ms, created_ms) in enumerate(sendings)
        ]

    def _carriers(self, outgoing: Outgoing) -> tuple[str, ...]:
        """The sources from which the record carries something that can be followed."""
        if not any(value not in CONSTANTS for value in outgoing.fields.values()):
            return ()
        return tuple(source for source in outgoing.sources if self._can_follow(source, outgoing))

    def _can_follow(self, source: str, outgoing: Outgoing) -> bool:
        common = self._said[source] & self._said[outgoing.topic]
        return not common or any(outgoing.fields[slot] not in CONSTANTS for slot in outgoing.fields if slot in common)
