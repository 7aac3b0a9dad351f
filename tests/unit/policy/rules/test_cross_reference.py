from __future__ import annotations

from dataclasses import replace

import pytest

from flowaudit.facts import FieldName
from flowaudit.graph.evidence import Verdict
from flowaudit.graph.identity_view import IdentityCluster, PeopleField, SharedPeople
from flowaudit.graph.snapshot import GraphSnapshot
from tests.unit.policy.made import cases, edge, graph, subjects, topology, way_names

PAIR = ("lock.events", "faces.names")
READINGS = ("lock.events > @monitor", "faces.names > @monitor")


def cluster_of(*topics: str) -> IdentityCluster:
    one, other = (FieldName(topic, "$.id") for topic in topics)
    fields = tuple(PeopleField(field, 100, 1_000) for field in (one, other))
    return IdentityCluster(fields, 100, 0.05, 1_000, (SharedPeople((one, other), 100, 1_000),), ())


@pytest.mark.parametrize(
    "snapshot",
    [graph(*READINGS, joins=[PAIR]), replace(graph(*READINGS), clusters=(cluster_of(*PAIR),))],
    ids=["joins", "clusters"],
)
def test_who_gets_the_same_people_from_two_owners_for_two_purposes(snapshot: GraphSnapshot) -> None:
    (case,) = cases("rule: FA006", snapshot, topology())
    assert subjects([case]) == ["system:faces > system:lock > system:monitor"]
    assert sorted(way_names(case)) == ["faces.names > monitor", "lock.events > monitor"]
    assert len(case.cut) == 1
    assert "faces.names (order) and lock.events (access), which carry the same people" in case.message


def test_it_takes_both_topics_and_the_same_people() -> None:
    assert cases("rule: FA006", graph(READINGS[0], "faces.names > @x", joins=[PAIR]), topology()) == []
    assert cases("rule: FA006", graph(*READINGS), topology()) == []


def test_a_basis_is_that_both_flows_are_declared() -> None:
    declared = [edge(reading, verdict=Verdict.VERIFIED) for reading in READINGS]
    assert cases("rule: FA006", graph(*declared, joins=[PAIR]), topology()) == []
    assert len(cases("rule: FA006", graph(declared[0], READINGS[1], joins=[PAIR]), topology())) == 1


def test_purposes_that_are_compatible_or_unknown_are_no_case() -> None:
    compatible = graph("lock.events > @monitor", "tenancy.checks > @monitor", joins=[("lock.events", "tenancy.checks")])
    assert cases("rule: FA006", compatible, topology()) == []
    assert cases("rule: FA006", graph(*READINGS, joins=[PAIR])) == []


def test_only_the_holder_that_was_asked_for() -> None:
    snapshot = graph(*READINGS, joins=[PAIR])
    assert cases("rule: FA006, by: system:lock", snapshot, topology()) == []
    assert len(cases("rule: FA006, by: system:monitor", snapshot, topology())) == 1
