"""Cuts: a smallest set of hops without which no data gets through.

Where time does not matter this is a minimum cut. Where it does, whoever takes a flow away takes it away for all time,
and the smallest cut may be larger than the number of disjoint ways. Most estates do not notice: if all disjoint ways
that the flow finds are possible in time, its cut is the smallest. Otherwise ways that the present cut leaves open are
collected until the smallest set that hits all of them leaves none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.disjoint import Disjoint, Flow
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.flow_path import Hop
from flowaudit.graph.hitting import TooMuchWork, smallest_hitting_set
from flowaudit.graph.identity import NodeId
from flowaudit.graph.question import Question, Search, Step
from flowaudit.graph.windows import Windows

_MOST_WAYS: Final = 300
"""So many ways are collected before the search for a smaller cut gives up, so that large graphs get an answer."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Hops whose removal leaves no possible way.

    Removing a hop means ending every flow between its two nodes; where the hop is content seen again in a goal, also
    the readings by goals that back it.
    """

    hops: tuple[Hop, ...] = ()
    """In the order of their nodes; none when there is no way."""
    smallest: bool = True
    """False when the work allowed did not suffice to prove that fewer hops do not do (only with time constraints)."""


def smallest_cut(index: FlowIndex, sources: frozenset[NodeId], goals: frozenset[NodeId], constraint: Constraint) -> Cut:
    """A smallest set of hops whose removal leaves no possible way from `sources` to `goals`; always the same one."""
    question = Question(index, sources, goals, constraint)
    flow = Flow(question).solve()
    smallest = True
    steps: Collection[Step] = flow.cut
    if constraint.in_time and not _all_possible(question, flow):
        steps, smallest = _cut_in_time(question)
    return Cut(tuple(index.hop(*step) for step in sorted(steps)), smallest)


def _all_possible(question: Question, flow: Disjoint) -> bool:
    """Then no cut is smaller than the flow's: each of its ways has to be cut by itself."""
    return all(question.possible(way) for way in flow.ways)


def _cut_in_time(question: Question) -> tuple[Collection[Step], bool]:
    """A cut, and whether it is known to be the smallest."""
    flow = Flow(question, Windows(question).usable).solve()
    if _all_possible(question, flow):
        return flow.cut, True
    ways: list[frozenset[Step]] = []
    hits: frozenset[Step] = frozenset()
    while len(ways) < _MOST_WAYS:
        open_ways = _disjoint_ways(question, hits)
        if not open_ways:
            return hits, True
        ways += open_ways
        try:
            hits = smallest_hitting_set(ways, at_least=len(hits))
        except TooMuchWork:
            break
        if len(hits) == len(flow.cut):
            return flow.cut, True
    return flow.cut, False


def _disjoint_ways(question: Question, hits: frozenset[Step]) -> list[frozenset[Step]]:
    """Possible ways that the hits leave open, short ones, without a step in common."""
    found: list[frozenset[Step]] = []
    taken = set(hits)
    while len(found) < _MOST_WAYS and (way := question.shortest(Search(without=taken))):
        found.append(frozenset(question.step(node, lane.node) for node, lane in way))
        taken |= found[-1]
    return found
