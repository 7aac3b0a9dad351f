"""What is reached, in which order and how surely; `test_ways_by_brute_force` holds it against every witness."""

from __future__ import annotations

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.evidence import Tier
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.impact import origins_of, reached_by
from tests.unit.graph.made_graphs import edge, graph

EDGES = [
    edge("a", "b", Tier.CONFIRMED, (5, 50)),
    edge("a", "c", Tier.SUSPECTED, (1, 9)),
    edge("c", "b", Tier.PROVEN, (2, 9)),
    edge("b", "group:g", Tier.OBSERVED, (0, 60)),
    edge("b", "d", Tier.PROVEN, (0, 3)),
]


def test_downstream_the_nearest_first_with_the_earliest_moment_by_any_way() -> None:
    index = FlowIndex(graph(EDGES))
    found = reached_by(index, index.lookup.find("a"), Constraint())
    assert [(one.node.name, one.hops, one.tier, one.possible_ms) for one in found] == [
        ("b", 1, Tier.CONFIRMED, 2),
        ("c", 1, Tier.SUSPECTED, 1),
        ("g", 2, Tier.CONFIRMED, 2),
        ("d", 3, Tier.SUSPECTED, 2),
    ]


def test_upstream_the_latest_moment_to_leave() -> None:
    index = FlowIndex(graph(EDGES))
    found = origins_of(index, index.lookup.find("group:g"), Constraint())
    assert [(one.node.name, one.hops, one.possible_ms) for one in found] == [("b", 1, 60), ("c", 2, 9), ("a", 2, 50)]


def test_nothing_is_reached_by_what_is_too_weak() -> None:
    index = FlowIndex(graph(EDGES))
    assert reached_by(index, index.lookup.find("c"), Constraint(Tier.PROVEN, in_time=False))[0].node.name == "b"
    assert reached_by(index, index.lookup.find("topic:d"), Constraint()) == ()
