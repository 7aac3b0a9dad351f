"""Parents by people: what they must explain, and which of them is it."""

from __future__ import annotations

import numpy as np

from tests.unit.linkage.made_runs import Sighting
from tests.unit.linkage.test_infer import drawn, people


def visits(seed: int, count: int) -> tuple[list[int], list[int]]:
    """When, and who."""
    rng = np.random.default_rng(seed)
    return np.sort(rng.integers(0, 200_000, count)).tolist(), rng.integers(0, 300, count).tolist()


def passed_on(topic: str, ats: list[int], whom: list[int], lag_ms: int, start: int = 0) -> list[Sighting]:
    """The same people in another topic, soon after."""
    return [
        Sighting(topic, start + n, at + lag_ms + n % 30, who, "$.person", instance=False)
        for n, (at, who) in enumerate(zip(ats, whom, strict=True))
    ]


def test_a_small_part_of_the_people_that_is_a_small_part_there_too_makes_no_parent() -> None:
    ats, whom = visits(1, 1_500)
    others, who_else = visits(2, 700)
    made = [*people("a", ats, whom), *people("z", others, who_else), *passed_on("child", ats, whom, 80)]
    made += passed_on("child", others[::5], who_else[::5], 120, start=5_000)
    assert set(drawn(made)) == {("a", "child")}
    made += passed_on("child", others[1::5], who_else[1::5], 120, start=6_000)
    made += passed_on("child", others[2::5], who_else[2::5], 120, start=7_000)
    assert set(drawn(made)) == {("a", "child"), ("z", "child")}
