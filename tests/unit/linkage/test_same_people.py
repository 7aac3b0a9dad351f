"""The same people without a flow, and flows that go on under another name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flowaudit.facts import PairObserved
from flowaudit.linkage.derived import DerivedEdge, Grade, Inferred, Sharing
from flowaudit.linkage.evidence import weigh
from flowaudit.linkage.infer import infer
from flowaudit.linkage.readers import Programs, Writer
from flowaudit.linkage.same_people import same_people
from flowaudit.linkage.sums import sum_pairs
from tests.unit.linkage.made_runs import Sighting, runs, window_of
from tests.unit.linkage.test_infer import people

EMAIL = 1_000_000
NOTHING_KNOWN = Programs()


def concluded(made: list[Sighting]) -> Inferred:
    return infer(window_of(runs(made)).provisional())


def visits(seed: int, count: int = 900, inhabitants: int = 300) -> tuple[list[int], list[int]]:
    """When, and who."""
    rng = np.random.default_rng(seed)
    return np.sort(rng.integers(0, 70_000, count)).tolist(), rng.integers(0, inhabitants, count).tolist()


def test_two_topics_with_the_same_people_and_no_order_share_habits() -> None:
    found = concluded(people("a", *visits(1)) + people("b", *visits(2)))
    assert found.edges == ()
    (shared,) = found.same_people
    assert (shared.topics, shared.sharing) == (("a", "b"), Sharing.HABITS)
    assert [(match.upstream_path, match.downstream_path) for match in shared.fields] == [("$.person", "$.person")]
    assert shared.sightings > 300


def test_people_who_do_one_thing_after_the_other_are_an_order_and_no_flow() -> None:
    rng = np.random.default_rng(4)
    ats, whom = visits(3)
    later = [at + int(rng.lognormal(9, 0.9)) for at in ats]
    found = concluded(people("a", ats, whom) + people("b", later, whom))
    assert found.edges == ()
    assert [shared.sharing for shared in found.same_people] == [Sharing.HUMAN_ORDER]


def test_two_children_of_one_topic_have_a_common_upstream() -> None:
    rng = np.random.default_rng(5)
    ats, whom = visits(6)
    made = people("a", ats, whom)
    for topic, lag in (("b", 80), ("c", 900)):
        made += people(topic, [at + lag + int(rng.integers(0, 60)) for at in ats], whom)
    found = concluded(made)
    assert {(edge.upstream, edge.downstream) for edge in found.edges} >= {("a", "b")}
    shared = {pair.topics: pair.sharing for pair in found.same_people}
    drawn = {tuple(sorted((edge.upstream, edge.downstream))) for edge in found.edges}
    assert ("b", "c") in drawn or shared["b", "c"] is Sharing.COMMON_UPSTREAM
    assert set(shared).isdisjoint(drawn)


@pytest.mark.parametrize(("each", "common", "is_told"), [(20, 12, False), (400, 60, False), (400, 200, True)])
def test_few_people_in_common_or_a_small_part_are_not_told(each: int, common: int, is_told: bool) -> None:
    rng = np.random.default_rng(9)
    first = (each - common) // 2
    made = people("a", [5_000 * n for n in range(each)], list(range(each)))
    whom = [n if first <= n < first + common else 10_000 + n for n in range(each)]
    made += people("b", [5_000 * n + int(rng.integers(-9_000, 9_000)) for n in range(each)], whom)
    assert bool(concluded(made).same_people) is is_told


def test_a_flow_goes_on_under_the_name_that_a_table_gives_and_the_table_is_a_parent() -> None:
    rng = np.random.default_rng(7)
    made = []
    for person in range(80):
        at = 20 * person
        made.append(Sighting("table", person, at, person, "$.person", instance=False))
        made.append(Sighting("table", person, at, EMAIL + person, "$.email", instance=False))
    ats, whom = visits(8, count=800, inhabitants=80)
    ats = [2_000 + at for at in ats]
    made += people("doors", ats, whom)
    for number, (at, person) in enumerate(zip(ats, whom, strict=True)):
        answered = at + 80 + int(rng.integers(0, 40))
        made.append(Sighting("mails", number, answered, EMAIL + person, "$.to", instance=False))
    edges = {(edge.upstream, edge.downstream): edge for edge in concluded(made).edges}
    assert ("doors", "mails") in edges
    assert edges["doors", "mails"].grade in {Grade.PROBABLE, Grade.CONFIRMED}
    assert ("mails", "doors") not in edges


def shared(*edges: tuple[str, str], grade: Grade = Grade.PROBABLE, programs: Programs = NOTHING_KNOWN) -> list[Sharing]:
    """What is told of `a` and `b`, which have the same people, given these flows."""
    facts = window_of(runs(people("a", *visits(1)) + people("b", *visits(2)))).provisional()
    drawn = [DerivedEdge(*edge, grade, 100, 1.0, 50, 90, 1.0, 0.0, 0, 1, ()) for edge in edges]
    evidence = weigh(sum_pairs(fact for fact in facts if isinstance(fact, PairObserved)))
    return [pair.sharing for pair in same_people(evidence, drawn, programs)]


def test_what_flows_from_one_to_the_other_however_far_is_no_result_of_its_own() -> None:
    assert shared(("a", "x"), ("x", "y"), ("y", "b")) == shared(("b", "x"), ("x", "a")) == []
    assert shared(("a", "x"), ("x", "y"), ("y", "b"), grade=Grade.SUSPECTED) == [Sharing.HABITS]


def test_what_is_drawn_is_not_told_twice_however_little_it_is_believed() -> None:
    assert shared(("a", "b"), grade=Grade.SUSPECTED) == []


def test_topics_behind_one_topic_or_of_one_writer_have_a_common_upstream() -> None:
    assert shared(("x", "a"), ("x", "y"), ("y", "b")) == [Sharing.COMMON_UPSTREAM]
    assert shared(programs=Programs(writers=(Writer(frozenset({"a", "b"})),))) == [Sharing.COMMON_UPSTREAM]
    assert shared(("x", "a"), ("y", "b")) == [Sharing.HABITS]


def test_fields_are_told_in_the_order_of_their_topics_whoever_came_first() -> None:
    made = people("a", *visits(1)) + [replace(each, field="$.guest") for each in people("b", *visits(2))]
    (found,) = concluded(made).same_people
    assert [(match.upstream_path, match.downstream_path) for match in found.fields] == [("$.person", "$.guest")]
