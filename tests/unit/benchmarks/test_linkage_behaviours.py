"""Behaviours belong to themselves: the same questions get the same answers, and nobody looks at a clock."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import benchmarks.linkage.programs
from benchmarks.linkage.chance import stream
from benchmarks.linkage.disorder import Producer
from benchmarks.linkage.estate import Delay, Disorder, Operation, ProgramSpec, TopicSpec
from benchmarks.linkage.programs.behaviour import Behaviour, Incoming, Outgoing, Writer
from benchmarks.linkage.programs.joins import Join
from benchmarks.linkage.programs.make import Workshop
from benchmarks.linkage.programs.windows import Batch, Threshold
from tests.unit.benchmarks.linkage_estates import spec_of

NOW_MS = 1_790_000_000_000
OUT = TopicSpec("out", 1, "create", "json", (), (), None)


def questioned(behaviour: Behaviour, incoming: list[Incoming]) -> list[Outgoing]:
    answers = []
    for number, record in enumerate(incoming):
        answers += behaviour.react(record, NOW_MS + number * 700)
        answers += behaviour.tick(NOW_MS + number * 700)
    return answers


def test_two_of_the_same_program_answer_alike() -> None:
    spec = spec_of(0)
    workshops = (Workshop(spec, NOW_MS), Workshop(spec, NOW_MS))
    answered = 0
    for program in spec.programs:
        incoming = [
            Incoming(topic, {slot: f"{slot}-{number % 5}" for slot in spec.topic(topic).slots})
            for number in range(40)
            for topic in program.inputs
        ]
        one, other = (questioned(workshop.make(program), incoming) for workshop in workshops)
        assert one == other
        answered += bool(one)
    assert answered > len(spec.programs) / 2


def test_no_behaviour_imports_a_clock_or_anything_that_talks() -> None:
    allowed = {"__future__", "benchmarks", "collections", "dataclasses", "random", "typing", "zlib"}
    root = Path(benchmarks.linkage.programs.__file__).parent
    for path in root.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= allowed, path.name


def writer() -> Writer:
    return Writer(OUT, Delay(1.0, 0.0), stream("test"))


def test_a_batch_comes_once_and_asking_again_gives_nothing() -> None:
    batch = Batch(Operation("batch", every_ms=10_000), writer(), stream("phase"))
    for number in range(3):
        assert batch.react(Incoming("in", {}), NOW_MS + number) == []
    due_ms = batch.due_ms()
    assert due_ms is not None
    assert NOW_MS < due_ms <= NOW_MS + 10_000
    assert batch.tick(due_ms - 1) == []
    assert len(batch.tick(due_ms)) == 3
    assert batch.tick(due_ms + 60_000) == []
    assert batch.due_ms() is None


def test_a_join_waits_so_long_and_joins_once() -> None:
    join = Join(Operation("join", by="k", within_ms=1_000), writer())
    assert join.react(Incoming("a", {"k": "1"}), NOW_MS) == []
    assert [o.sources for o in join.react(Incoming("b", {"k": "1"}), NOW_MS + 900)] == [("a", "b")]
    assert join.react(Incoming("b", {"k": "1"}), NOW_MS + 950) == []
    assert join.react(Incoming("a", {"k": "1"}), NOW_MS + 5_000) == []


def test_a_threshold_begins_anew() -> None:
    threshold = Threshold(Operation("threshold", by="k", count=3), writer())
    answers = [len(threshold.react(Incoming("a", {"k": "1"}), NOW_MS)) for _ in range(7)]
    assert answers == [0, 0, 1, 0, 0, 1, 0]


@pytest.mark.parametrize(("share", "arrivals"), [(0.0, 100), (1.0, 200)])
def test_a_duplicate_bears_the_same_time_and_comes_later(share: float, arrivals: int) -> None:
    disorder = Disorder(skew_ms=-3_000, duplicates=share)
    program = ProgramSpec("p", Operation("map"), ("a",), ("out",), Delay(1.0, 0.0), 1.0, 0.0, disorder)
    producer = Producer(program, stream("producer"))
    sent = [producer.send(Outgoing("out", None, {}, 5.0), float(NOW_MS)) for _ in range(100)]
    assert sum(map(len, sent)) == arrivals
    assert {s.created_ms for sendings in sent for s in sendings} == {NOW_MS + 5.0 - 3_000}
    assert all(one.arrives_ms <= other.arrives_ms for sendings in sent for one, other in [(sendings[0], sendings[-1])])
