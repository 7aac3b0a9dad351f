"""Smallest cuts by the rules: bridges, cycles, readings to revoke, time; the proof is `test_ways_by_brute_force`."""

from __future__ import annotations

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.cuts import Cut, smallest_cut
from flowaudit.graph.evidence import EdgeKind, Tier
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.snapshot import GraphSnapshot
from tests.unit.graph.made_graphs import edge, graph

EVER = Constraint(in_time=False)


def cut(snapshot: GraphSnapshot, source: str, goal: str, constraint: Constraint | None = None) -> Cut:
    index = FlowIndex(snapshot)
    return smallest_cut(index, index.lookup.find(source), index.lookup.find(goal), constraint or Constraint())


def taken(found: Cut) -> set[str]:
    return {f"{hop.source.name}>{hop.target.name}" for hop in found.hops}


def test_the_one_bridge_behind_many_ways_and_a_cycle() -> None:
    fan = [one for middle in "bcd" for one in (edge("a", middle), edge(middle, "m"))]
    snapshot = graph([*fan, edge("m", "z"), edge("z", "a"), edge("m", "b")])
    assert taken(cut(snapshot, "a", "z")) == {"m>z"}


def test_no_way_is_an_empty_cut() -> None:
    assert cut(graph([edge("a", "b")]), "b", "a") == Cut()


def test_what_is_too_weak_need_not_be_cut() -> None:
    snapshot = graph([edge("a", "z", Tier.SUSPECTED), edge("a", "b"), edge("b", "z", Tier.CONFIRMED)])
    assert len(cut(snapshot, "a", "z").hops) == 2
    assert len(cut(snapshot, "a", "z", Constraint(Tier.PROBABLE)).hops) == 1


def test_a_reading_and_what_it_backs_are_one_hop() -> None:
    snapshot = graph([edge("a", "group:g"), edge("a", "z", Tier.PROBABLE)], {"group:g": "ban", "z": "ban"})
    (hop,) = cut(snapshot, "a", "ban").hops
    assert hop.kind is EdgeKind.DERIVES
    assert [reading.target.name for reading in hop.support] == ["g"]


def test_a_way_that_time_forbids_need_not_be_cut() -> None:
    late = [edge("a", "b", seen=(50, 60)), edge("b", "z", seen=(0, 10))]
    snapshot = graph([*late, edge("a", "c"), edge("c", "z")])
    assert len(cut(snapshot, "a", "z").hops) == 1
    assert len(cut(snapshot, "a", "z", EVER).hops) == 2
    assert cut(graph(late), "a", "z") == Cut()


def test_where_time_matters_a_hop_may_be_cut_that_no_flow_hangs_on() -> None:
    # Early data goes over x, late data over y, and all of it through b, c: one hop, whatever the windows.
    edges = [
        edge("a", "b", seen=(0, 0)),
        edge("a", "x", seen=(5, 5)),
        edge("x", "b", seen=(6, 6)),
        edge("b", "c", seen=(0, 9)),
        edge("c", "y", seen=(7, 7)),
        edge("y", "z", seen=(8, 8)),
        edge("c", "z", seen=(0, 1)),
    ]
    assert taken(cut(graph(edges), "a", "z")) == {"b>c"}


def test_parallel_flows_between_two_nodes_are_one_hop() -> None:
    both = [edge("a", "z", kind=EdgeKind.DERIVES), edge("a", "z", kind=EdgeKind.SINKS)]
    assert len(cut(graph(both), "a", "z").hops) == 1


def test_the_answer_is_the_same_every_time() -> None:
    edges = [edge("a", f"m{number}") for number in range(9)] + [edge(f"m{number}", "z") for number in range(9)]
    found = {cut(graph(order), "a", "z") for order in (edges, edges[::-1])}
    assert len(found) == 1
    assert len(found.pop().hops) == 9
