from __future__ import annotations

import pytest

from flowaudit.policy.rules.automated_decision import AutomatedDecision, people_struck
from tests.unit.policy.made import cases, graph

RULE = "rule: FA009, from: system:lock, to: system:ban, people: 120000, records_per_person_a_year: 10"


def asked(rate: float, records: float, acted_on: float = 1.0) -> AutomatedDecision:
    return AutomatedDecision(
        rule="FA009",
        source="system:lock",
        target="system:ban",
        false_match_rate=rate,
        people=1_000,
        records_per_person_a_year=records,
        acted_on=acted_on,
    )


def test_the_rate_is_carried_along_the_way_to_people_a_year() -> None:
    (case,) = cases(f"{RULE}, false_match_rate: 0.08, acted_on: 0.1", graph("lock.events > x.y", "x.y > ban.orders"))
    assert case.message == (
        "ban decides on data of lock, of which 8% is about somebody else: "
        "about 9,600 people a year are decided on for what others did"
    )


@pytest.mark.parametrize(
    ("parameters", "people"),
    [(asked(0.08, 1), 80), (asked(0.5, 2), 750), (asked(0.5, 20, 0.1), 750), (asked(1, 3), 1_000), (asked(0, 9), 0)],
)
def test_how_many_people_meet_at_least_one_false_decision(parameters: AutomatedDecision, people: float) -> None:
    assert people_struck(parameters) == pytest.approx(people)


def test_without_errors_or_without_a_way_nobody_is_struck() -> None:
    assert cases(f"{RULE}, false_match_rate: 0", graph("lock.events > ban.orders")) == []
    assert cases(f"{RULE}, false_match_rate: 0.5", graph("ban.orders > lock.events")) == []
