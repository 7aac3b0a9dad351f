"""How much of what a topic served its known readers account for. Pure.

The test holds `served`, what the brokers counted as bytes out, against the progress of the readers that are known,
times the mean size of an offset (bytes in, by offsets that the topic grew). What disturbs it, and what is done:

- Commits lag behind reads, and two listings are never of one moment: what a reader fell behind by its commits, and
  the largest rest that any single step between two polls left over, are added to the error. A reader that nobody
  knows reads in most steps and stays beyond it; one burst, such as a group that was set back and reads again, does
  not.
- A group that reads more than was written in the window reads old records, whose size is not known: what it read
  beyond is counted, and the same amount is added to the error.
- Fetched bytes are not quite written bytes (batch headers of transaction markers, batches fetched in part and again,
  recompression by the broker): two per cent of what was served are added.
- The auditor's own reads are counted where they are given as a reader or as bytes.
- Several groups, and isolation read_committed, need nothing: each reader is served the whole log once.
- Readers whose progress nobody knows (a group that commits elsewhere, a share group) make the topic undecidable: the
  error is all that was served. So does progress in a window in which nothing was written: there is no mean.

Fetches from remote tiers and of followers are not in bytes out. A broker that starts anew begins its counters anew:
the window then begins anew, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

_TOLERANCE: Final = 0.02


@dataclass(frozen=True, slots=True)
class TopicReading:
    """What is known of a topic at one moment. Offsets are sums over its partitions."""

    end_offset: int
    progress: Mapping[str, int] = field(default_factory=dict)
    """Committed offsets by reader: a group's name, or the auditor's own tap."""
    own_bytes: int = 0
    """Bytes that the auditor fetched beside its tap, in total since it began."""
    has_unmeasured_readers: bool = False
    """Is there a reader that is known, but whose progress is not?"""


@dataclass(frozen=True, slots=True)
class Sample:
    """A reading beside the brokers' counters of the same moment."""

    at_ms: int
    bytes_out: int
    bytes_in: int
    reading: TopicReading


@dataclass(frozen=True, slots=True)
class Estimate:
    """The result over one window."""

    window_ms: int
    served_bytes: int
    accounted_bytes: int
    error_bytes: int


def began_anew(earlier: Sample, later: Sample) -> bool:
    """Did counters or offsets go back between two samples: a broker was started anew, a topic made anew?"""
    return (
        later.bytes_out < earlier.bytes_out
        or later.bytes_in < earlier.bytes_in
        or later.reading.end_offset < earlier.reading.end_offset
    )


def estimate(window: Sequence[Sample]) -> Estimate:
    """The estimate over a window of at least two samples, none of which begins anew."""
    first, last = window[0], window[-1]
    served = last.bytes_out - first.bytes_out
    grown = last.reading.end_offset - first.reading.end_offset
    mean = (last.bytes_in - first.bytes_in) / grown if grown > 0 else 0.0
    steps = [_Step.between(*pair) for pair in pairwise(window)]
    advanced = sum(step.advanced for step in steps)
    own = sum(step.own_bytes for step in steps)
    is_unmeasured = any(sample.reading.has_unmeasured_readers for sample in window)
    if served and (is_unmeasured or (advanced and not mean)):
        return Estimate(last.at_ms - first.at_ms, served, min(own, served), served)
    largest = max((abs(step.served - step.own_bytes - step.advanced * mean) for step in steps), default=0.0)
    old = sum(max(0, read - grown) for read in _advanced_by_reader(window).values())
    behind = sum(_fell_behind(window, name, read) for name, read in _advanced_by_reader(window).items())
    error = _TOLERANCE * served + (old + behind) * mean + (largest if served else 0.0)
    return Estimate(last.at_ms - first.at_ms, served, round(advanced * mean) + own, round(error))


def _fell_behind(window: Sequence[Sample], reader: str, read: int) -> int:
    """How many records a reader that reads may have been served since its last commit, more than at the beginning."""
    lags = [one.reading.end_offset - one.reading.progress[reader] for one in window if reader in one.reading.progress]
    return min(max(0, lags[-1] - lags[0]), read)


@dataclass(frozen=True, slots=True)
class _Step:
    """What happened between two polls."""

    served: int
    advanced: int
    own_bytes: int

    @classmethod
    def between(cls, earlier: Sample, later: Sample) -> _Step:
        return cls(
            later.bytes_out - earlier.bytes_out,
            sum(_advances(earlier, later).values()),
            max(0, later.reading.own_bytes - earlier.reading.own_bytes),
        )


def _advances(earlier: Sample, later: Sample) -> dict[str, int]:
    """A reader that is new at `later` counts from there: what it had read before is not known."""
    before = earlier.reading.progress
    return {name: max(0, now - before.get(name, now)) for name, now in later.reading.progress.items()}


def _advanced_by_reader(window: Sequence[Sample]) -> dict[str, int]:
    advanced: dict[str, int] = {}
    for earlier, later in pairwise(window):
        for name, offsets in _advances(earlier, later).items():
            advanced[name] = advanced.get(name, 0) + offsets
    return advanced
