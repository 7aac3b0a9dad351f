"""How long after their timestamps a topic's records were read, in the latest stretches of its event time. Pure."""

from __future__ import annotations

import bisect
from itertools import chain
from typing import Final, NamedTuple, TypeVar

HELD: Final = 20
"""Fewer reads of a topic say nothing. Of more in one stretch, the greatest delays are dropped, and a sample is kept."""
_STRETCH_MS: Final = 300_000
_ENOUGH: Final = 2 * HELD
"""Stretches before the latest ones that hold so many reads are forgotten."""
_MIXING: Final = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
"""Odd constants of splitmix64 (Steele et al., OOPSLA 2014)."""


_T = TypeVar("_T", "Read", "tuple[int, Read]")


class Read(NamedTuple):
    """What the last record of a run says."""

    delay_ms: int
    timestamp_ms: int
    partition: int
    is_append_time: bool
    is_transactional: bool


class _Stretch:
    """Of the reads of one stretch the smallest delays, and the same number whatever their delays."""

    __slots__ = ("sample", "smallest")

    def __init__(self) -> None:
        self.smallest: list[Read] = []
        self.sample: list[tuple[int, Read]] = []

    def copy(self) -> _Stretch:
        twin = _Stretch()
        twin.smallest, twin.sample = self.smallest.copy(), self.sample.copy()
        return twin


class ReadingDelays:
    """The delays of one topic. Any order of the reads and any repetition gives the same, in bounded memory."""

    __slots__ = ("_stretches",)

    def __init__(self) -> None:
        self._stretches: dict[int, _Stretch] = {}

    def copy(self) -> ReadingDelays:
        """Delays that can go their own way."""
        twin = ReadingDelays()
        twin._stretches = {number: stretch.copy() for number, stretch in self._stretches.items()}
        return twin

    def add(self, read: Read) -> bool:
        """Take note of a read. Returns whether anything may have changed by it."""
        stretch = self._stretches.setdefault(read.timestamp_ms // _STRETCH_MS, _Stretch())
        is_small = _insert(stretch.smallest, read)
        is_sampled = _insert(stretch.sample, (_mixed(read), read))
        if is_small or is_sampled:
            self._forget()
        return is_small or is_sampled

    def smallest(self) -> list[Read]:
        """The reads with the smallest delays, ascending."""
        return sorted(chain.from_iterable(stretch.smallest for stretch in self._stretches.values()))[:HELD]

    def sample(self) -> list[Read]:
        """Reads of all delays: every stretch has its own, and those it has depend on no delay."""
        return [read for stretch in self._stretches.values() for _, read in stretch.sample]

    def leasts_ms(self) -> list[int]:
        """The least delay of each stretch of which enough was read, in no order."""
        return [stretch.smallest[0].delay_ms for stretch in self._stretches.values() if len(stretch.smallest) == HELD]

    def _forget(self) -> None:
        """Drop what the later stretches make needless. They never hold less than now, so it stays needless."""
        later = 0
        for number in sorted(self._stretches, reverse=True):
            if later >= _ENOUGH:
                del self._stretches[number]
            else:
                later += len(self._stretches[number].smallest)


def _insert(held: list[_T], item: _T) -> bool:
    place = bisect.bisect_left(held, item)
    if place == HELD or (place < len(held) and held[place] == item):
        return False
    held.insert(place, item)
    del held[HELD:]
    return True


def _mixed(read: Read) -> int:
    """A number in which nothing of the read can be told, the same in every process."""
    mixed = 0
    for part, factor in zip((read.timestamp_ms, read.partition, read.delay_ms), _MIXING, strict=True):
        mixed = (mixed ^ part) * factor % 2**64
        mixed ^= mixed >> 29
    return mixed
