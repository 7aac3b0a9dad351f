"""The travel ban: below a score, no planes and no trains for up to a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flowaudit.estates import chance, spelling
from flowaudit.estates.program import Incoming, Outgoing, Reactive, Town, read_as
from flowaudit.estates.records import Passenger, ScoreUpdate, TravelBan
from flowaudit.estates.topic_names import TRAVEL_BANS


class TravelBanOffice(Reactive):
    """Bans who falls below the threshold, and extends the ban when they fall further."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._banned_at_score: dict[str, int] = {}

    def decide(self, incoming: Incoming, city_s: float) -> Sequence[Outgoing]:
        """A ban for an update that calls for one."""
        update = read_as(ScoreUpdate, incoming)
        numbers = self._town.parameters.travel_ban
        if update is None or update.score >= numbers.below_score:
            return ()
        citizen = spelling.citizen_key(update.citizen)
        last = self._banned_at_score.get(citizen)
        if last is not None and update.score > last - numbers.extend_after_drop:
            return ()
        self._banned_at_score[citizen] = update.score
        days = 1 + chance.whole(self._town.seed, "ban days", update.update) % numbers.longest_days
        delay_ms = self._town.delay_ms(numbers.delay_median_ms, numbers.delay_sigma, "ban", update.update)
        ban = TravelBan(
            ban=f"TB/{chance.decimal(10, self._town.seed, 'ban', update.update)}",
            passenger=Passenger(document=citizen.casefold()),
            modes=("plane", "train"),
            until=(self._town.calendar.day(city_s) + timedelta(days=days)).isoformat(),
            based_on=update.update,
            issued_at=self._town.stamp(city_s, delay_ms),
        )
        return (self._town.outgoing(TRAVEL_BANS, ban.ban, ban, delay_ms),)
