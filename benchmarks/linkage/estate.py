"""What an estate is made of: its specification, and what is left when it has been played. Nothing here acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flowaudit.estates.truth import Truth
from flowaudit.facts import Fact

Fields = dict[str, str]
"""What a record says, without its spelling: slot → plain value. A slot is `kind` or `kind@origin`."""

Format = Literal["json", "stringified", "delimited", "msgpack"]
Clock = Literal["create", "append"]
OperationKind = Literal[
    "root", "map", "filter", "batch", "union", "join", "table-join", "aggregate", "threshold", "rekey", "digest"
]
DecoyKind = Literal[
    "shared-population", "co-activity", "human-order", "common-tick", "fork", "outside-cause", "low-entropy"
]


@dataclass(frozen=True, slots=True)
class Spelled:
    """A slot in one spelling."""

    slot: str
    style: str

    @property
    def kind(self) -> str:
        """The kind of identifier."""
        return kind_of(self.slot)


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A member of a topic's records: one slot, or two in one string."""

    path: tuple[str, ...]
    """Names of the members from the outermost on."""
    parts: tuple[Spelled, ...]
    joint: str = ""
    """What stands between two parts."""


@dataclass(frozen=True, slots=True)
class NoiseSpec:
    """A member that identifies nobody."""

    path: tuple[str, ...]
    kind: Literal["clock", "counter", "measure", "flag", "code", "constant", "pin"]


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic and how its records are written."""

    name: str
    partitions: int
    clock: Clock
    format: Format
    fields: tuple[FieldSpec, ...]
    noise: tuple[NoiseSpec, ...]
    key: Spelled | None
    mints: str = ""
    """The slot of the ids that are new with each record; empty when it mints none."""
    header: tuple[str, Spelled] | None = None
    """A header that carries a slot, instead of a member."""
    envelope: str = ""
    """Of a stringified topic: the member whose string is the JSON of all others."""
    separators: str = "|"
    """Of a delimited topic: what stands after the first, the second … column, over and over."""

    @property
    def slots(self) -> tuple[str, ...]:
        """What its records say, each slot once."""
        named = [part.slot for field in self.fields for part in field.parts]
        named += [self.key.slot] if self.key else []
        named += [self.header[1].slot] if self.header else []
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class Operation:
    """What a program does with what it reads. Which of the numbers count depends on the kind."""

    kind: OperationKind
    by: str = ""
    """The slot by which it joins, counts, selects or translates."""
    share: float = 1.0
    """The share of records that it answers."""
    splits: bool = False
    """Each record goes to one of the outputs, not to all."""
    every_ms: int = 0
    """Length of a window, or time between batches."""
    within_ms: int = 0
    """How far apart two records may be to be joined."""
    count: int = 0
    """The count that sets a threshold off."""
    table: str = ""
    """The input that is remembered for good."""
    keeps_unmatched: bool = False
    """A record that the table knows nothing of is passed on as it is."""
    mapping: str = ""
    """The output to which each new surrogate is told."""
    slot: str = ""
    """The slot that it adds: a surrogate or a digest."""
    algorithm: str = ""
    style: str = ""
    """The spelling that is digested."""


@dataclass(frozen=True, slots=True)
class Delay:
    """How long a program takes: log-normal."""

    median_ms: float
    sigma: float


@dataclass(frozen=True, slots=True)
class Disorder:
    """What is wrong with what a program writes, and when it does not read."""

    skew_ms: int = 0
    """What its clock is ahead."""
    duplicates: float = 0.0
    """The share of records that are sent twice."""
    late: float = 0.0
    """The share of records that arrive 5-60 s after they were made."""
    pause_ms: tuple[int, int] | None = None
    """It is down between these times, counted from the start, and catches up afterwards."""


@dataclass(frozen=True, slots=True)
class ProgramSpec:
    """A program: inputs, an operation, outputs. A root's operation is `root`; its inputs are what feeds back."""

    name: str
    operation: Operation
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    delay: Delay
    poll_ms: float
    """How often it looks for records."""
    linger_ms: float
    disorder: Disorder = Disorder()


@dataclass(frozen=True, slots=True)
class RootSpec:
    """Life that reaches a topic from outside."""

    topic: str
    rate: float
    """Records per second, on the average, of its own."""
    kind: Literal["stream", "table", "telemetry", "numbers"]
    tick_ms: int = 0
    """Everything since the last tick is written at the tick."""
    swing: float = 0.0
    """How far (0-1) the rate swings around its average."""
    popular: float = 0.0
    """The share of records about the one person, or the constant, that everything is booked on."""
    replay_ms: tuple[int, int, int] | None = None
    """(from, to, at): what was written between the first two is written again at the third."""
    replay_keeps_time: bool = True


@dataclass(frozen=True, slots=True)
class HabitSpec:
    """What people do at one root because of what they do at another; or what one outside cause brings to both."""

    kind: Literal["human-order", "co-activity", "outside-cause"]
    first: str
    second: str
    share: float
    """Human order and co-activity: of the first's events that have a second."""
    rate: float
    """Outside causes per second."""
    delays: tuple[Delay, Delay]
    """From the cause to each; human order uses the second only."""
    slot: str = ""
    """An id that the outside cause gives to both."""


@dataclass(frozen=True, slots=True)
class PeopleSpec:
    """The population that all roots share."""

    people: int
    skew: float
    """Exponent of the activity's fall from the most to the least active."""
    places: int


@dataclass(frozen=True, slots=True)
class AppSpec:
    """A deployed application: programs that share a group and a producer."""

    name: str
    programs: tuple[str, ...]
    reads: tuple[str, ...]
    """Everything it reads, unrelated topics too."""
    writes: tuple[str, ...]
    group: str
    """Empty when it has none: it assigns partitions itself, or reads nothing."""
    producer_ids: tuple[int, ...]
    """Empty when its producer is not idempotent."""
    transactional: bool
    client_id: str
    connector: str = ""
    """The name under which Kafka Connect runs it."""


@dataclass(frozen=True, slots=True)
class EstateSpec:
    """Everything that is drawn before anything is played."""

    kind: Literal["estate", "still"]
    size: Literal["full", "small"]
    chance: str
    """The root of all streams of chance of this estate."""
    duration_ms: int
    people: PeopleSpec
    topics: tuple[TopicSpec, ...]
    roots: tuple[RootSpec, ...]
    habits: tuple[HabitSpec, ...]
    programs: tuple[ProgramSpec, ...]
    apps: tuple[AppSpec, ...]
    has_broker_logs: bool
    """Whether somebody can tell client ids and who used them."""

    def topic(self, name: str) -> TopicSpec:
        """The topic of this name."""
        return next(topic for topic in self.topics if topic.name == name)

    def writer(self, topic: str) -> ProgramSpec:
        """The program that writes a topic."""
        return next(program for program in self.programs if topic in program.outputs)


@dataclass(frozen=True, slots=True)
class Written:
    """A record on a topic."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    """What consumers see: the producer's clock or the broker's, as the topic has it."""
    arrived_ms: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def timestamp(self) -> int:
        """The same as `timestamp_ms`, under the name that client libraries use."""
        return self.timestamp_ms


@dataclass(frozen=True, slots=True)
class EdgeCase:
    """What makes a true edge hard, and how many of the child's records were made from the parent's."""

    source: str
    target: str
    cases: tuple[str, ...]
    carried: int


@dataclass(frozen=True, slots=True)
class DecoyCase:
    """Two topics between which nothing flows in this direction, and why one might think so."""

    source: str
    target: str
    kind: DecoyKind


@dataclass(frozen=True, slots=True)
class PlayedEstate:
    """An estate, what it wrote, and what is true of it. `log` is in order of arrival."""

    seed: int
    version: int
    spec: EstateSpec
    log: tuple[Written, ...]
    truth: Truth
    cases: tuple[EdgeCase, ...]
    """Of every `derives` edge of the truth."""
    decoys: tuple[DecoyCase, ...]
    not_exercised: tuple[tuple[str, str], ...]
    """Flows that exist but carried hardly anything: neither true nor wrong."""
    metadata_facts: tuple[Fact, ...]


def kind_of(slot: str) -> str:
    """The kind of identifier that a slot holds."""
    return slot.partition("@")[0]
