"""Two topics could be the parent of the same records: each question decides where no other one does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flowaudit.linkage.derived import Grade
from tests.unit.linkage.made_runs import Sighting
from tests.unit.linkage.test_infer import drawn


def copied_at_once(count: int, *, copied_every: int = 1, seed: int = 1) -> list[Sighting]:
    """`a` mints events, `b` copies them after 3 ms, and `c` long after: of timing no trace is left."""
    rng = np.random.default_rng(seed)
    made = [Sighting("a", n, 200 * n, n, "$.event") for n in range(count)]
    for n in range(0, count, copied_every):
        made.append(Sighting("b", n, 200 * n + 3, n, "$.event"))
        made.append(Sighting("c", n, 200 * n + 300 + int(rng.integers(0, 400)), n, "$.event"))
    return made


def test_a_sibling_that_is_late_now_and_then_is_no_parent() -> None:
    """All of `b` comes out and a quarter of `a`; but a parent never lacks what its child has."""
    made = copied_at_once(1_200, copied_every=4)
    for s in [s for s in made if s.topic == "c"]:
        made.append(Sighting("d", s.offset, s.at_ms - 50 - s.offset % 7, 9_000 + s.token, "$.event"))
        made.append(Sighting("c", 9_000 + s.offset, s.at_ms, 9_000 + s.token, "$.event"))
    assert set(drawn(made)) == {("a", "b"), ("b", "c"), ("d", "c")}
    late = [replace(s, at_ms=s.at_ms + 900) if s.topic == "b" and s.offset % 48 == 0 else s for s in made]
    assert set(drawn(late)) == {("a", "b"), ("a", "c"), ("d", "c")}


def test_whose_records_hold_what_else_the_child_knows_is_the_parent() -> None:
    rng = np.random.default_rng(2)
    made = copied_at_once(300)
    undecided = drawn(made)["a", "c"]
    assert (undecided.grade, undecided.alternates) == (Grade.PROBABLE, ("b",))
    whom = rng.integers(0, 60, 300).tolist()
    made += [
        Sighting(s.topic, s.offset, s.at_ms, 9_000 + whom[s.offset], "$.person", instance=False)
        for s in made
        if s.topic in {"a", "c"}
    ]
    decided = drawn(made)["a", "c"]
    assert (decided.grade, decided.alternates) == (Grade.CONFIRMED, ())


def test_who_gives_names_that_the_child_never_quotes_is_a_sibling() -> None:
    made = copied_at_once(300)
    # As much of `a` comes out as of `b`: both have another name that goes nowhere.
    made += [replace(s, token=1_000 * ord(s.topic) + s.token, field="$.own") for s in made if s.topic in {"a", "b"}]
    edges = drawn(made)
    assert set(edges) == {("a", "b"), ("a", "c")}
    assert edges["a", "c"].alternates == ()


@pytest.mark.parametrize("mints", [True, False])
def test_where_nothing_decides_it_is_most_likely_who_had_the_event_first(mints: bool) -> None:
    """Where nobody had it first, as two topics had it in the same millisecond, it is the later one."""
    made = copied_at_once(300)
    if not mints:
        made += [Sighting("d", s.offset, s.at_ms, s.token, s.field) for s in made if s.topic == "a"]
    of_c = [edge for (_, child), edge in drawn(made).items() if child == "c"]
    assert len(of_c) == 1
    assert (of_c[0].upstream, "a" in of_c[0].alternates) == (("a", False) if mints else ("b", True))


def test_of_a_name_that_waited_for_another_one_timing_says_nothing() -> None:
    """`last` sets the moment, and by then the name had been in `a` and in `b` for long, whichever it is from."""
    rng = np.random.default_rng(3)
    made = []
    for n in range(300):
        at = 1_000 * n
        last = at + 3_000 + int(rng.integers(0, 500))
        for topic, when in (
            ("a", at),
            ("b", at + int(rng.integers(10, 900))),
            ("c", last + 40 + int(rng.integers(0, 30))),
        ):
            made.append(Sighting(topic, n, when, n, "$.event"))
            if topic == "c":
                made += [Sighting(topic, n, when, number + n, path) for path, number in LAST]
        made += [Sighting("last", n, last, number + n, path) for path, number in LAST]
    edges = drawn(made)
    assert set(edges) == {("a", "b"), ("a", "c"), ("last", "c")}
    assert (edges["a", "c"].alternates, edges["last", "c"].alternates) == (("b",), ())


LAST = (("$.one", 10_000), ("$.other", 20_000))
