"""Reach: is there a way for data, which is the shortest, and when could data have been where?

Exact on graphs with cycles and under time constraints.
"""

from __future__ import annotations

from collections.abc import Mapping

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.flow_path import FlowPath
from flowaudit.graph.identity import NodeId
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
    starts = index.at_least(constraint.minimum_tier).starts([index.number[node] for node in sources])
    found = index.table(constraint, backwards=False).spread(starts).merged()
    return {node: at_ms for node, hops, at_ms in zip(index.nodes, found.hops, found.arrived, strict=True) if hops}


def reaching(index: FlowIndex, goals: frozenset[NodeId], constraint: Constraint) -> Mapping[NodeId, int]:
    """Every node from which a way leads to `goals`, with the latest moment (Unix milliseconds) to leave it.

    Without `in_time` the moment up to which every flow of some way was seen. A group that writes nothing under its own
    name leaves by the topics that its system wrote on.
    """
    found = index.table(constraint, backwards=True).spread_back([index.number[node] for node in goals]).merged()
    for group, written in index.at_least(constraint.minimum_tier).writing_groups.items():
        found.join(group, written)
    return {node: -at_ms for node, hops, at_ms in zip(index.nodes, found.hops, found.arrived, strict=True) if hops}
