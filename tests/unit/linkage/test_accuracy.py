"""How often is it right? On seeds that were never looked at while the numbers in the linkage room were chosen."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from flowaudit.facts import Fact
from flowaudit.linkage.derived import DerivedEdge, Grade
from flowaudit.linkage.infer import infer
from tests.unit.linkage.made_runs import window_of
from tests.unit.linkage.offline_estate import DECOYS, FLOWS, metadata, sightings
from tests.unit.linkage.worlds import World, make_world, pairs, runs_of, still_world

CHAIN = (
    ("locks.events", "facedb.lookups"),
    ("facedb.lookups", "facedb.identities"),
    ("facedb.identities", "monitor.sightings"),
    ("monitor.sightings", "score.updates"),
    ("score.updates", "travel.bans"),
    ("curfew.orders", "locks.events"),
    ("visitors.approvals", "locks.events"),
)


@dataclass(frozen=True, slots=True)
class Tally:
    found: int
    true: int
    right: int
    reversed: int
    confirmed: int
    confirmed_right: int

    @property
    def precision(self) -> float:
        return self.right / max(1, self.found)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.true)


def infer_world(world: World, theta: float, facts: Iterable[Fact]) -> list[DerivedEdge]:
    return list(infer([*window_of(runs_of(world, theta=theta)).provisional(), *facts]).edges)


def tally(worlds: Iterable[World], theta: float, *, with_metadata: bool) -> Tally:
    totals = [0] * 6
    for world in worlds:
        edges = infer_world(world, theta, world.metadata() if with_metadata else [])
        found = {(edge.upstream, edge.downstream) for edge in edges}
        confirmed = {(edge.upstream, edge.downstream) for edge in edges if edge.grade is Grade.CONFIRMED}
        turned = {(b, a) for a, b in found} & world.truth - found
        counts = (found, world.truth, found & world.truth, turned, confirmed, confirmed & world.truth)
        totals = [total + len(count) for total, count in zip(totals, counts, strict=True)]
    return Tally(*totals)


@pytest.mark.slow
@pytest.mark.parametrize("theta", [1.0, 0.3])
def test_generated_estates_with_what_the_cluster_tells(theta: float) -> None:
    result = tally((make_world(seed) for seed in range(1000, 1008)), theta, with_metadata=True)
    assert result.true > 50
    assert result.precision >= 0.95
    assert result.recall >= 0.9
    assert result.reversed == 0
    assert result.confirmed_right == result.confirmed > 0


@pytest.mark.slow
def test_generated_estates_with_nothing_but_their_records() -> None:
    result = tally((make_world(seed) for seed in range(1010, 1018)), 1.0, with_metadata=False)
    assert result.precision >= 0.9
    assert result.recall >= 0.85
    assert result.reversed == 0


@pytest.mark.slow
def test_generated_estates_that_mostly_name_people_only() -> None:
    result = tally((make_world(seed, quoting=0.3) for seed in range(1020, 1026)), 1.0, with_metadata=True)
    assert result.precision >= 0.9
    assert result.recall >= 0.7
    assert result.reversed == 0


def test_worlds_without_flow_stay_empty() -> None:
    found = [
        (edge.upstream, edge.downstream)
        for seed in range(1030, 1036)
        for edge in infer_world(still_world(seed), 1.0, [])
    ]
    assert list(pairs(found)) == []


@pytest.mark.parametrize(("seed", "theta"), [(501, 1.0), (502, 0.3)])
def test_the_reference_estate_is_drawn_as_it_is(seed: int, theta: float) -> None:
    window = window_of(sightings(seed, duration_s=60.0, theta=theta))
    edges = infer([*window.provisional(), *metadata()]).edges
    found = {(edge.upstream, edge.downstream) for edge in edges}
    assert len(found & FLOWS) >= 0.9 * len(found), list(pairs(found - FLOWS))
    assert len(found & FLOWS) >= 0.9 * len(FLOWS), list(pairs(FLOWS - found))
    assert set(CHAIN) <= found
    beside = [e for e in edges if {e.upstream, e.downstream} & DECOYS]
    assert [e for e in beside if e.grade is not Grade.SUSPECTED] == []


def test_the_reference_estate_is_drawn_from_its_records_alone() -> None:
    found = {
        (edge.upstream, edge.downstream)
        for edge in infer(window_of(sightings(503, duration_s=60.0, theta=0.5)).provisional()).edges
    }
    assert len(found & FLOWS) >= 0.9 * max(len(found), len(FLOWS))


def test_a_minute_of_the_estate_takes_about_a_second() -> None:
    window = window_of(sightings(504, duration_s=70.0, theta=1.0))
    window.provisional()
    started_s = time.process_time()
    infer([*window.provisional(), *metadata()])
    # About 80,000 sightings of 13 topics; three times as much as a machine with nothing else to do needs.
    assert time.process_time() - started_s < 2.5
