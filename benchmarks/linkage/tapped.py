"""What the real tap makes of an estate: runs of sightings in the order of arrival, and the watermark's advance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.linkage.estate import DecoyCase, EdgeCase, PlayedEstate, Written
from flowaudit.engine.watermark import Watermark
from flowaudit.estates.truth import Truth
from flowaudit.facts import Fact, RunAudited, SightingRun
from flowaudit.linkage.clocks import TopicClocks
from flowaudit.sources.tap.audit import TapAudit, TappedRun
from flowaudit.sources.tap.plan import TapPartition
from flowaudit.sources.tap.settings import AuditSettings

_KEY: Final = b"the key of a published benchmark"
_STEP_MS: Final = 5_000
"""Runs of one delivery; any other batching gives the same sightings."""
_POLL_MS: Final = 200
_SCATTER: Final = 7_919
"""Records are read within so much of their arrival: a prime spreads the delays evenly, the same way in every run."""
_AHEAD_MS: Final = 60_000


class Step(msgspec.Struct, frozen=True, array_like=True):
    """A delivery of the tap: what came in, and how far event time has come after it."""

    watermark_ms: int
    runs: tuple[SightingRun, ...]
    ahead_ms: dict[str, int] = {}
    """Whose clocks are known to be wrong by then."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """An estate as the inference is asked about it, and the answers."""

    seed: int
    version: int
    kind: str
    topics: int
    truth: Truth
    cases: tuple[EdgeCase, ...]
    decoys: tuple[DecoyCase, ...]
    not_exercised: tuple[tuple[str, str], ...]
    metadata: tuple[Fact, ...]
    tapped: tuple[Fact, ...]
    """What the tap tells beside the sightings: profiles of fields, and what it cannot read."""
    steps: tuple[Step, ...]


def tap(estate: PlayedEstate, theta: float) -> Question:
    """Read an estate as the product reads a cluster."""
    audit = TapAudit(AuditSettings(key=_KEY, theta=theta))
    watermark = Watermark()
    clocks = TopicClocks()
    append_time = frozenset(topic.name for topic in estate.spec.topics if topic.clock == "append")
    told: list[Fact] = []
    steps: list[Step] = []
    for now_ms, records in _deliveries(estate.log):
        audited = [audit.audit(run, read_ms) for run, read_ms in _runs(records, append_time)]
        watermark.saw((one.fact for one in audited), now_ms)
        for one in audited:
            clocks.saw(one.fact)
        told += [fact for one in audited for fact in one.facts if not isinstance(fact, RunAudited)]
        runs = tuple(one.sightings.between(0, now_ms + _AHEAD_MS) for one in audited if one.sightings is not None)
        steps.append(Step(watermark.at(now_ms), runs, clocks.ahead_ms()))
    return Question(
        seed=estate.seed,
        version=estate.version,
        kind=estate.spec.kind,
        topics=len(estate.spec.topics),
        truth=estate.truth,
        cases=estate.cases,
        decoys=estate.decoys,
        not_exercised=estate.not_exercised,
        metadata=estate.metadata_facts,
        tapped=tuple(told),
        steps=tuple(steps),
    )


def _deliveries(log: Iterable[Written]) -> Iterator[tuple[int, list[Written]]]:
    """The records of each stretch of arrival, and its end."""
    waiting: list[Written] = []
    end_ms = 0
    for record in log:
        if record.arrived_ms >= end_ms:
            if waiting:
                yield end_ms, waiting
            waiting, end_ms = [], (record.arrived_ms // _STEP_MS + 1) * _STEP_MS
        waiting.append(record)
    if waiting:
        yield end_ms, waiting


def _read_ms(last: Written) -> int:
    """When a fetch that waits for records hands the last one over: within a poll of its arrival."""
    return last.arrived_ms + last.offset * _SCATTER % _POLL_MS


def _runs(records: Iterable[Written], append_time: Collection[str]) -> list[tuple[TappedRun, int]]:
    """One run for each partition, and when the tap has read it."""
    by_partition: dict[tuple[str, int], list[Written]] = defaultdict(list)
    for record in records:
        by_partition[record.topic, record.partition].append(record)
    return [
        (_run(TapPartition(topic, f"id-{topic}", partition), run, topic in append_time), _read_ms(run[-1]))
        for (topic, partition), run in sorted(by_partition.items())
    ]


def _run(partition: TapPartition, run: list[Written], is_append_time: bool) -> TappedRun:
    return TappedRun(*partition, run[0].offset, run[-1].offset + 1, run, is_append_time=is_append_time)


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Question)


def stored(path: Path) -> Question | None:
    """The question in a file, if there is one."""
    return _DECODER.decode(path.read_bytes()) if path.exists() else None


def store(path: Path, question: Question) -> None:
    """Keep a question. It is stale when the tap changes: whoever caches clears."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_bytes(_ENCODER.encode(question))
    beside.replace(path)
