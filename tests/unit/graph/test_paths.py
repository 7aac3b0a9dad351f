"""Which ways data takes: against networkx, and by the rules for groups, systems and loops."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowaudit.facts import Fact
from flowaudit.graph.errors import NodeUnknown
from flowaudit.graph.evidence import EdgeKind, Tier, Verdict
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.flow_path import FlowPath
from flowaudit.graph.network import to_networkx
from flowaudit.graph.paths import find_paths, search_paths
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.graph.views import system_view
from flowaudit.linkage.derived import DerivedEdge, Grade
from tests.unit.graph.made_facts import derived, flow, group, snapshot_of, system, topic, writer

ESTATE: list[Fact] = [
    system("lock", topics="locks.*", groups="lock-gateway", title="Door locks"),
    system("central-monitor", topics="monitor.*", groups="central-monitor"),
    system("citizen-score", topics="score.*", groups="citizen-score"),
    system("travel-ban", topics="travel.*", groups="travel-ban"),
    flow("lock", "central-monitor"),
    group("central-monitor", "locks.events"),
    group("citizen-score", "monitor.sightings"),
    group("travel-ban", "score.changes"),
    group("lock-gateway", "curfew.orders"),
    writer("locks.events", 7),
]
FLOWS = (
    derived("locks.events", "monitor.sightings", Grade.CONFIRMED),
    derived("monitor.sightings", "score.changes"),
    derived("score.changes", "travel.bans", Grade.SUSPECTED),
    derived("score.changes", "curfew.orders"),
    derived("curfew.orders", "locks.commands"),
)


@pytest.fixture(scope="module")
def estate() -> GraphSnapshot:
    return snapshot_of(ESTATE, *FLOWS)


def ways(paths: tuple[FlowPath, ...]) -> list[str]:
    return [" > ".join(node.name for node in path.nodes) for path in paths]


def test_the_chain_from_system_to_system(estate: GraphSnapshot) -> None:
    (path,) = find_paths(estate, "lock", "travel-ban")
    assert ways((path,)) == ["locks.events > monitor.sightings > score.changes > travel.bans"]
    assert path.tier is Tier.SUSPECTED
    assert [hop.verdict for hop in path.hops] == [Verdict.VERIFIED, Verdict.UNDECLARED, Verdict.UNDECLARED]
    assert [hop.source.name for hop in path.undeclared] == ["monitor.sightings", "score.changes"]


def test_each_hop_brings_the_readings_that_support_it(estate: GraphSnapshot) -> None:
    (path,) = find_paths(estate, "locks.events", "travel.bans")
    first = path.hops[0]
    assert (first.kind, first.tier) == (EdgeKind.DERIVES, Tier.CONFIRMED)
    assert [edge.target.name for edge in first.support] == ["central-monitor"]
    assert [evidence.channel.value for evidence in first.evidence] == [
        "linkage",
        "declared",
        "group-membership",
        "declared",
    ]


@pytest.mark.parametrize("name", ["lock", "system:lock", "Door locks", "DOOR LOCKS", " lock "])
def test_a_system_is_found_by_name_id_and_title(estate: GraphSnapshot, name: str) -> None:
    assert len(find_paths(estate, name, "central-monitor")) == 1


def test_a_group_as_the_goal_is_reached_by_its_reading(estate: GraphSnapshot) -> None:
    assert ways(find_paths(estate, "locks.events", "group:citizen-score")) == [
        "locks.events > monitor.sightings > citizen-score"
    ]


def test_from_a_group_data_goes_on_only_where_its_content_was_seen_again(estate: GraphSnapshot) -> None:
    assert ways(find_paths(estate, "group:central-monitor", "travel.bans")) == [
        "monitor.sightings > score.changes > travel.bans"
    ]
    assert find_paths(estate, "group:travel-ban", "lock") == ()


def test_from_a_producer_data_goes_into_the_topics_that_it_writes(estate: GraphSnapshot) -> None:
    assert ways(find_paths(estate, "producer:7", "monitor.sightings")) == ["7 > locks.events > monitor.sightings"]


def test_a_loop_leaves_and_comes_back(estate: GraphSnapshot) -> None:
    assert ways(find_paths(estate, "lock", "lock")) == [
        "locks.events > monitor.sightings > score.changes > curfew.orders > locks.commands"
    ]


def test_there_is_no_way_against_the_flow(estate: GraphSnapshot) -> None:
    assert find_paths(estate, "travel-ban", "lock") == ()


def test_the_system_view_has_the_same_chain(estate: GraphSnapshot) -> None:
    assert ways(find_paths(system_view(estate), "lock", "travel-ban")) == [
        "lock > central-monitor > citizen-score > travel-ban"
    ]


def test_an_unknown_name_is_answered_with_the_nearest(estate: GraphSnapshot) -> None:
    with pytest.raises(NodeUnknown, match="'citizen-scores' in the graph; did you mean 'citizen-score'"):
        find_paths(estate, "lock", "citizen-scores")
    with pytest.raises(NodeUnknown, match="its systems are: central-monitor, citizen-score, curfew, lock, travel-ban"):
        find_paths(estate, "zzzzzz", "lock")


def test_limit_and_cutoff_are_part_of_the_answer(estate: GraphSnapshot) -> None:
    fan = [edge for middle in "bcdef" for edge in (derived("a", middle), derived(middle, "z"))]
    snapshot = snapshot_of([], *fan)
    assert len(search_paths(snapshot, "topic:a", "topic:z", limit=5).paths) == 5
    assert search_paths(snapshot, "topic:a", "topic:z", limit=5).complete
    cut = search_paths(snapshot, "topic:a", "topic:z", limit=3)
    assert (len(cut.paths), cut.limit, cut.complete) == (3, 3, False)
    assert search_paths(estate, "lock", "travel-ban", cutoff_hops=2).paths == ()


def test_a_search_without_end_gives_up_and_says_so() -> None:
    # A complete graph whose only way out lies behind a node that every path passes first.
    crowd = [f"n{number}" for number in range(14)]
    tangle = [derived(one, other) for one in crowd for other in crowd if one != other]
    snapshot = snapshot_of([topic("z")], *tangle, derived("n13", "m"), derived("m", "n0"), derived("m", "z"))
    search = search_paths(snapshot, "topic:n0", "topic:z", limit=10_000_000)
    assert not search.complete
    assert ways(search.paths[:1]) == ["n0 > n13 > m > z"]


def test_the_better_of_two_equally_long_ways_comes_first() -> None:
    edges = (
        derived("a", "b", Grade.SUSPECTED),
        derived("b", "z"),
        derived("a", "c", Grade.CONFIRMED),
        derived("c", "z"),
    )
    assert ways(find_paths(snapshot_of([], *edges), "topic:a", "topic:z")) == ["a > c > z", "a > b > z"]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=24), st.integers(1, 6))
def test_the_same_paths_as_networkx(pairs: set[tuple[int, int]], cutoff: int) -> None:
    edges: list[DerivedEdge] = [derived(f"t{one}", f"t{other}") for one, other in sorted(pairs) if one != other]
    snapshot = snapshot_of([topic("t0"), topic("t1")], *edges)
    search = search_paths(snapshot, "topic:t0", "topic:t1", limit=100_000, cutoff_hops=cutoff)
    graph = to_networkx(snapshot)
    ids = {node.id.name: node.id for node in snapshot.nodes}
    expected = nx.all_simple_paths(graph, ids["t0"], ids["t1"], cutoff=cutoff)
    assert search.complete
    assert sorted(path.nodes for path in search.paths) == sorted(tuple(path) for path in expected)
    lengths = [len(path.hops) for path in search.paths]
    assert lengths == sorted(lengths)


def test_an_index_made_once_answers_the_same(estate: GraphSnapshot) -> None:
    index = FlowIndex(estate)
    again = search_paths(estate, "lock", "travel-ban", index=index)
    assert again == search_paths(estate, "lock", "travel-ban")


def test_networkx_gets_every_node_and_edge_with_its_value(estate: GraphSnapshot) -> None:
    graph = to_networkx(estate)
    assert {data["node"] for _, data in graph.nodes(data=True)} == set(estate.nodes)
    assert {data["edge"] for _, _, data in graph.edges(data=True)} == set(estate.edges)
    assert all(key == data["edge"].kind.value for _, _, key, data in graph.edges(data=True, keys=True))


def test_parallel_edges_of_two_kinds_both_reach_networkx(estate: GraphSnapshot) -> None:
    edge = next(edge for edge in estate.edges if edge.kind is EdgeKind.DERIVES)
    twin = replace(edge, kind=EdgeKind.SINKS)
    graph = to_networkx(replace(estate, edges=(edge, twin)))
    assert graph.number_of_edges(edge.source, edge.target) == 2
