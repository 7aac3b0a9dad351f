from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.linkage.confidence import Findings, How, Known, confidence, features, greatest_doubt
from flowaudit.linkage.derived import Grade
from flowaudit.linkage.grades import CONFIRMED_FROM, grade

BEST = Findings(
    how=How.EVENTS,
    sightings=5_000,
    coverage=1.0,
    explained=1.0,
    yield_share=1.0,
    lag_p50_ms=40,
    lag_entropy_bits=1.0,
    in_bursts=0.0,
    rivals=0,
    undecided=False,
    translated=False,
    fields=2,
    writer=Known.LIKELY,
    unread="",
)
PEOPLE = replace(BEST, how=How.PEOPLE)
HABIT = replace(PEOPLE, coverage=0.2, explained=0.2, yield_share=0.1, lag_p50_ms=60_000, writer=Known.NOTHING)

FINDINGS = st.builds(
    Findings,
    how=st.sampled_from(How),
    sightings=st.integers(0, 10**7),
    coverage=st.floats(0, 1),
    explained=st.floats(0, 1),
    yield_share=st.floats(0, 1),
    lag_p50_ms=st.integers(0, 10**6),
    lag_entropy_bits=st.floats(0, 7),
    in_bursts=st.floats(0, 1),
    rivals=st.integers(0, 9),
    undecided=st.booleans(),
    translated=st.booleans(),
    fields=st.integers(0, 9),
    writer=st.sampled_from(Known),
    unread=st.sampled_from(["", "nobody reads it"]),
)


@pytest.mark.parametrize("found", [BEST, PEOPLE])
def test_a_link_without_a_doubt_is_confirmed(found: Findings) -> None:
    graded = grade(found)
    assert graded is not None
    assert (graded.grade, graded.reason) == (Grade.CONFIRMED, "")


@pytest.mark.parametrize(
    "change",
    [
        {"coverage": 0.1},
        {"yield_share": 0.0},
        {"rivals": 3},
        {"undecided": True},
        {"explained": 0.1},
        {"lag_p50_ms": 200_000},
        {"sightings": 10},
        {"translated": True},
        {"unread": "nobody reads it"},
    ],
)
def test_whatever_is_missing_costs_confidence_and_never_brings_any(change: dict[str, float]) -> None:
    assert confidence(replace(PEOPLE, **change)) < confidence(PEOPLE)  # type: ignore[arg-type]
    assert confidence(replace(BEST, **change)) <= confidence(BEST)  # type: ignore[arg-type]


def test_a_likely_writer_confirms_nothing_that_would_not_be_sure_without_it() -> None:
    slow = replace(BEST, lag_p50_ms=2_000)
    likely, certain = grade(slow), grade(replace(slow, writer=Known.CERTAIN))
    assert likely is not None
    assert certain is not None
    assert likely.confidence >= CONFIRMED_FROM > confidence(replace(slow, writer=Known.NOTHING))
    assert (likely.grade, certain.grade) == (Grade.PROBABLE, Grade.CONFIRMED)
    assert "only likely" in likely.reason


def test_names_that_are_looked_up_at_no_typical_delay_are_less_sure() -> None:
    looked_up = replace(BEST, how=How.NAMES)
    assert confidence(replace(looked_up, lag_entropy_bits=5.0)) < confidence(looked_up)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"coverage": 0.2, "lag_p50_ms": 20_000}, Grade.PROBABLE),
        ({"coverage": 0.0, "lag_p50_ms": 300_000, "lag_entropy_bits": 4.5, "writer": Known.NOTHING}, Grade.SUSPECTED),
        (
            {"coverage": 0.0, "lag_p50_ms": 20_000, "unread": "nobody reads it", "writer": Known.NOTHING},
            Grade.SUSPECTED,
        ),
        ({"how": How.NAMES, "unread": "nobody reads it", "writer": Known.NOTHING}, Grade.SUSPECTED),
    ],
)
def test_no_grade_is_better_than_the_confidence_allows(change: dict[str, object], expected: Grade) -> None:
    graded = grade(replace(BEST, **change))  # type: ignore[arg-type]
    assert graded is not None
    assert graded.grade is expected


def test_events_keep_no_pace_of_people() -> None:
    graded = grade(replace(BEST, lag_p50_ms=60_000, lag_entropy_bits=4.5))
    assert graded is not None
    assert graded.grade is Grade.PROBABLE


def test_people_at_their_own_pace_who_are_mostly_not_explained_are_not_drawn() -> None:
    assert grade(HABIT) is None


def test_one_returning_identifier_alone_is_probable_at_best() -> None:
    graded = grade(replace(PEOPLE, fields=1))
    assert graded is not None
    assert (graded.grade, graded.reason) == (Grade.PROBABLE, "people and places return, no identifier of an event does")


@pytest.mark.parametrize("best", [BEST, PEOPLE])
def test_who_has_a_rival_is_not_confirmed(best: Findings) -> None:
    graded = grade(replace(best, rivals=1))
    assert graded is not None
    assert graded.grade is Grade.PROBABLE


def test_what_people_could_do_themselves_is_suspected_at_best() -> None:
    graded = grade(replace(PEOPLE, lag_p50_ms=8_000, lag_entropy_bits=4.5))
    assert graded is not None
    assert (graded.grade, graded.reason) == (Grade.SUSPECTED, "at the pace of people: a slow flow, or a habit")
    assert grade(replace(PEOPLE, lag_p50_ms=8_000, lag_entropy_bits=4.5, coverage=0.3)) is None


def test_people_do_not_come_in_bursts() -> None:
    graded = grade(replace(PEOPLE, lag_p50_ms=8_000, lag_entropy_bits=4.5, in_bursts=0.9))
    assert graded is not None
    assert graded.grade is Grade.PROBABLE


def test_people_who_come_at_no_typical_delay_are_probable_at_best() -> None:
    graded = grade(replace(PEOPLE, lag_entropy_bits=2.7))
    assert graded is not None
    assert (graded.grade, graded.reason) == (Grade.PROBABLE, "no typical delay")


def test_what_nobody_is_known_to_pass_on_is_probable_at_best_and_says_why() -> None:
    unread = "no consumer group reads the upstream topic"
    graded = grade(replace(BEST, unread=unread, writer=Known.NOTHING))
    assert graded is not None
    assert (graded.grade, graded.reason) == (Grade.PROBABLE, unread)


def test_few_sightings_are_not_enough_to_be_confirmed() -> None:
    assert (many := grade(replace(BEST, sightings=40))) is not None
    assert many.grade is Grade.CONFIRMED
    assert (few := grade(replace(BEST, sightings=39))) is not None
    assert (few.grade, few.reason) == (Grade.PROBABLE, "seen 39 times so far")


@pytest.mark.parametrize("writer", [Known.LIKELY, Known.CERTAIN])
def test_what_its_known_writer_does_not_read_is_suspected_at_best(writer: Known) -> None:
    unread = "no program that is known to write the topic reads the upstream one"
    graded = grade(replace(BEST, unread=unread, writer=writer))
    assert graded is not None
    assert (graded.grade, graded.reason) == (Grade.SUSPECTED, unread)


@given(FINDINGS)
def test_grades_are_steps_of_confidence_and_lower_ones_say_why(found: Findings) -> None:
    graded = grade(found)
    assert 0 < confidence(found) < 1
    assert all(0 <= value <= 1 for value in features(found).values())
    if graded is not None:
        assert graded.confidence == confidence(found)
        assert bool(graded.reason) == (graded.grade is not Grade.CONFIRMED)


def test_the_greatest_doubt_is_named() -> None:
    slow = replace(PEOPLE, lag_p50_ms=300_000)
    assert greatest_doubt(slow) is not None
    assert greatest_doubt(slow).value == "slow"  # type: ignore[union-attr]
    assert greatest_doubt(replace(BEST, how=How.ROLL)) is None
