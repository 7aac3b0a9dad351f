"""Clocks of topics: whose timestamps are ahead of the moment at which the tap read them, or behind it. Pure.

A record cannot be read before it is written, and a partition that is read to its end shows its last record a moment
after that was written. So the least of the delays from timestamp to reading is the clock's error and next to nothing
else, once the tap keeps up with the topic. Records of topics with LogAppendTime bear the broker's clock and are never
corrected, all others their producer's (KIP-32). It is one correction a topic, not one a producer.

Clocks are set and machines wake up, so only the latest stretches of a topic's event time are looked at: what was wrong
before them is forgotten.

Order is what linkage lives on: an effect whose producer's clock is slow stands before its cause.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import RunAudited
from flowaudit.linkage.columns import in_order

_LEAST_MS: Final = 100
"""Smaller errors are not told from the delay of reading."""
_GREATEST_MS: Final = 30_000
"""Older records are a backlog or bear the time of what they tell about, later ones no time at all; that is no clock."""
_STRETCH_MS: Final = 300_000
_HELD: Final = 20
"""Fewer reads of a topic say nothing; of more in one stretch, the greatest delays."""
_ENOUGH: Final = 2 * _HELD
"""Stretches before the latest ones that hold so many reads are forgotten."""
_SMALLEST: Final = 5
"""So many of the smallest delays say how far the least one is from the end of what is possible."""
_APART_MS: Final = 10_000
"""The smallest delays come from so long a time: those of a backlog are its last ones, read at once."""
_CERTAIN: Final = 4.0
"""The error is so many times as large as the distance between the smallest delays."""


class _Read(NamedTuple):
    """What the last record of a run says."""

    delay_ms: int
    timestamp_ms: int
    partition: int
    is_append_time: bool


class TopicClocks:
    """Estimates the error of each topic's clock from the runs that were read.

    Any order of the runs and any repetition gives the same. What is held of a topic does not grow with its length.
    """

    def __init__(self) -> None:
        self._topics: dict[str, _Stretches] = {}

    def copy(self) -> TopicClocks:
        """Clocks that can go their own way."""
        twin = TopicClocks()
        twin._topics = {topic: stretches.copy() for topic, stretches in self._topics.items()}
        return twin

    def saw(self, run: RunAudited) -> None:
        """Take note of a run."""
        delay_ms = run.provenance.observed_ms - run.last_timestamp_ms
        if run.last_timestamp_ms >= 0 and abs(delay_ms) <= _GREATEST_MS:
            read = _Read(delay_ms, run.last_timestamp_ms, run.partition, run.is_append_time)
            self._topics.setdefault(run.topic, _Stretches()).add(read)

    def ahead_ms(self) -> dict[str, int]:
        """How far clocks are ahead (negative: behind), of the topics whose clocks are certainly wrong, by name."""
        found = {topic: _ahead(list(self._topics[topic].reads())) for topic in sorted(self._topics)}
        return {topic: ahead for topic, ahead in found.items() if ahead}


class _Stretches:
    """The smallest delays of each of a topic's latest stretches of event time."""

    __slots__ = ("_held",)

    def __init__(self, held: Mapping[int, list[_Read]] | None = None) -> None:
        self._held = {number: reads.copy() for number, reads in (held or {}).items()}

    def copy(self) -> _Stretches:
        return _Stretches(self._held)

    def reads(self) -> Iterable[_Read]:
        """All that are held, in no order."""
        return chain.from_iterable(self._held.values())

    def add(self, read: _Read) -> None:
        held = self._held.setdefault(read.timestamp_ms // _STRETCH_MS, [])
        place = bisect.bisect_left(held, read)
        if place < _HELD and (place == len(held) or held[place] != read):
            held.insert(place, read)
            del held[_HELD:]
            self._forget()

    def _forget(self) -> None:
        """Drop what the later stretches make needless. They never hold less than now, so it stays needless."""
        later = 0
        for number in sorted(self._held, reverse=True):
            if later >= _ENOUGH:
                del self._held[number]
            else:
                later += len(self._held[number])


def _ahead(reads: list[_Read]) -> int:
    """The error that the smallest delays show; 0 when they show none.

    Of n delays that are spread evenly from the error on, the least lies about as far from it as from the next one.
    """
    smallest = sorted(reads)[:_HELD]
    if len(smallest) < _HELD or not _is_live(smallest) or any(read.is_append_time for read in reads):
        return 0
    least_ms = smallest[0].delay_ms
    step_ms = (smallest[_SMALLEST - 1].delay_ms - least_ms) / (_SMALLEST - 1)
    error_ms = abs(least_ms - step_ms)
    if not _LEAST_MS <= error_ms <= _GREATEST_MS or error_ms < _CERTAIN * step_ms:
        return 0
    return round(step_ms - least_ms)


def _is_live(reads: list[_Read]) -> bool:
    read_ms = [read.delay_ms + read.timestamp_ms for read in reads]
    return max(read_ms) - min(read_ms) >= _APART_MS


def corrected(
    rows: NDArray[np.void], topics: tuple[str, ...], ahead_ms: Mapping[str, int], stretch: tuple[int, int]
) -> NDArray[np.void]:
    """Sightings by corrected clocks, those of a stretch of time `[from, to)`, sorted as they were.

    `rows` are as `SightingColumns.between` gives them; let them reach as far around the stretch as clocks are wrong.
    """
    error_ms = np.array([ahead_ms.get(topic, 0) for topic in topics], dtype=np.int64)
    is_wrong = bool(error_ms.any())
    if is_wrong:
        rows = rows.copy()
        rows["timestamp_ms"] -= error_ms[rows["topic"]]
    rows = rows[(rows["timestamp_ms"] >= stretch[0]) & (rows["timestamp_ms"] < stretch[1])]
    return in_order(rows) if is_wrong else rows
