"""Which topics are needed to account for what a child names, and which are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.linkage.made_runs import Sighting, chain
from tests.unit.linkage.test_contest import copied_at_once
from tests.unit.linkage.test_infer import drawn


def beside(made: list[Sighting], *topics: str, path: str, every: int = 1, start: int = 90_000) -> list[Sighting]:
    """Another identifier in the records of these topics, the same one in all of them."""
    return [replace(s, token=start + s.token, field=path) for s in made if s.topic in topics and s.token % every == 0]


def passed_on(count: int, *topics: str, seed: int = 1) -> list[Sighting]:
    """Events of `a`, passed on from topic to topic, in each after another while."""
    rng = np.random.default_rng(seed)
    made = []
    for n in range(count):
        at = 500 * n
        for topic in ("a", *topics):
            made.append(Sighting(topic, n, at, n, "$.event"))
            at += 30 + int(rng.integers(0, 200))
    return made


@pytest.mark.parametrize("paths", [["$.detail"], ["$.detail", "$.remark"]])
def test_the_later_side_of_a_join_is_a_parent_though_the_other_side_has_all_that_it_has(paths: list[str]) -> None:
    """Whether the later side wins what both have, or is no match for the other side's records."""
    made = passed_on(300, "b", "c")
    for number, path in enumerate(paths):
        made += beside(made[:900], "a", "c", path=path, start=90_000 + 1_000 * number)
    assert set(drawn(made)) == {("a", "b"), ("a", "c"), ("b", "c")}


def test_whose_names_another_parent_supplies_anyway_is_none() -> None:
    """All of the copy comes out and a quarter of the source, so it wins its events; but the source is needed anyway."""
    made = copied_at_once(1_200, copied_every=4)
    edges = drawn([*made, *beside(made, "a", "c", path="$.detail", every=8)])
    assert set(edges) == {("a", "b"), ("a", "c")}
    assert edges["a", "c"].coverage == 1.0


@pytest.mark.parametrize(("field", "is_flow"), [("$.from", False), ("$.on_order_of", True)])
def test_a_thin_flow_counts_where_it_is_all_there_is_in_its_field(field: str, is_flow: bool) -> None:
    made = chain(400, [40])
    for n in range(16):
        made.append(Sighting("orders", n, 12_000 * n + 7, 90_000 + n, "$.own"))
        made.append(Sighting("b", 1_000 + n, 12_000 * n + 60, 90_000 + n, field))
    assert set(drawn(made)) == {("a", "b"), *([("orders", "b")] if is_flow else [])}


def test_two_topics_that_quote_each_other_are_each_others_parents() -> None:
    """As many events go there as come back: what tells the directions apart is where each was first named."""
    made = chain(200, [40])
    made += [Sighting("a", 1_000 + n, 500 * n + 150 + n % 7, 2_000_000 + n, "$.answer") for n in range(200)]
    assert set(drawn(made)) == {("a", "b"), ("b", "a")}


def test_whose_people_come_back_because_the_child_sent_them_there_is_no_parent() -> None:
    """A door asks again two seconds later; so people come there after most answers that it gets, of many given."""
    rng = np.random.default_rng(3)
    made = []
    for n in range(2_400):
        topic, person = ("doors", 5_000 + n // 2 % 90) if n < 600 else ("calls", 6_000 + int(rng.integers(0, 400)))
        at = 900 * (n // 2) + 2_000 * (n % 2) if n < 600 else int(rng.integers(0, 270_000))
        for where, when, path in ((topic, at, "$.own"), ("answers", at + 80 + int(rng.integers(0, 40)), "$.to")):
            made.append(Sighting(where, n, when, n, path))
            made.append(Sighting(where, n, when, person, "$.person", instance=False))
    assert set(drawn(made)) == {("doors", "answers"), ("calls", "answers")}
