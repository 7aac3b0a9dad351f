"""Where the tap goes on after a stop or a crash: the account says how far, and what linkage still needs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flowaudit.facts import RunAudited
from flowaudit.sources.tap.partition_audit import Resumed
from flowaudit.sources.tap.plan import TapPartition


@dataclass(slots=True)
class _Passed:
    """How much of a partition's account linkage needs no more."""

    until: int
    clock_ms: int = -1
    is_over: bool = False

    def take(self, run: RunAudited, needed_ms: int) -> None:
        """The next run: it is passed when no record up to its end is needed, and its clock can go on from there."""
        latest_ms = max(run.clock_ms, run.last_timestamp_ms)
        self.is_over = self.is_over or latest_ms >= needed_ms
        if not self.is_over and run.clock_ms >= 0:
            self.until, self.clock_ms = run.high, run.clock_ms


def resumed(
    runs: Iterable[RunAudited], starts: Mapping[TapPartition, int], needed_ms: int | None
) -> dict[TapPartition, Resumed]:
    """Where each partition is read again, for linkage alone: its account goes on where it ended.

    Args:
        runs: what was accounted for, each partition's in order.
        starts: the first offset that was ever accounted for.
        needed_ms: records from this event time on are needed; None: all of them, for nothing was linked for good.
    """
    passed = {partition: _Passed(start) for partition, start in starts.items()}
    for run in runs if needed_ms is not None else ():
        partition = TapPartition(run.topic, run.topic_id, run.partition)
        if partition in passed and needed_ms is not None:
            passed[partition].take(run, needed_ms)
    return {partition: Resumed(starts[partition], each.until, each.clock_ms) for partition, each in passed.items()}
