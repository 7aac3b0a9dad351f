"""How people use their doors: an endless sequence of attempts, the same for the same seed.

It knows nothing of curfews and approvals: people try, and the lock decides. Systems that see the same people by
other means (metro gates) derive from this sequence too, without Kafka: that is what a common cause is.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from flowaudit.estates import chance
from flowaudit.estates.program import Town
from flowaudit.estates.rhythm import BUSIEST, activity

MINUTE_S: Final = 60.0
_DRAWS: Final = 8
"""How often somebody else is looked for when the guest who was drawn is already there."""


class Attempt(msgspec.Struct, frozen=True, order=True):
    """Somebody at a door. `mistaken_for` is the tenant whom the matcher takes them for; `visit` counts visits."""

    city_s: float
    number: int
    kind: Literal["enter", "leave", "arrive", "depart"]
    person: int
    household: int
    rejected: bool = False
    mistaken_for: int | None = None
    visit: int | None = None


def attempts(town: Town) -> Iterator[Attempt]:
    """All attempts from the start of city time on, in the order of their times."""
    return _Life(town).attempts()


class _Life:
    def __init__(self, town: Town) -> None:
        self._town = town
        self._lock = town.parameters.lock
        self._chance = chance.Stream(town.seed, "life")
        self._at_home: dict[int, bool] = {}
        self._visiting: set[int] = set()
        self._later: list[Attempt] = []
        self._count = 0
        self._visits = 0

    def attempts(self) -> Iterator[Attempt]:
        for city_s in self._moments():
            while self._later and self._later[0].city_s <= city_s:
                promised = self._when_due(heapq.heappop(self._later))
                if promised is not None:
                    yield promised
            attempt = self._arrive(city_s) if self._chance.unit() < self._arrival_share() else self._tenant(city_s)
            if attempt is not None:
                yield attempt

    def _moments(self) -> Iterator[float]:
        """Times of what people do unprompted: a Poisson process, thinned by the rhythm of the week."""
        busiest_per_city_s = BUSIEST * self._unprompted_per_city_s()
        city_s = 0.0
        while True:
            city_s += self._chance.wait(1 / busiest_per_city_s)
            if self._chance.unit() * BUSIEST < activity(self._town.calendar.moment(city_s)):
                yield city_s

    def _unprompted_per_city_s(self) -> float:
        city = self._town.parameters.city
        visitor_share = self._lock.visitor_share if self._town.population.guests else 0.0
        retries = 1 + self._lock.false_rejection_rate / 2
        return city.lock_events_per_s / city.speed * (visitor_share / 2 + (1 - visitor_share) / retries)

    def _arrival_share(self) -> float:
        if not self._town.population.guests:
            return 0.0
        arrivals = self._lock.visitor_share / 2
        return arrivals / (arrivals + (1 - self._lock.visitor_share))

    def _tenant(self, city_s: float) -> Attempt:
        population = self._town.population
        tenant = self._chance.below(population.tenants)
        starts_home = (
            chance.unit(self._town.seed, "home", tenant) < self._town.parameters.population.start_at_home_share
        )
        at_home = self._at_home.get(tenant, starts_home)
        rejected = not at_home and self._chance.unit() < self._lock.false_rejection_rate
        attempt = Attempt(
            city_s=city_s,
            number=self._number(),
            kind="leave" if at_home else "enter",
            person=tenant,
            household=population.household_of(tenant),
            rejected=rejected,
            mistaken_for=None if at_home or rejected else self._mistaken_for(tenant),
        )
        if rejected:
            self._try_again(attempt)
        else:
            self._at_home[tenant] = not at_home
        return attempt

    def _try_again(self, attempt: Attempt) -> None:
        wait_s = self._chance.spread(self._lock.retry_after_city_min, 0.7) * MINUTE_S
        again = msgspec.structs.replace(attempt, city_s=attempt.city_s + wait_s, number=self._number(), rejected=False)
        heapq.heappush(self._later, again)

    def _mistaken_for(self, tenant: int) -> int | None:
        if self._chance.unit() >= self._lock.false_match_rate:
            return None
        other = self._chance.below(self._town.population.tenants)
        return other if other != tenant else None

    def _arrive(self, city_s: float) -> Attempt | None:
        population = self._town.population
        draws = (population.tenants + self._chance.below(population.guests) for _ in range(_DRAWS))
        guest = next((guest for guest in draws if guest not in self._visiting), None)
        if guest is None:
            return None
        self._visiting.add(guest)
        self._visits += 1
        arrival = Attempt(
            city_s=city_s,
            number=self._number(),
            kind="arrive",
            person=guest,
            household=population.host_of(guest),
            visit=self._visits,
        )
        stay_s = self._chance.spread(self._lock.stay_median_city_min, self._lock.stay_sigma) * MINUTE_S
        departure = msgspec.structs.replace(arrival, city_s=city_s + stay_s, number=self._number(), kind="depart")
        heapq.heappush(self._later, departure)
        return arrival

    def _when_due(self, attempt: Attempt) -> Attempt | None:
        if attempt.kind == "depart":
            self._visiting.discard(attempt.person)
        elif self._at_home.get(attempt.person):
            return None
        else:
            self._at_home[attempt.person] = True
        return attempt

    def _number(self) -> int:
        self._count += 1
        return self._count
