"""Sighting runs for tests, written as small tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from flowaudit.facts import SIGHTING, Fact, PairObserved, RowsObserved, SightingRun
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.window import LinkageWindow

START_MS = 1_790_000_000_000


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """One token, seen once. `at_ms` counts from `START_MS`."""

    topic: str
    offset: int
    at_ms: int
    token: int
    field: str = "$.id"
    instance: bool = True
    partition: int = 0


def runs(sightings: Iterable[Sighting], *, key_id: int = 1, theta: float = 1.0) -> list[SightingRun]:
    """One run for each topic and partition."""
    grouped: dict[tuple[str, int], list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        grouped[sighting.topic, sighting.partition].append(sighting)
    return [_run(topic, partition, group, key_id, theta) for (topic, partition), group in grouped.items()]


def _run(topic: str, partition: int, group: Sequence[Sighting], key_id: int, theta: float) -> SightingRun:
    fields = list(dict.fromkeys((each.field, each.instance) for each in group))
    rows = [
        (each.token, each.offset, START_MS + each.at_ms, fields.index((each.field, each.instance))) for each in group
    ]
    return SightingRun(
        topic=topic,
        partition=partition,
        fields=tuple(path for path, _ in fields),
        field_is_instance=tuple(instance for _, instance in fields),
        key_id=key_id,
        theta=theta,
        records=len({each.offset for each in group}),
        rows=np.array(rows, dtype=SIGHTING).tobytes(),
    )


def window_of(*batches: Iterable[SightingRun], settings: LinkageSettings | None = None) -> LinkageWindow:
    """A window with everything added."""
    window = LinkageWindow(settings or LinkageSettings())
    for batch in batches:
        for run in batch:
            window.add(run)
    return window


def shuffled(all_runs: Sequence[SightingRun], seed: int) -> list[SightingRun]:
    """The same sightings cut into other runs, in another order, with other field numbers, some of them told twice."""
    rng = np.random.default_rng(seed)
    pieces: list[SightingRun] = []
    for run in all_runs:
        table = run.table()
        which = rng.integers(0, 4, len(table))
        for piece in range(4):
            mine = table[which == piece].copy()
            order = rng.permutation(len(run.fields))
            place = np.argsort(order)
            mine["field"] = place[mine["field"]]
            pieces.append(
                SightingRun(
                    run.topic,
                    run.partition,
                    tuple(run.fields[number] for number in order),
                    tuple(run.field_is_instance[number] for number in order),
                    run.key_id,
                    run.theta,
                    run.records,
                    mine.tobytes(),
                )
            )
    pieces += [pieces[number] for number in rng.integers(0, len(pieces), len(pieces) // 3)]
    return [pieces[number] for number in rng.permutation(len(pieces))]


def pair(facts: Iterable[Fact], upstream: str, downstream: str) -> list[PairObserved]:
    """The pair facts of two topics."""
    return [f for f in facts if isinstance(f, PairObserved) and (f.upstream, f.downstream) == (upstream, downstream)]


def rows(facts: Iterable[Fact], downstream: str) -> list[RowsObserved]:
    """The row facts of a topic."""
    return [f for f in facts if isinstance(f, RowsObserved) and f.downstream == downstream]


def chain(count: int, lags_ms: Sequence[int], *, jitter_ms: int = 10, seed: int = 0) -> list[Sighting]:
    """Records that pass an event's identifier on from topic to topic: a, b, c …; every hop mints its own as well."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        at = 500 * number
        for hop, lag in enumerate([0, *lags_ms]):
            at += lag + int(rng.integers(0, jitter_ms + 1))
            topic = "abcdefgh"[hop]
            made.append(Sighting(topic, number, at, 1_000_000 * (hop + 1) + number, "$.own"))
            if hop:
                made.append(Sighting(topic, number, at, 1_000_000 * hop + number, "$.from"))
    return made


def moved(sightings: Iterable[Sighting], by_ms: int) -> list[Sighting]:
    """The same sightings at another time."""
    return [replace(each, at_ms=each.at_ms + by_ms) for each in sightings]
