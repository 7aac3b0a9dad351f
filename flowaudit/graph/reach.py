"""Reach: is there a way for data, which is the shortest, and when could data have been where?

Exact on graphs with cycles and under time constraints.
"""

from __future__ import annotations

from collections.abc import Mapping

from flowaudit.graph.arrival import earliest, note
from flowaudit.graph.constraint import Constraint
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.flow_path import FlowPath
from flowaudit.graph.identity import NodeId
from flowaudit.graph.lanes import ALWAYS, NEVER
from flowaudit.graph.question import Question, Search


def witness(
    index: FlowIndex, sources: frozenset[NodeId], goals: frozenset[NodeId], constraint: Constraint
) -> FlowPath | None:
    """A shortest possible way from `sources` to `goals`: of fewest hops, among those of the best weakest tier.

    Always the same one of several that are alike; None when there is none. The same nodes on both sides ask for a loop
    that leaves them and comes back.
    """
    question = Question(index, sources, goals, constraint)
    distances, fewest = question.distances()
    if not fewest:
        return None
    search = Search(most_hops=fewest, distances=distances)
    way = question.shortest(search)
    if way is None:
        way = question.shortest(Search())
        if way is None:
            return None
        search = Search(most_hops=len(way))
    ways = (question.shortest(search._replace(rank=rank)) for rank in question.lanes.ranks)
    best = next(found for found in ways if found is not None)
    return FlowPath(tuple(index.hop_by(lane.edge) for _, lane in best))


def reached_from(index: FlowIndex, sources: frozenset[NodeId], constraint: Constraint) -> Mapping[NodeId, int]:
    """Every node to which a way leads from `sources`, with the earliest moment (Unix milliseconds) to arrive there.

    Without `in_time` the moment from which on every flow of some way had been seen. A source is among them when data
    of another, or its own after a detour, comes to it.
    """
    narrow, lanes = index.at_least(constraint.minimum_tier), index.lanes(constraint)
    starts = narrow.starts([index.number[node] for node in sources])
    arrivals = earliest(lanes.onward, lanes.onward, starts)
    ends: dict[int, int] = {}
    for node in (*starts, *arrivals):
        at_ms = ALWAYS if node in starts else arrivals[node]
        for lane in lanes.read_by[node]:
            note(ends, lane, at_ms)
    for node, at_ms in ends.items():
        arrivals[node] = min(at_ms, arrivals.get(node, NEVER))
    return {index.nodes[node]: arrivals[node] for node in sorted(arrivals)}


def reaching(index: FlowIndex, goals: frozenset[NodeId], constraint: Constraint) -> Mapping[NodeId, int]:
    """Every node from which a way leads to `goals`, with the latest moment (Unix milliseconds) to leave it.

    Without `in_time` the moment up to which every flow of some way was seen. A group that writes nothing under its own
    name leaves by the topics that its system wrote on.
    """
    narrow, lanes = index.at_least(constraint.minimum_tier), index.lanes(constraint)
    ends = frozenset(index.number[node] for node in goals)
    first = {goal: [*lanes.back[goal], *lanes.reads[goal]] for goal in ends}
    found = earliest(lanes.back, first, ends)
    leaves = {node: -at_ms for node, at_ms in found.items()}
    for group, written in narrow.writing_groups.items():
        if known := [leaves[topic] for topic in written if topic in leaves]:
            leaves[group] = max(*known, leaves.get(group, ALWAYS))
    return {index.nodes[node]: leaves[node] for node in sorted(leaves)}
