"""All pairs at once: with cycles, readers that end a way, and at one moment."""

from __future__ import annotations

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.system_reach import busiest_moment, system_reach
from tests.unit.graph.made_graphs import edge, graph

EDGES = [
    edge("a", "b", seen=(0, 10)),
    edge("b", "c", seen=(5, 20)),
    edge("c", "a", seen=(8, 9)),
    edge("c", "group:g", seen=(30, 40)),
]
LANES = FlowIndex(graph(EDGES)).lanes(Constraint())
PLACES = ["g", "a", "b", "c"]  # groups come before topics


def test_everything_around_a_cycle_and_the_reader_at_its_side() -> None:
    reach = system_reach(LANES, PLACES)
    assert {place: "".join(sorted(found)) for place, found in reach.items()} == {
        "a": "bcg",
        "b": "acg",
        "c": "abg",
        "g": "",
    }


def test_at_one_moment_only_what_was_seen_then() -> None:
    assert {place: "".join(sorted(found)) for place, found in system_reach(LANES, PLACES, 6).items()} == {
        "a": "bc",
        "b": "c",
        "c": "",
        "g": "",
    }


def test_the_busiest_moment_is_the_first_with_the_most_flows() -> None:
    assert busiest_moment(LANES) == 8
