from __future__ import annotations

from tests.unit.policy.made import cases, edge, graph, subjects, way_names

LOOP = ("lock.events > score.changes", "score.changes > curfew.orders", "curfew.orders > @lock")
APPROVALS = ("score.changes > visits.approvals", "visits.approvals > @lock")


def test_what_comes_back_is_told_by_each_node_that_it_comes_back_from() -> None:
    found = cases("rule: FA004, of: system:lock", graph(*LOOP, *APPROVALS))
    assert subjects(found) == ["system:lock > topic:curfew.orders", "system:lock > topic:visits.approvals"]
    assert list(way_names(found[0])) == ["lock.events > score.changes > curfew.orders > lock"]
    assert found[0].message == "what lock tells comes back into it as curfew.orders, by way of score, curfew"
    assert [len(case.cut) for case in found] == [1, 1]


def test_only_the_way_back_that_was_asked_for() -> None:
    found = cases("rule: FA004, of: system:lock, by: system:curfew", graph(*LOOP, *APPROVALS))
    assert subjects(found) == ["system:lock > topic:curfew.orders"]


def test_every_system_on_a_loop_has_it_when_none_is_named() -> None:
    found = cases("rule: FA004", graph("a.x > b.x", "b.x > a.y"))
    assert subjects(found) == ["system:a > topic:b.x"]


def test_what_stays_in_a_system_and_what_never_returns_is_no_loop() -> None:
    assert cases("rule: FA004", graph("lock.events > lock.orders", *LOOP[:2])) == []


def test_a_way_back_that_was_closed_before_the_data_came_is_none() -> None:
    closed = edge("curfew.orders > @lock", seen=(500, 900))
    assert cases("rule: FA004, of: system:lock", graph(*LOOP[:2], closed)) == []


def test_a_reading_that_supports_a_flow_is_no_second_hop_to_cut() -> None:
    found = cases("rule: FA004, of: system:lock", graph(*LOOP, "curfew.orders > lock.commands", "lock.events > x.y"))
    (case,) = found
    assert len(case.cut) == 1
