"""Clocks, and numbers that merely lie near the time of day: told by how they go on while time goes on. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_NEAR_MS: Final = 400 * 86_400_000
"""A number is near when it is within 400 days of the record's own time, in any common unit."""
_UNITS_IN_MS: Final = ((1000, 1), (1, 1), (1, 1000), (1, 1_000_000))
_LATELY_MS: Final = 7 * 86_400_000
"""What is so near is a clock, however fast it goes: a backlog is read in a hurry, and rarely kept for longer."""
_ENOUGH: Final = 16
_FAR_SHARE: Final = (9, 10)
_EXPLAINED: Final = (4, 5)
"""The least share of its variance that goes with time (the square of the correlation)."""
_FASTER: Final = 2


def clock_ms(value: int, timestamp_ms: int) -> int | None:
    """The time in Unix milliseconds that a number tells, when it is near that of its record; None when it is not."""
    for times, by in _UNITS_IN_MS:
        told_ms = value * times // by
        if abs(told_ms - timestamp_ms) <= _NEAR_MS:
            return told_ms
    return None


@dataclass(slots=True)
class ClockTally:
    """Sums over the near numbers of one field; whole numbers, so that they are exact.

    A number that is given to one event after the other also rises with time, but not as fast as time: by so many an
    event. What does not go with time at all, as dates of birth and of contracts, stays a clock.
    """

    values: int = 0
    """How many lay near the time."""
    _far: int = 0
    _origin_ms: tuple[int, int] = (0, 0)
    _time: int = 0
    _told: int = 0
    _time_time: int = 0
    _told_told: int = 0
    _time_told: int = 0

    def observe(self, value: int, timestamp_ms: int) -> None:
        """Take one value that lies near the time of its record."""
        told_ms = clock_ms(value, timestamp_ms)
        if told_ms is None:
            return
        if not self.values:
            self._origin_ms = (timestamp_ms, told_ms)
        time, told = timestamp_ms - self._origin_ms[0], told_ms - self._origin_ms[1]
        self.values += 1
        self._far += abs(told_ms - timestamp_ms) > _LATELY_MS
        self._time += time
        self._told += told
        self._time_time += time * time
        self._told_told += told * told
        self._time_told += time * told

    @property
    def is_numbering(self) -> bool:
        """Do the values rise with time at another pace than time, and far from it?"""
        if self.values < _ENOUGH or self._far * _FAR_SHARE[1] < self.values * _FAR_SHARE[0]:
            return False
        of_time = self.values * self._time_time - self._time**2
        of_told = self.values * self._told_told - self._told**2
        common = self.values * self._time_told - self._time * self._told
        if common <= 0 or common**2 * _EXPLAINED[1] < of_time * of_told * _EXPLAINED[0]:
            return False
        return common > _FASTER * of_time or _FASTER * common < of_time
