"""Reach, witnesses and cuts against the definition itself, on two thousand small graphs: every way is written down."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations

import pytest

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.cuts import smallest_cut
from flowaudit.graph.evidence import EdgeKind, Tier
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.flow_path import FlowPath
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.impact import Reached, origins_of, reached_by
from flowaudit.graph.reach import reached_from, reaching, witness
from flowaudit.graph.snapshot import Edge, GraphSnapshot
from tests.unit.graph.made_graphs import random_graph

Way = tuple[Edge, ...]
Nodes = frozenset[NodeId]
GRAPHS = 2_000
BATCHES = 8
CONSTRAINTS = (
    Constraint(),
    Constraint(Tier.PROBABLE),
    Constraint(in_time=False),
    Constraint(Tier.CONFIRMED, in_time=False),
)


class Definition:
    """All ways of a graph, by the words of the design."""

    def __init__(self, snapshot: GraphSnapshot, constraint: Constraint) -> None:
        self.constraint = constraint
        self.system = {node.id: node.system for node in snapshot.nodes}
        edges = [edge for edge in snapshot.edges if edge.tier.at_least(constraint.minimum_tier)]
        self.edges = [edge for edge in edges if edge.source != edge.target]
        self.writers = {
            edge.source for edge in edges if edge.kind in {EdgeKind.PRODUCES, EdgeKind.SINKS, EdgeKind.SOURCES}
        }

    def carries(self, edge: Edge) -> bool:
        return edge.kind is not EdgeKind.CONSUMES or edge.target in self.writers

    def backed(self, group: NodeId) -> set[Edge]:
        """The `derives` edges that the group's reading backs."""
        read = {edge.source for edge in self.edges if edge.kind is EdgeKind.CONSUMES and edge.target == group}
        system = self.system[group]
        return {
            edge
            for edge in self.edges
            if system and self.carries(edge) and edge.source in read and self.system[edge.target] == system
        }

    def starts(self, sources: Nodes) -> Nodes:
        groups = {one for one in sources if one.kind is NodeKind.GROUP}
        written = {edge.target for group in groups for edge in self.backed(group)}
        leaving = {edge.source for edge in self.edges if self.carries(edge)}
        return frozenset(written | (sources - groups) | (groups & leaving))

    def ways(self, sources: Nodes, goals: Nodes) -> Iterator[Way]:
        starts = self.starts(sources)
        both = starts & goals

        def extend(way: Way, at: NodeId, passed: Nodes) -> Iterator[Way]:
            for edge in self.edges:
                to = edge.target
                if edge.source != at or not (self.carries(edge) or to in goals):
                    continue
                if to in goals:
                    if not (at in both and to in both):
                        yield (*way, edge)
                elif to not in starts and to not in passed:
                    yield from extend((*way, edge), to, passed | {to})

        for start in sorted(starts):
            yield from (way for way in extend((), start, frozenset()) if self.arrival(way) is not None)

    def arrival(self, way: Way) -> int | None:
        at_ms = way[0].first_seen_ms
        for edge in way:
            at_ms = max(at_ms, edge.first_seen_ms)
            if self.constraint.in_time and at_ms > edge.last_seen_ms:
                return None
        return at_ms

    def steps(self, way: Way, goals: Nodes) -> frozenset[tuple[NodeId, NodeId]]:
        """What can be taken away: pairs of nodes; a goal's reading goes with the edge into a goal that it backs."""
        found = [(edge.source, edge.target) for edge in way]
        topic, last = found[-1]
        if way[-1].kind is EdgeKind.CONSUMES:
            backed = sorted(one.target for one in self.backed(last) if one.source == topic and one.target in goals)
            found[-1] = (topic, backed[0] if backed else last)
        return frozenset(found)


def ends(chance: random.Random, snapshot: GraphSnapshot) -> tuple[Nodes, Nodes]:
    """Systems, single nodes, and sets of nodes that may overlap."""
    nodes = [node.id for node in snapshot.nodes]
    systems = [frozenset(node.id for node in snapshot.nodes if node.system == system) for system in "abc"]
    pool = [one for one in systems if one] + [frozenset({one}) for one in nodes]
    pool += [frozenset(chance.sample(nodes, 2)) for _ in range(3)]
    return chance.choice(pool), chance.choice(pool)


def smallest_size(ways: set[frozenset[tuple[NodeId, NodeId]]]) -> int:
    steps = sorted({step for way in ways for step in way})
    for size in range(len(steps) + 1):
        if any(all(way & set(chosen) for way in ways) for chosen in combinations(steps, size)):
            return size
    raise AssertionError


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_answer_is_that_of_the_definition(batch: int) -> None:
    chance = random.Random(batch)
    for _ in range(GRAPHS // BATCHES):
        snapshot = random_graph(chance, chance.choice((11, 24)))
        index = FlowIndex(snapshot)
        constraint = chance.choice(CONSTRAINTS)
        sources, goals = ends(chance, snapshot)
        definition = Definition(snapshot, constraint)
        ways = list(definition.ways(sources, goals))
        check_witness(index, ways, sources, goals, constraint)
        check_cut(index, definition, ways, sources, goals, constraint)
        check_reach(index, definition, sources, constraint)


def check_witness(index: FlowIndex, ways: list[Way], sources: Nodes, goals: Nodes, constraint: Constraint) -> None:
    found = witness(index, sources, goals, constraint)
    if not ways:
        assert found is None
        return
    assert found is not None
    assert tuple(hop.edge for hop in found.hops) in ways
    assert len(found.hops) == min(map(len, ways))
    worst = [max(edge.tier.rank for edge in way) for way in ways if len(way) == len(found.hops)]
    assert found.tier.rank == min(worst)


def check_cut(
    index: FlowIndex, definition: Definition, ways: list[Way], sources: Nodes, goals: Nodes, constraint: Constraint
) -> None:
    cut = smallest_cut(index, sources, goals, constraint)
    steps = {definition.steps(way, goals) for way in ways}
    taken = {(hop.source, hop.target) for hop in cut.hops}
    assert cut.smallest
    assert all(way & taken for way in steps)
    assert len(cut.hops) == len(taken) == smallest_size(steps)


def check_reach(index: FlowIndex, definition: Definition, sources: Nodes, constraint: Constraint) -> None:
    arrivals = {}
    for node in index.nodes:
        known = [definition.arrival(way) for way in definition.ways(sources, frozenset({node}))]
        if known:
            arrivals[node] = min(at_ms for at_ms in known if at_ms is not None)
    assert reached_from(index, sources, constraint) == arrivals
    goals = frozenset({min(sources)})
    groups = {node for node in index.nodes if node.kind is NodeKind.GROUP}
    expected = {node for node in index.nodes if any(definition.ways(frozenset({node}), goals))}
    assert reaching(index, goals, constraint).keys() - groups == expected - groups


def test_impact_is_what_the_witnesses_say() -> None:
    chance = random.Random("impact")
    for _ in range(300):
        snapshot = random_graph(chance)
        index = FlowIndex(snapshot)
        constraint = chance.choice(CONSTRAINTS)
        place, _ = ends(chance, snapshot)
        arrivals, leaves = reached_from(index, place, constraint), reaching(index, place, constraint)
        down = {one.node: one for one in reached_by(index, place, constraint)}
        up = {one.node: one for one in origins_of(index, place, constraint)}
        assert {node: one.possible_ms for node, one in down.items()} == without(arrivals, place)
        assert {node: one.possible_ms for node, one in up.items()} == without(leaves, place)
        for node, one in down.items():
            check_one(one, witness(index, place, frozenset({node}), constraint))
        for node, one in up.items():
            if node.kind is not NodeKind.GROUP:
                check_one(one, witness(index, frozenset({node}), place, constraint))


def check_one(one: Reached, way: FlowPath | None) -> None:
    assert way is not None
    assert (one.hops, one.tier) == (len(way.hops), way.tier)


def without(moments: Mapping[NodeId, int], place: Nodes) -> dict[NodeId, int]:
    return {node: at_ms for node, at_ms in moments.items() if node not in place}


def test_more_or_stronger_evidence_never_loses_anybody() -> None:
    chance = random.Random("monotone")
    for _ in range(400):
        snapshot = random_graph(chance)
        constraint = chance.choice(CONSTRAINTS)
        more = tuple(stronger(chance, edge) for edge in snapshot.edges)
        left_out = set(chance.sample(range(len(more)), len(more) // 4))
        less = tuple(edge for number, edge in enumerate(snapshot.edges) if number not in left_out)
        fewer, all_of_it = FlowIndex(replace(snapshot, edges=less)), FlowIndex(replace(snapshot, edges=more))
        for source in fewer.nodes:
            before = reached_from(fewer, frozenset({source}), constraint)
            after = reached_from(all_of_it, frozenset({source}), constraint)
            lost = before.keys() - after.keys()
            assert not lost
            assert all(after[node] <= at_ms for node, at_ms in before.items())


def stronger(chance: random.Random, edge: Edge) -> Edge:
    tiers = [tier for tier in Tier if tier.at_least(edge.tier)]
    return replace(
        edge,
        tier=chance.choice(tiers),
        first_seen_ms=edge.first_seen_ms - chance.randint(0, 2),
        last_seen_ms=edge.last_seen_ms + chance.randint(0, 2),
    )
