"""Rolls, which name each person once, and topics that count through the same numbers."""

from __future__ import annotations

import random

from flowaudit.linkage.derived import Grade
from flowaudit.linkage.infer import infer
from tests.unit.linkage.made_runs import Sighting, runs, window_of

PEOPLE = 120


def _roll(chance: random.Random) -> tuple[list[Sighting], list[int]]:
    ats = [chance.randrange(0, 60_000) for _ in range(PEOPLE)]
    return [Sighting("roll", n, at, n, "$.id") for n, at in enumerate(ats)], ats


def _used(topic: str, ats: list[int], chance: random.Random) -> list[Sighting]:
    """Everybody comes back when he likes, three times."""
    return [
        Sighting(topic, 3 * person + again, at + chance.randrange(5_000, 180_000), person, "$.who", instance=False)
        for person, at in enumerate(ats)
        for again in range(3)
    ]


def test_who_names_only_people_of_a_roll_refers_to_it_and_to_none_of_its_own_kind() -> None:
    chance = random.Random("roll")
    roll, ats = _roll(chance)
    edges = infer(window_of(runs([*roll, *_used("b", ats, chance), *_used("c", ats, chance)])).provisional()).edges
    assert {(edge.upstream, edge.downstream) for edge in edges} == {("roll", "b"), ("roll", "c")}
    assert {edge.grade for edge in edges} == {Grade.SUSPECTED}
    assert all("refers to it" in edge.reason for edge in edges)


def test_who_counts_through_the_same_numbers_quotes_nobody() -> None:
    """Offers quote parts; customers have numbers of the same range, and meet parts as often as parts meet them."""
    chance = random.Random("numbers")
    made = []
    for n, number in enumerate(chance.sample(range(4_000), 800)):
        made.append(Sighting("parts", n, 300 * n, number, "$.part"))
        made.append(Sighting("offers", n, 300 * n + chance.randrange(20, 90), number, "$.part"))
    for n, number in enumerate(chance.sample(range(4_000), 400)):
        made.append(Sighting("customers", n, 600 * n + 7, number, "$.customer"))
    edges = infer(window_of(runs(made)).provisional()).edges
    assert {(edge.upstream, edge.downstream) for edge in edges} == {("parts", "offers")}
