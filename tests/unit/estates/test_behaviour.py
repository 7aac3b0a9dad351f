from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice, pairwise, takewhile

import msgspec

from flowaudit.estates.behaviour import Attempt, attempts
from flowaudit.estates.parameters import Parameters
from flowaudit.estates.program import make_town
from flowaudit.estates.rhythm import BUSIEST, activity


def first(parameters: Parameters, seed: int, count: int = 2000) -> list[Attempt]:
    return list(islice(attempts(make_town(parameters, seed)), count))


def test_the_same_seed_gives_the_same_life_and_another_seed_another(parameters: Parameters) -> None:
    assert first(parameters, 5) == first(parameters, 5)
    assert first(parameters, 5) != first(parameters, 6)


def test_attempts_come_in_order_and_are_numbered_once(parameters: Parameters) -> None:
    found = first(parameters, 5)
    assert all(earlier.city_s <= later.city_s for earlier, later in pairwise(found))
    assert len({attempt.number for attempt in found}) == len(found)


def test_a_visit_has_an_arrival_before_its_departure_and_a_guest_one_visit_at_a_time(parameters: Parameters) -> None:
    visiting: dict[int, int | None] = {}
    for attempt in first(parameters, 5, 6000):
        if attempt.kind == "arrive":
            assert attempt.person not in visiting
            visiting[attempt.person] = attempt.visit
        elif attempt.kind == "depart":
            assert visiting.pop(attempt.person) == attempt.visit


def test_tenants_alternate_between_leaving_and_entering(parameters: Parameters) -> None:
    last: dict[int, str] = {}
    for attempt in first(parameters, 5, 6000):
        if attempt.kind in ("enter", "leave") and not attempt.rejected:
            assert last.get(attempt.person) != attempt.kind
            last[attempt.person] = attempt.kind


def test_matcher_errors_come_at_about_the_given_rates(parameters: Parameters) -> None:
    entries = [attempt for attempt in first(parameters, 5, 12_000) if attempt.kind == "enter"]
    rejected = sum(attempt.rejected for attempt in entries) / len(entries)
    mistaken = sum(attempt.mistaken_for is not None for attempt in entries) / len(entries)
    assert abs(rejected - parameters.lock.false_rejection_rate) < 0.02
    assert abs(mistaken - parameters.lock.false_match_rate) < 0.02


def test_the_rate_holds_as_the_mean_of_a_week(parameters: Parameters) -> None:
    city = msgspec.structs.replace(parameters.city, speed=3600.0, lock_events_per_s=20.0)
    town = make_town(msgspec.structs.replace(parameters, city=city), 5)
    week_city_s = 7 * 24 * 3600.0
    count = sum(1 for _ in takewhile(lambda attempt: attempt.city_s < week_city_s, attempts(town)))
    assert abs(count / (week_city_s / 3600) / 20 - 1) < 0.1


def test_the_rhythm_has_mean_one_and_never_exceeds_its_busiest() -> None:
    monday = datetime(2019, 6, 3)  # noqa: DTZ001 - city time has no other zone
    levels = [activity(monday + timedelta(minutes=minute)) for minute in range(7 * 24 * 60)]
    assert abs(sum(levels) / len(levels) - 1) < 0.01
    assert max(levels) <= BUSIEST
    assert activity(monday.replace(hour=7)) > 5 * activity(monday.replace(hour=3))


def test_without_guests_there_are_no_visits(parameters: Parameters) -> None:
    population = msgspec.structs.replace(parameters.population, guests_per_household=0.0)
    kinds = {attempt.kind for attempt in first(msgspec.structs.replace(parameters, population=population), 5)}
    assert kinds == {"enter", "leave"}
