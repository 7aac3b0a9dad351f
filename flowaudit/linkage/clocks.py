"""Clocks of topics: whose timestamps are ahead of the moment at which the tap read them, or behind it. Pure.

A record cannot be read before it is written, and a partition that is read to its end shows its last record a moment
after that was written. So the least of the delays from timestamp to reading is the clock's error and next to nothing
else, once the tap keeps up with the topic. Records of topics with LogAppendTime bear the broker's clock and need no
correction, all others their producer's (KIP-32).

Order is what linkage lives on: an effect whose producer's clock is slow stands before its cause.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import RunAudited
from flowaudit.linkage.columns import in_order

_LEAST_MS: Final = 100
"""Smaller errors are not told from the delay of reading."""
_GREATEST_MS: Final = 30_000
"""Older records are a backlog or bear the time of what they tell about; that is no clock."""
_HELD: Final = 20
"""Fewer reads of a topic say nothing; of more, the greatest delays."""
_SMALLEST: Final = 5
"""So many of the smallest delays say how far the least one is from the end of what is possible."""
_APART_MS: Final = 10_000
"""The smallest delays come from so long a time: those of a backlog are its last ones, read at once."""
_CERTAIN: Final = 4.0
"""The error is so many times as large as the distance between the smallest delays."""
_Read = tuple[int, int, int]
"""Delay, timestamp, and partition of a run's last record."""


class TopicClocks:
    """Estimates the error of each topic's clock from the runs that were read.

    Any order of the runs and any repetition gives the same.
    """

    def __init__(self) -> None:
        self._reads: dict[str, list[_Read]] = {}

    def copy(self) -> TopicClocks:
        """Clocks that can go their own way."""
        twin = TopicClocks()
        twin._reads = {topic: reads.copy() for topic, reads in self._reads.items()}
        return twin

    def saw(self, run: RunAudited) -> None:
        """Take note of a run."""
        if run.last_timestamp_ms < 0:
            return
        delay_ms = run.provenance.observed_ms - run.last_timestamp_ms
        held, read = self._reads.setdefault(run.topic, []), (delay_ms, run.last_timestamp_ms, run.partition)
        place = bisect.bisect_left(held, read)
        if place < _HELD and (place == len(held) or held[place] != read):
            held.insert(place, read)
            del held[_HELD:]

    def ahead_ms(self) -> dict[str, int]:
        """How far clocks are ahead (negative: behind), of the topics whose clocks are certainly wrong, by name."""
        known = sorted(topic for topic, reads in self._reads.items() if len(reads) == _HELD and _is_live(reads))
        return {topic: ahead for topic in known if (ahead := _ahead([read[0] for read in self._reads[topic]]))}


def _is_live(reads: list[_Read]) -> bool:
    read_ms = [delay_ms + timestamp_ms for delay_ms, timestamp_ms, _ in reads]
    return max(read_ms) - min(read_ms) >= _APART_MS


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
