from __future__ import annotations

import pytest

from tests.unit.policy.made import cases, graph, subjects, topology

SNAPSHOT = graph("lock.events > monitor.seen", "monitor.seen > !archive", "lock.events > !bucket")


def test_what_is_kept_in_another_place_or_in_one_that_nobody_declared() -> None:
    found = cases("rule: FA008, from: system:lock, residency: [EU]", SNAPSHOT, topology())
    assert subjects(found) == ["system:lock > external:archive", "system:lock > external:bucket"]
    assert [case.message for case in found] == [
        "data of lock gets to archive, which keeps it in US",
        "data of lock gets to bucket, of which nobody declares where it keeps it",
    ]


@pytest.mark.parametrize(("days", "kept"), [(30, ["archive, which keeps it for 400 days"]), (400, [])])
def test_what_is_kept_too_long(days: int, kept: list[str]) -> None:
    found = cases(f"rule: FA008, from: system:lock, residency: [EU, US], longest_days: {days}", SNAPSHOT, topology())
    told = [case.message.removeprefix("data of lock gets to ") for case in found]
    assert told == [*kept, "bucket, of which nobody declares where it keeps it"]


def test_a_rule_that_asks_for_nothing_finds_nothing() -> None:
    assert cases("rule: FA008", SNAPSHOT, topology()) == []
