from __future__ import annotations

from flowaudit.graph.evidence import Tier
from flowaudit.policy.estate import Estate
from tests.unit.policy.made import edge, graph, node, topology

SNAPSHOT = graph("lock.events > monitor.seen", "lock.events > @monitor", "monitor.seen > !archive")


def names(estate: Estate, place: str) -> list[str]:
    return sorted(one.document_id for one in estate.select(place))


def test_places_are_patterns_over_systems_categories_and_kinds_of_nodes() -> None:
    estate = Estate(SNAPSHOT, topology())
    assert names(estate, "system:mon*") == ["group:monitor", "topic:monitor.seen"]
    assert names(estate, "topic:*.seen") == ["topic:monitor.seen"]
    assert names(estate, "group:monitor") == ["group:monitor"]
    assert names(estate, "external:*") == ["external:archive"]
    assert names(estate, "category:biometric") == ["topic:lock.events"]
    assert names(estate, "category:user.*") == ["topic:lock.events"]
    assert names(estate, "topic:nothing") == []
    assert len(estate.select("")) == 4


def test_nodes_belong_to_their_system_or_to_themselves() -> None:
    estate = Estate(SNAPSHOT)
    parties = estate.parties(estate.select(""))
    assert [party.document_id for party in parties] == ["system:archive", "system:lock", "system:monitor"]
    assert {one.name for one in estate.members(estate.party(node("@monitor")))} == {"monitor", "monitor.seen"}


def test_data_may_serve_its_own_purposes_and_compatible_ones() -> None:
    estate = Estate(SNAPSHOT, topology())
    assert estate.collected_for(node("lock.events")) == {"access"}
    assert estate.may_use(["access"], ["tenancy"])
    assert not estate.may_use(["tenancy"], ["access"])
    assert not estate.may_use(["access"], [])
    assert Estate(SNAPSHOT).may_use(["access"], [])


def test_of_several_goals_those_that_data_gets_to() -> None:
    estate = Estate(graph("a.x > b.x", "b.x > c.x", edge("b.x > d.x", Tier.SUSPECTED)))
    goals = estate.parties(node(name) for name in ("b.x", "c.x", "d.x"))
    found = list(estate.ways(frozenset({node("a.x")}), goals, Tier.PROBABLE))
    assert [(party.name, len(way.hops), len(cut)) for party, way, cut in found] == [("b", 1, 1), ("c", 2, 1)]
