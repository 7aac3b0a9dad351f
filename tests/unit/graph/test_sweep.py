"""Sweeps over arrays, both ways; that they are right for all graphs is held in `test_ways_by_brute_force`."""

from __future__ import annotations

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.evidence import Tier
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.sweep import Spread
from tests.unit.graph.made_graphs import edge, graph

INDEX = FlowIndex(graph([edge("a", "b", Tier.SUSPECTED, (5, 9)), edge("b", "c", seen=(0, 7)), edge("c", "group:g")]))
G, A, B, C = range(4)  # groups come before topics


def test_hops_and_arrivals_and_readers_apart() -> None:
    found = INDEX.table(Constraint(), backwards=False).spread({A})
    assert (found.hops[:4], found.hops[4 + G]) == ([0, 0, 1, 2], 3)
    assert found.merged().hops == [3, 0, 1, 2]
    assert found.arrived[C] == 5


def test_backwards_the_moments_are_negative() -> None:
    found = INDEX.table(Constraint(), backwards=True).spread_back([G]).merged()
    assert (found.hops, found.arrived[A], found.arrived[B]) == ([0, 3, 2, 1], -7, -7)


def test_no_further_than_asked_and_by_no_weaker_tier() -> None:
    table = INDEX.table(Constraint(), backwards=False)
    assert table.spread({A}, most_hops=1).merged().hops == [0, 0, 1, 0]
    assert table.spread({A}, Tier.OBSERVED.rank).merged().hops == [0, 0, 0, 0]


def test_a_node_is_where_others_are() -> None:
    spread = Spread([0, 3, 2], [99, 7, 8])
    spread.join(0, (1, 2))
    assert (spread.hops[0], spread.arrived[0]) == (2, 7)
