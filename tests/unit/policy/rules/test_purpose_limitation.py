from __future__ import annotations

from tests.unit.policy.made import cases, graph, subjects, topology, way_names

SNAPSHOT = graph(
    "lock.events > tenancy.checks",
    "lock.events > monitor.seen",
    "monitor.seen > score.changes",
    "other.events > monitor.seen",
)


def test_a_purpose_travels_with_the_data_through_derived_topics() -> None:
    found = cases("rule: FA005", SNAPSHOT, topology())
    assert subjects(found) == ["system:lock > system:monitor", "system:lock > system:score"]
    assert list(way_names(found[1])) == ["lock.events > monitor.seen > score.changes"]
    assert found[0].message == ("data of lock.events, collected for access, gets to monitor, whose purposes are: order")
    assert found[1].message.endswith("whose purposes are: none that is declared")


def test_a_compatible_purpose_may_use_it() -> None:
    assert "system:lock > system:tenancy" not in subjects(cases("rule: FA005", SNAPSHOT, topology()))


def test_one_purpose_or_one_place_only() -> None:
    assert len(cases("rule: FA005, purpose: access, from: system:lock", SNAPSHOT, topology())) == 2
    assert cases("rule: FA005, purpose: order", SNAPSHOT, topology()) == []
    assert cases("rule: FA005, from: system:monitor", SNAPSHOT, topology()) == []


def test_without_a_topology_no_purpose_is_known() -> None:
    assert cases("rule: FA005", SNAPSHOT) == []
