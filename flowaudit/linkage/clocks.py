"""Clocks of topics: whose timestamps are ahead of the moment at which the tap read them, or behind it. Pure.

A record cannot be read before it is written, and a partition that is read to its end shows its last record a moment
after that was written. So the least of the delays from timestamp to reading is the clock's error and next to nothing
else, once the tap keeps up with the topic. Records of topics with LogAppendTime bear the broker's clock and are never
corrected, all others their producer's (KIP-32). It is one correction a topic, not one a producer: a topic whose
producers do not agree is left as it is.

A timestamp that lies ahead of its reading is a clock's for certain. One that lies behind it is not: the tap may lag,
the record may have waited for its transaction, or bear the time of what it tells about. Such a topic is corrected only
where other topics show that the tap keeps up and its own delays are as like each other as a clock makes them. A
constant time between what a record tells about and its writing looks the same; taking it out puts the records where
they arrived.

Clocks are set and machines wake up, so only the latest stretches of a topic's event time are looked at: what was wrong
before them is forgotten.

Order is what linkage lives on: an effect whose producer's clock is slow stands before its cause.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import RunAudited
from flowaudit.linkage.columns import in_order
from flowaudit.linkage.reading_delays import HELD, Read, ReadingDelays

_LEAST_MS: Final = 100
"""Smaller errors are not told from the delay of reading."""
_GREATEST_MS: Final = 30_000
"""Older records are a backlog or bear the time of what they tell about, later ones no time at all; that is no clock."""
_SMALLEST: Final = 5
"""So many of the smallest delays say how far the least one is from the end of what is possible."""
_APART_MS: Final = 10_000
"""The smallest delays come from so long a time: those of a backlog are its last ones, read at once."""
_CERTAIN: Final = 4.0
"""The error is so many times as large as the distance between the smallest delays."""
_TIGHT_MS: Final = 500
"""Delays that one clock makes are so near to the least one, or nearer to it than to a right clock's …"""
_MOST: Final = 2 / 3
"""… at least such a part of them: the rest came late or twice."""
_STEADY_MS: Final = 100
"""A clock does not change by so much from one stretch to the next; a lag does."""


class TopicClocks:
    """Estimates the error of each topic's clock from the runs that were read.

    Any order of the runs and any repetition gives the same. What is held of a topic does not grow with its length.
    """

    def __init__(self) -> None:
        self._topics: dict[str, ReadingDelays] = {}
        self._shown: dict[str, _Shown | None] = {}
        """Of topics that nothing was added to since."""

    def copy(self) -> TopicClocks:
        """Clocks that can go their own way."""
        twin = TopicClocks()
        twin._topics = {topic: delays.copy() for topic, delays in self._topics.items()}
        twin._shown = self._shown.copy()
        return twin

    def saw(self, run: RunAudited) -> None:
        """Take note of a run."""
        delay_ms = run.provenance.observed_ms - run.last_timestamp_ms
        if run.last_timestamp_ms >= 0 and abs(delay_ms) <= _GREATEST_MS:
            read = Read(delay_ms, run.last_timestamp_ms, run.partition, run.is_append_time, run.is_transactional)
            if self._topics.setdefault(run.topic, ReadingDelays()).add(read):
                self._shown.pop(run.topic, None)

    def ahead_ms(self) -> dict[str, int]:
        """How far clocks are ahead (negative: behind), of the topics whose clocks are wrong, by name."""
        judged = self._judged()
        keeps_up = _keeps_up(judged.values())
        return {
            topic: one.ahead_ms
            for topic, one in judged.items()
            if (one.ahead_ms > 0 and one.is_tight) or (one.ahead_ms < 0 and one.may_be_behind and keeps_up)
        }

    def partly_ahead_ms(self) -> dict[str, int]:
        """How far a part of a topic's timestamps is ahead, of topics that are not corrected because of the others."""
        return {topic: one.ahead_ms for topic, one in self._judged().items() if one.ahead_ms > 0 and not one.is_tight}

    def _judged(self) -> dict[str, _Judged]:
        for topic in self._topics.keys() - self._shown.keys():
            self._shown[topic] = _shown(self._topics[topic])
        live = {topic: shown for topic, shown in sorted(self._shown.items()) if shown is not None}
        # What brokers stamp lies in the future only when the tap's own clock is slow.
        slow_ms = max((-shown.smallest_ms[0] for shown in live.values() if shown.is_append_time), default=0)
        return {topic: _judge(shown, max(0, slow_ms)) for topic, shown in live.items()}


class _Shown(NamedTuple):
    """The delays of a topic that is read as it grows."""

    smallest_ms: list[int]
    sample_ms: list[int]
    leasts_ms: list[int]
    is_append_time: bool
    is_transactional: bool


class _Judged(NamedTuple):
    """What they say of its clock."""

    least_ms: int
    ahead_ms: int
    """0: nothing that is certain, or nothing at all."""
    is_tight: bool = False
    """Are most of the delays what one clock makes?"""
    may_be_behind: bool = False


def _shown(delays: ReadingDelays) -> _Shown | None:
    """None: too little was read, or a backlog."""
    smallest, sample = delays.smallest(), delays.sample()
    held = [*smallest, *sample]
    read_ms = [read.delay_ms + read.timestamp_ms for read in smallest]
    if len(smallest) < HELD or max(read_ms) - min(read_ms) < _APART_MS:
        return None
    return _Shown(
        smallest_ms=[read.delay_ms for read in smallest],
        sample_ms=[read.delay_ms for read in sample],
        leasts_ms=delays.leasts_ms(),
        is_append_time=any(read.is_append_time for read in held),
        is_transactional=any(read.is_transactional for read in held),
    )


def _judge(shown: _Shown, slow_ms: int) -> _Judged:
    smallest_ms = [delay_ms + slow_ms for delay_ms in shown.smallest_ms]
    ahead_ms = 0 if shown.is_append_time else _ahead(smallest_ms)
    if not ahead_ms:
        return _Judged(smallest_ms[0], 0)
    is_tight = _is_tight(smallest_ms[0], [delay_ms + slow_ms for delay_ms in shown.sample_ms])
    is_steady = not shown.leasts_ms or max(shown.leasts_ms) - min(shown.leasts_ms) <= _STEADY_MS
    return _Judged(
        least_ms=smallest_ms[0],
        ahead_ms=ahead_ms,
        is_tight=is_tight,
        may_be_behind=is_tight and is_steady and not shown.is_transactional,
    )


def _is_tight(least_ms: int, delays_ms: list[int]) -> bool:
    if least_ms >= 0:
        return _are_most(delays_ms, least_ms + _TIGHT_MS)
    if least_ms > -_TIGHT_MS:
        # So near to a right clock's delays that the two are not told apart.
        return True
    near_ms = max(least_ms + _TIGHT_MS, least_ms // 2)
    # What lies in the future does so by a clock. What right clocks stamp speaks against it, but not what came late.
    return _are_most([delay_ms for delay_ms in delays_ms if delay_ms <= _TIGHT_MS], near_ms)


def _are_most(delays_ms: list[int], up_to_ms: int) -> bool:
    return sum(delay_ms <= up_to_ms for delay_ms in delays_ms) >= _MOST * len(delays_ms)


def _keeps_up(judged: Collection[_Judged]) -> bool:
    """Are at least as many topics read at once as are read late? Those whose clocks are ahead do not tell."""
    level = sum(abs(one.least_ms) < _LEAST_MS for one in judged)
    return level >= sum(one.least_ms >= _LEAST_MS for one in judged)


def _ahead(smallest_ms: list[int]) -> int:
    """The error that the smallest delays show; 0 when they show none.

    Of n delays that are spread evenly from the error on, the least lies about as far from it as from the next one.
    """
    step_ms = (smallest_ms[_SMALLEST - 1] - smallest_ms[0]) / (_SMALLEST - 1)
    error_ms = abs(smallest_ms[0] - step_ms)
    if not _LEAST_MS <= error_ms <= _GREATEST_MS or error_ms < _CERTAIN * step_ms:
        return 0
    return round(step_ms - smallest_ms[0])


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
