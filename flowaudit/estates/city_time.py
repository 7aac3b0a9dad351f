"""City time: seconds since the simulated start, run `speed` times as fast as the clock on the wall."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec


class Calendar(msgspec.Struct, frozen=True):
    """Turns city seconds into dates and times of the simulated city."""

    starts_at: datetime

    def moment(self, city_s: float) -> datetime:
        """The city's date and time."""
        return self.starts_at + timedelta(seconds=city_s)

    def stamp(self, city_s: float) -> str:
        """The city's date and time as ISO 8601 with milliseconds, China Standard Time."""
        return self.moment(city_s).replace(tzinfo=None).isoformat(timespec="milliseconds") + "+08:00"

    def day(self, city_s: float) -> date:
        """The city's date."""
        return self.moment(city_s).date()


class CityClock(msgspec.Struct, frozen=True):
    """Wall seconds → city seconds; `epoch_s` is the wall time at which the city starts."""

    epoch_s: float
    speed: float

    def city_s(self, now_s: float) -> float:
        """City seconds at a wall time; 0 before the start."""
        return max(0.0, (now_s - self.epoch_s) * self.speed)
