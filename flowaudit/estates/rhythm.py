"""How busy the doors of a housing estate are: by hour of the day, weekday against weekend."""

from __future__ import annotations

from datetime import datetime
from typing import Final

# Relative activity at the full hour, 0 to 23; between the hours it moves in a straight line.
_WEEKDAY: Final = (2, 1, 1, 1, 1, 4, 16, 24, 18, 9, 8, 10, 13, 10, 8, 9, 13, 22, 26, 21, 15, 11, 7, 4)
_WEEKEND: Final = (4, 2, 1, 1, 1, 2, 6, 9, 13, 16, 17, 17, 16, 14, 14, 15, 16, 17, 18, 17, 15, 13, 9, 6)
_WEEKLY_MEAN: Final = (5 * sum(_WEEKDAY) + 2 * sum(_WEEKEND)) / (7 * 24)
BUSIEST: Final = max(*_WEEKDAY, *_WEEKEND) / _WEEKLY_MEAN


def activity(moment: datetime) -> float:
    """Activity at a moment of city time, relative to the mean of the week, which is 1; never above `BUSIEST`."""
    here = _hours(moment)[moment.hour]
    # The next hour after midnight is close enough to tomorrow's first one.
    there = _hours(moment)[(moment.hour + 1) % 24]
    passed = (moment.minute * 60 + moment.second) / 3600
    return (here + (there - here) * passed) / _WEEKLY_MEAN


def _hours(moment: datetime) -> tuple[int, ...]:
    return _WEEKEND if moment.weekday() >= 5 else _WEEKDAY
