from __future__ import annotations

from flowaudit.graph.evidence import Tier
from tests.unit.policy.made import cases, edge, graph, subjects, topology, way_names

CHAIN = ("lock.events > monitor.seen", "monitor.seen > score.changes", "score.changes > ban.orders")


def test_a_forbidden_way_is_found_through_anything_with_its_witness_and_cut() -> None:
    (case,) = cases("rule: FA001, from: system:lock, to: system:ban", graph(*CHAIN))
    assert subjects([case]) == ["system:lock > system:ban"]
    assert list(way_names(case)) == ["lock.events > monitor.seen > score.changes > ban.orders"]
    assert len(case.cut) == 1
    assert case.message == "data of lock gets to ban by way of monitor, score, which the policy forbids"


def test_no_way_no_case() -> None:
    assert cases("rule: FA001, from: system:ban, to: system:lock", graph(*CHAIN)) == []
    assert cases("rule: FA001, from: system:nobody, to: system:ban", graph(*CHAIN)) == []


def test_without_the_hops_of_the_cut_the_case_is_gone_and_comes_back_with_them() -> None:
    edges = [*map(edge, CHAIN), edge("lock.events > score.changes")]
    rule = "rule: FA001, from: system:lock, to: system:ban"
    (case,) = cases(rule, graph(*edges))
    left = [one for one in edges if one not in {hop.edge for hop in case.cut}]
    assert cases(rule, graph(*left)) == []
    assert cases(rule, graph(*left, *(hop.edge for hop in case.cut))) == [case]


def test_a_reader_that_writes_nothing_on_is_reached_by_its_reading() -> None:
    (case,) = cases("rule: FA001, from: topic:lock.*, to: group:office", graph("lock.events > @office"))
    assert subjects([case]) == ["system:lock > system:office"]


def test_weaker_evidence_than_asked_for_makes_no_case() -> None:
    weak = graph(edge("lock.events > ban.orders", Tier.SUSPECTED))
    rule = "rule: FA001, from: system:lock, to: system:ban"
    assert cases(rule, weak) == []
    assert len(cases(f"{rule}, minimum_tier: suspected", weak)) == 1


def test_an_edge_that_was_gone_before_the_other_came_carries_nothing_on() -> None:
    late = edge("lock.events > monitor.seen", seen=(5_000, 9_000))
    early = edge("monitor.seen > ban.orders", seen=(1_000, 2_000))
    assert cases("rule: FA001, from: system:lock, to: system:ban", graph(late, early)) == []


def test_categories_are_those_of_systems_and_of_the_data_rules() -> None:
    snapshot = graph(*CHAIN)
    assert len(cases("rule: FA001, from: category:biometric, to: system:ban", snapshot)) == 1
    rule = "rule: FA001, from: category:user.biometric, to: system:ban"
    assert cases(rule, snapshot) == []
    assert len(cases(rule, snapshot, topology())) == 1


def test_each_two_systems_are_a_case_of_their_own() -> None:
    found = cases("rule: FA001, from: system:*, to: system:ban", graph(*CHAIN))
    assert subjects(found) == [f"system:{name} > system:ban" for name in ("lock", "monitor", "score")]
