"""Running the benchmark: estates on several processes, each stage kept where a cache is given."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

import msgspec

from benchmarks.linkage.conclude import conclude, linkage_facts
from benchmarks.linkage.draw import draw_estate
from benchmarks.linkage.play import play
from benchmarks.linkage.results import Errors, Result, measure
from benchmarks.linkage.tapped import Question, store, stored, tap
from benchmarks.linkage.version import VERSION
from flowaudit.facts import Fact

MODES = ("passive", "metadata")


@dataclass(frozen=True, slots=True)
class Task:
    """One estate, and how it is read."""

    seed: int
    kind: Literal["estate", "still"]
    theta: float
    cache: Path | None = None
    """Where sightings are kept. They are stale when the tap changes."""
    keeps_facts: bool = False
    """Keep what the linkage window made of them, too. That is stale when the window changes."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one estate, from the records alone and with metadata."""

    seed: int
    results: dict[str, Result]
    errors: dict[str, Errors]
    seconds: float


def run(tasks: Sequence[Task], processes: int) -> Iterator[Outcome]:
    """The outcomes, in the order of the tasks."""
    if processes == 1:
        yield from map(run_one, tasks)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(run_one, tasks)


def run_one(task: Task) -> Outcome:
    """Generate, tap, link and score one estate."""
    started = time.perf_counter()
    question = question_of(task)
    facts = _facts_of(task, question)
    measured = {mode: measure(question, conclude(question, facts, with_metadata=mode == "metadata")) for mode in MODES}
    return Outcome(
        seed=task.seed,
        results={mode: result for mode, (result, _) in measured.items()},
        errors={mode: errors for mode, (_, errors) in measured.items()},
        seconds=time.perf_counter() - started,
    )


def question_of(task: Task) -> Question:
    """The tapped estate, from the cache if it is there."""
    path = _place(task, "sightings")
    question = stored(path) if path else None
    if question is None:
        question = tap(play(task.seed, draw_estate(task.seed, kind=task.kind)), task.theta)
        if path:
            store(path, question)
    return question


def _facts_of(task: Task, question: Question) -> list[Fact]:
    path = _place(task, "facts") if task.keeps_facts else None
    if path is not None and path.exists():
        return msgspec.msgpack.decode(path.read_bytes(), type=list[Fact])
    facts = linkage_facts(question)
    if path is not None:
        beside = path.with_suffix(".new")
        beside.write_bytes(msgspec.msgpack.encode(facts))
        beside.replace(path)
    return facts


def _place(task: Task, stage: str) -> Path | None:
    if task.cache is None:
        return None
    return task.cache / f"v{VERSION}-{task.kind}-{task.seed}-theta{task.theta:g}.{stage}"
