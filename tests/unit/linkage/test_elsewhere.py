from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from flowaudit.linkage.derived import DerivedEdge, Grade
from flowaudit.linkage.elsewhere import DRIFTS, GOES_BACK, KNOWS_OTHERS
from flowaudit.linkage.infer import infer
from tests.unit.linkage.made_runs import Sighting, runs, window_of

_RECORDS = 900


def drawn(made: list[Sighting]) -> dict[tuple[str, str], DerivedEdge]:
    edges = infer(window_of(runs(made)).provisional()).edges
    assert len({(edge.upstream, edge.downstream) for edge in edges}) == len(edges)
    return {(edge.upstream, edge.downstream): edge for edge in edges}


def people(topic: str, ats: Sequence[int], whom: Sequence[int], field: str = "$.who") -> list[Sighting]:
    return [
        Sighting(topic, n, at, who, field, instance=False) for n, (at, who) in enumerate(zip(ats, whom, strict=True))
    ]


def lives(seed: int) -> tuple[np.random.Generator, list[int], list[int]]:
    """When something happens, and to whom."""
    rng = np.random.default_rng(seed)
    return rng, np.sort(rng.integers(0, 70_000, _RECORDS)).tolist(), rng.integers(0, 300, _RECORDS).tolist()


@pytest.mark.parametrize(("share_late", "is_flow"), [(0.0, True), (0.38, False)])
def test_whose_people_come_back_as_soon_as_they_go_is_no_parent(share_late: float, is_flow: bool) -> None:
    """One cause tells two topics, each in its own time: now the one is faster, now the other."""
    rng, ats, whom = lives(1)
    first = [at + (200 if rng.random() < share_late else 0) for at in ats]
    second = [at + 80 + int(rng.integers(0, 40)) for at in ats]
    edges = drawn(people("a", first, whom) + people("b", second, whom))
    grades = {pair: (edge.grade, edge.reason) for pair, edge in edges.items()}
    if is_flow:
        assert grades.keys() == {("a", "b")}
        assert edges["a", "b"].grade is not Grade.SUSPECTED
    else:
        assert set(grades.values()) <= {(Grade.SUSPECTED, GOES_BACK)}


def test_who_knows_people_whom_no_parent_could_name_may_have_all_of_them_from_elsewhere() -> None:
    rng, ats, whom = lives(2)
    other = [who + 10_000 for who in rng.integers(0, 60, _RECORDS).tolist()]
    child = [at + 80 + int(rng.integers(0, 40)) for at in ats]
    made = people("a", ats, whom) + people("b", child, whom) + people("b", child, other, "$.whom")
    assert drawn(made)["a", "b"].reason != KNOWS_OTHERS
    for topic in ("c", "d"):
        made += people(topic, np.sort(rng.integers(0, 70_000, _RECORDS)).tolist(), rng.permutation(other).tolist())
    edge = drawn(made)["a", "b"]
    assert (edge.grade, edge.reason) == (Grade.SUSPECTED, KNOWS_OTHERS)


def test_two_counters_that_count_at_their_own_pace_are_no_flow() -> None:
    counted = [Sighting("a", n, 100 * n, n, "$.number") for n in range(300)]
    counted += [Sighting("b", n, 200 * n + 50, n, "$.count") for n in range(300)]
    edges = drawn(counted)
    assert {(edge.grade, edge.reason) for edge in edges.values()} == {(Grade.SUSPECTED, DRIFTS)}


def test_a_delay_that_creeps_a_little_is_no_second_counter() -> None:
    made = [Sighting("a", n, 100 * n, n, "$.number") for n in range(300)]
    made += [Sighting("b", n, 100 * n + 102 + n // 15, n, "$.count") for n in range(300)]
    edge = drawn(made)["a", "b"]
    assert (edge.grade, edge.reason) == (Grade.CONFIRMED, "")


def test_people_who_come_back_as_often_as_chance_has_it_speak_against_nothing() -> None:
    """Sixty people, each there every five seconds: a third of them come back within the delay, whatever it means."""
    rng, ats, whom = lives(3)
    whom = [who % 60 for who in whom]
    made = people("a", ats, whom) + people("b", [at + 1_600 + int(rng.integers(0, 60)) for at in ats], whom)
    assert drawn(made)["a", "b"].reason != GOES_BACK
