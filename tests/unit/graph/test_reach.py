"""Reach and witnesses by the rules: time, tiers, loops, readers; `test_ways_by_brute_force` has the proof."""

from __future__ import annotations

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.evidence import EdgeKind, Tier
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.reach import reached_from, reaching, witness
from flowaudit.graph.snapshot import GraphSnapshot
from tests.unit.graph.made_graphs import edge, graph, node_id

EVER = Constraint(in_time=False)


def way(snapshot: GraphSnapshot, source: str, goal: str, constraint: Constraint | None = None) -> str | None:
    index = FlowIndex(snapshot)
    found = witness(index, index.lookup.find(source), index.lookup.find(goal), constraint or Constraint())
    return " > ".join(node.name for node in found.nodes) if found else None


def test_a_flow_that_ended_before_carries_nothing_on() -> None:
    snapshot = graph([edge("a", "b", seen=(50, 60)), edge("b", "c", seen=(10, 40))])
    assert way(snapshot, "a", "c") is None
    assert way(snapshot, "a", "c", EVER) == "a > b > c"
    assert way(snapshot, "b", "c") == "b > c"


def test_data_may_wait_and_moments_may_coincide() -> None:
    assert way(graph([edge("a", "b", seen=(1, 2)), edge("b", "c", seen=(90, 99))]), "a", "c") == "a > b > c"
    assert way(graph([edge("a", "b", seen=(5, 9)), edge("b", "c", seen=(1, 5))]), "a", "c") == "a > b > c"


def test_a_detour_that_is_earlier_is_taken_where_the_straight_way_is_too_late() -> None:
    edges = [edge("a", "b", seen=(50, 60)), edge("a", "x", seen=(0, 9)), edge("x", "b", seen=(0, 9))]
    assert way(graph([*edges, edge("b", "c", seen=(5, 20))]), "a", "c") == "a > x > b > c"


def test_parallel_flows_add_up_to_what_was_seen() -> None:
    early = edge("a", "b", Tier.SUSPECTED, (0, 10), EdgeKind.DERIVES)
    late = edge("a", "b", Tier.PROVEN, (50, 60), EdgeKind.SINKS)
    snapshot = graph([early, late, edge("b", "c", seen=(5, 20))])
    index = FlowIndex(snapshot)
    found = witness(index, frozenset({node_id("a")}), frozenset({node_id("c")}), Constraint())
    assert found is not None
    assert found.hops[0].edge == early
    assert way(snapshot, "a", "c", Constraint(Tier.OBSERVED)) is None


def test_of_equally_long_ways_the_best_known_one() -> None:
    edges = [edge("a", "b", Tier.SUSPECTED), edge("b", "z"), edge("a", "c", Tier.PROBABLE), edge("c", "z")]
    assert way(graph(edges), "a", "z") == "a > c > z"
    assert way(graph(edges), "a", "z", Constraint(Tier.CONFIRMED)) is None


def test_a_loop_leaves_and_comes_back() -> None:
    systems = {"a": "lock", "b": "lock", "c": "score"}
    inside = edge("a", "b")
    assert way(graph([inside], systems), "lock", "lock") is None
    assert way(graph([inside, edge("b", "c"), edge("c", "a")], systems), "lock", "lock") == "b > c > a"
    assert way(graph([inside], systems), "lock", "topic:b") == "a > b"


def test_a_reader_is_an_end_and_passes_on_only_what_it_writes() -> None:
    reading = edge("a", "group:g")
    assert way(graph([reading]), "a", "group:g") == "a > g"
    assert way(graph([reading, edge("group:g", "b")]), "a", "b") == "a > g > b"
    assert way(graph([reading, edge("c", "b")], {"group:g": "s", "b": "s"}), "a", "b") is None


def test_a_reading_is_not_told_twice() -> None:
    systems = {"group:g": "s", "b": "s"}
    index = FlowIndex(graph([edge("a", "group:g"), edge("a", "b")], systems))
    for goal, backed in (("group:g", []), ("b", ["g"])):
        found = witness(index, frozenset({node_id("a")}), frozenset({node_id(goal)}), Constraint())
        assert found is not None
        assert [reading.target.name for reading in found.hops[0].support] == backed


def test_a_program_of_a_system_that_has_topics_counts_as_its_source() -> None:
    systems = {"a": "s", "group:g": "s"}
    snapshot = graph([edge("a", "b"), edge("x", "group:g"), edge("group:g", "foreign")], systems)
    assert way(snapshot, "s", "foreign") == "g > foreign"


def test_the_earliest_arrival_and_the_latest_leaving() -> None:
    edges = [edge("a", "b", seen=(3, 60)), edge("b", "c", seen=(10, 40)), edge("c", "a", seen=(0, 20))]
    index = FlowIndex(graph(edges))
    arrivals = reached_from(index, frozenset({node_id("a")}), Constraint())
    assert {node.name: at_ms for node, at_ms in arrivals.items()} == {"a": 10, "b": 3, "c": 10}
    leaves = reaching(index, frozenset({node_id("c")}), Constraint())
    assert {node.name: at_ms for node, at_ms in leaves.items()} == {"a": 40, "b": 40, "c": 20}


def test_an_empty_graph_reaches_nothing() -> None:
    index = FlowIndex(graph([], {"a": ""}))
    nobody = frozenset({node_id("a")})
    assert witness(index, nobody, nobody, Constraint()) is None
    assert reached_from(index, nobody, Constraint()) == reaching(index, nobody, Constraint()) == {}
