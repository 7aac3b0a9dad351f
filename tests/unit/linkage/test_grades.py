from __future__ import annotations

from dataclasses import replace

import pytest

from flowaudit.linkage.derived import Grade
from flowaudit.linkage.grades import Findings, How, grade

BEST = Findings(
    how=How.EVENTS,
    sightings=500,
    coverage=0.9,
    lag_p50_ms=40,
    lag_entropy_bits=2.0,
    contested=False,
    undecided=False,
    unread="",
)
PEOPLE = replace(BEST, how=How.PEOPLE)


def test_quoted_events_at_a_steady_lag_are_confirmed() -> None:
    assert grade(BEST) == (Grade.CONFIRMED, "")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (replace(BEST, sightings=9), Grade.PROBABLE),
        (replace(BEST, coverage=0.02), Grade.PROBABLE),
        (replace(BEST, lag_entropy_bits=5.0), Grade.PROBABLE),
        (replace(BEST, contested=True), Grade.PROBABLE),
        (replace(BEST, undecided=True), Grade.SUSPECTED),
        (replace(BEST, unread="nobody reads it"), Grade.SUSPECTED),
        (PEOPLE, Grade.PROBABLE),
        (replace(PEOPLE, coverage=0.5), Grade.SUSPECTED),
        (replace(PEOPLE, lag_entropy_bits=5.0), Grade.SUSPECTED),
        (replace(PEOPLE, undecided=True), Grade.SUSPECTED),
        (replace(PEOPLE, lag_p50_ms=30_000, coverage=0.95), Grade.SUSPECTED),
    ],
)
def test_whatever_is_missing_costs_a_grade_and_is_said(found: Findings, expected: Grade) -> None:
    graded = grade(found)
    assert graded is not None
    assert graded[0] is expected
    assert graded[1]


@pytest.mark.parametrize(
    "found",
    [
        replace(PEOPLE, coverage=0.2),
        replace(PEOPLE, lag_p50_ms=30_000, coverage=0.7),
        replace(PEOPLE, unread="nobody reads it"),
    ],
)
def test_people_with_habits_are_not_drawn(found: Findings) -> None:
    assert grade(found) is None
