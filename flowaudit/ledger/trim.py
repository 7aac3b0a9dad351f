"""Cutting a run down to what is not accounted for yet. Pure."""

from __future__ import annotations

import msgspec

from flowaudit.facts import RunAudited, Segment
from flowaudit.ledger.errors import LedgerGap, RunMalformed


def trim(run: RunAudited, accounted_end: int | None) -> RunAudited | None:
    """The part of a run at and above `accounted_end`; None when nothing of it is new.

    `accounted_end` is the next offset that the ledger waits for, None for a partition that it never met: its account
    may start anywhere. Offsets below are a replay and are dropped. What was measured over the whole run
    (`value_bytes`, `tombstones`) cannot be split and becomes 0 in a trimmed run, so that no byte is counted twice.

    Raises:
        LedgerGap: the run starts above `accounted_end`.
        RunMalformed: the run's segments are empty, negative, or not contiguous.
    """
    _require_contiguous(run)
    if accounted_end is None or run.low == accounted_end:
        return run
    if run.low > accounted_end:
        msg = (
            f"topic {run.topic} partition {run.partition}: a run of offsets starts at {run.low}, but the ledger is "
            f"accounted up to {accounted_end}; offsets {accounted_end}-{run.low - 1} would go unaccounted, so resume "
            f"reading at {accounted_end}"
        )
        raise LedgerGap(msg)
    if run.high <= accounted_end:
        return None
    segments = tuple(
        Segment(max(segment.low, accounted_end), segment.high, segment.offset_class)
        for segment in run.segments
        if segment.high > accounted_end
    )
    return msgspec.structs.replace(run, segments=segments, value_bytes=0, tombstones=0)


def _require_contiguous(run: RunAudited) -> None:
    where = f"topic {run.topic} partition {run.partition}"
    if not run.segments:
        msg = f"{where}: a run without segments accounts for nothing"
        raise RunMalformed(msg)
    end = run.low
    for segment in run.segments:
        if segment.low != end or segment.high <= segment.low or segment.low < 0:
            msg = f"{where}: segment {segment.low}-{segment.high} does not follow offset {end} of its run"
            raise RunMalformed(msg)
        end = segment.high
