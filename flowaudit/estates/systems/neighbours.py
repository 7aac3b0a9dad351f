"""The neighbours: systems that see the same people at the same times, with no flow to or from the estate.

They share with it what a city shares: its people, their habits and their flats. They are what an auditor must *not*
link: metro gates in human order after the door, parcels at the same addresses, meters of the same households on a
common tick.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from flowaudit.estates import chance, spelling
from flowaudit.estates.behaviour import MINUTE_S, attempts
from flowaudit.estates.program import Incoming, Outgoing, Reactive, Spontaneous, Town
from flowaudit.estates.records import Delivery, GateTap, MeterReading
from flowaudit.estates.rhythm import BUSIEST, activity
from flowaudit.estates.topic_names import PARCELS_DELIVERIES, TRANSIT_TAPS, UTILITIES_READINGS


class Reader(Reactive):
    """Reads for its own purposes and writes nothing to Kafka: a fare system, a parcel desk, a billing run."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.records = 0

    def decide(self, incoming: Incoming, city_s: float) -> Sequence[Outgoing]:  # noqa: ARG002 - it only counts
        """Nothing that Kafka sees."""
        self.records += 1
        return ()


class MetroGates(Spontaneous):
    """A share of those who leave home pass a gate some minutes later."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._attempts = attempts(town)
        self._next = next(self._attempts)
        self._walking: list[tuple[float, int, int]] = []

    def unprompted(self, city_s: float) -> Sequence[Outgoing]:
        """The taps up to now."""
        self._set_out(city_s)
        taps: list[Outgoing] = []
        while self._walking and self._walking[0][0] <= city_s:
            tapped_s, number, person = heapq.heappop(self._walking)
            taps.append(self._tap(tapped_s, number, person))
        return taps

    def _set_out(self, city_s: float) -> None:
        numbers, seed = self._town.parameters.neighbours, self._town.seed
        while self._next.city_s <= city_s:
            attempt, self._next = self._next, next(self._attempts)
            if attempt.kind == "leave" and chance.unit(seed, "metro", attempt.number) < numbers.metro_share:
                walk_min = chance.spread(numbers.walk_median_city_min, numbers.walk_sigma, seed, "walk", attempt.number)
                arrival = (attempt.city_s + walk_min * MINUTE_S, attempt.number, attempt.person)
                heapq.heappush(self._walking, arrival)

    def _tap(self, city_s: float, number: int, person: int) -> Outgoing:
        seed = self._town.seed
        tap = GateTap(
            tap=f"MT{chance.decimal(14, seed, 'tap', number)}",
            card=f"YKT-{chance.decimal(16, seed, 'card', person)}",
            holder=self._town.population.citizen_number(person),
            gate=f"L{1 + chance.whole(seed, 'line', number) % 16}-G{chance.whole(seed, 'gate', number) % 40}",
            tapped_at=self._town.stamp(city_s),
        )
        return self._town.outgoing(TRANSIT_TAPS, tap.card, tap)


class ParcelCouriers(Spontaneous):
    """Parcels come to all flats alike, in the rhythm of the day."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._chance = chance.Stream(town.seed, "parcels")
        self._count = 0
        self._next_s = 0.0
        self._advance()

    def unprompted(self, city_s: float) -> Sequence[Outgoing]:
        """The deliveries up to now."""
        deliveries: list[Outgoing] = []
        while self._next_s <= city_s:
            deliveries.append(self._deliver(self._next_s))
            self._advance()
        return deliveries

    def _advance(self) -> None:
        town = self._town
        busiest_per_city_s = BUSIEST * town.parameters.neighbours.parcels_per_s / town.parameters.city.speed
        while True:
            self._next_s += self._chance.wait(1 / busiest_per_city_s)
            if self._chance.unit() * BUSIEST < activity(town.calendar.moment(self._next_s)):
                return

    def _deliver(self, city_s: float) -> Outgoing:
        town = self._town
        self._count += 1
        household = self._chance.below(town.population.households)
        delivery = Delivery(
            parcel=f"SF{chance.decimal(13, town.seed, 'parcel', self._count)}",
            deliver_to=spelling.address_respelled(spelling.address_dashed(town.population.address(household)), "."),
            courier=f"courier-{self._chance.below(25)}",
            weight_g=100 + self._chance.below(4900),
            delivered_at=town.stamp(city_s),
        )
        return town.outgoing(PARCELS_DELIVERIES, delivery.parcel, delivery)


class Meters(Spontaneous):
    """On a common tick, a share of the households' meters report, all at once."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._tick = 1

    def unprompted(self, city_s: float) -> Sequence[Outgoing]:
        """The readings of the ticks up to now."""
        tick_s = self._town.parameters.neighbours.meter_tick_city_min * MINUTE_S
        readings: list[Outgoing] = []
        while self._tick * tick_s <= city_s:
            readings.extend(self._read_all(self._tick, self._tick * tick_s))
            self._tick += 1
        return readings

    def _read_all(self, tick: int, city_s: float) -> list[Outgoing]:
        town, people = self._town, self._town.population
        share = town.parameters.neighbours.metered_share
        due = (home for home in range(people.households) if chance.unit(town.seed, "metered", tick, home) < share)
        return [self._read(household, tick, city_s) for household in due]

    def _read(self, household: int, tick: int, city_s: float) -> Outgoing:
        town, people = self._town, self._town.population
        used = 1500 + 4000 * chance.unit(town.seed, "kwh", household) + 0.2 * tick
        reading = MeterReading(
            meter=people.meter_number(household),
            account=people.tenant_number(people.members(household)[0]),
            premises=spelling.address_respelled(spelling.address_dashed(people.address(household)), ""),
            kwh=round(used, 2),
            read_at=town.stamp(city_s),
        )
        return town.outgoing(UTILITIES_READINGS, reading.meter, reading)
