"""A question about ways of data: from some nodes to others, under a constraint."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.identity import NodeId
from flowaudit.graph.lanes import ALWAYS, NEVER, Lane

Step = tuple[int, int]
"""What a cut takes away: all edges from one node to another. Into goals, see `Question.step`."""
Came = tuple[int, Lane]
"""A node that was left, and the edge by which."""


class Search(NamedTuple):
    """How a search for a shortest way is narrowed."""

    rank: int = NEVER
    """No edges of a worse tier."""
    most_hops: int = NEVER
    without: Collection[Step] = ()
    distances: dict[int, int] | None = None
    """Fewest hops to a goal, by node, for all nodes that arrive within `most_hops`."""


class Question:
    """The ways from `sources` to `goals`.

    A way begins at one of `starts`, ends at a goal, and passes neither in between; a single hop between two nodes that
    are start and goal at once is none. A reader that passes nothing on ends a way where it is a goal.
    """

    def __init__(
        self, index: FlowIndex, sources: Collection[NodeId], goals: Collection[NodeId], constraint: Constraint
    ) -> None:
        self.index = index
        self.constraint = constraint
        self.lanes = index.lanes(constraint)
        self._narrow = index.at_least(constraint.minimum_tier)
        self.starts = self._narrow.starts([index.number[node] for node in sources])
        self.goals = frozenset(index.number[node] for node in goals)
        self.both = self.starts & self.goals
        self.ends = self.starts | self.goals
        self.shut = self.goals - self.starts
        self._readings: dict[int, list[Lane]] = {}
        for goal in sorted(self.goals):
            for back in self.lanes.reads[goal]:
                self._readings[back.node] = [lane for lane in self.lanes.read_by[back.node] if lane.node in self.goals]

    def onward(self, node: int) -> Iterator[Lane]:
        """The edges that a way may take from a node: those that carry data on first."""
        inside = self.both if node in self.both else frozenset()
        for lanes in (self.lanes.onward[node], self._readings.get(node, ())):
            for lane in lanes:
                target = lane.node
                if target not in self.ends or (target in self.goals and target not in inside):
                    yield lane

    def enters(self, goal: int) -> list[int]:
        """The nodes from which a way may enter a goal."""
        lanes = (*self.lanes.back[goal], *self.lanes.reads[goal])
        inside = self.both if goal in self.both else frozenset()
        return sorted({lane.node for lane in lanes} - self.shut - inside)

    def step(self, source: int, target: int) -> Step:
        """What a cut would take away to stop this hop.

        Where a goal's reading of a topic is what backs a `derives` edge into another goal, both are one step: the
        reading is what there is to revoke.
        """
        if target in self.goals:
            backed = self._narrow.backed_by(source, target, self.goals)
            return (source, backed[0] if backed else target)
        return (source, target)

    def lanes_of(self, step: Step) -> Iterator[Lane]:
        """All edges that a cut would take away with the step."""
        return (lane for lane in self.onward(step[0]) if self.step(step[0], lane.node) == step)

    def possible(self, way: Sequence[Step]) -> bool:
        """Can data take these steps in the order of time?"""
        at_ms = ALWAYS
        for step in way:
            lanes = ((max(at_ms, lane.opens_ms), lane.closes_ms) for lane in self.lanes_of(step))
            there = [there_ms for there_ms, closes_ms in lanes if there_ms <= closes_ms]
            if not there:
                return False
            at_ms = min(there)
        return True

    def distances(self) -> tuple[dict[int, int], int]:
        """Fewest hops to a goal if time did not matter, by node, as far as the nearest start; and that start's."""
        found: dict[int, int] = {}
        frontier = {node for goal in self.goals for node in self.enters(goal)}
        hops = 1
        while frontier:
            found.update(dict.fromkeys(frontier, hops))
            if not frontier.isdisjoint(self.starts):
                return found, hops
            frontier = set().union(*(self.lanes.prior[node] for node in frontier)) - found.keys() - self.shut
            hops += 1
        return found, 0

    def shortest(self, search: Search) -> list[Came] | None:
        """A way of fewest hops that the search leaves, as (node, edge taken from it); None where there is none."""
        arrived = dict.fromkeys(self.starts, ALWAYS)
        frontier = sorted(self.starts)
        trail: list[dict[int, Came]] = []
        while frontier and len(trail) < search.most_hops:
            came: dict[int, Came] = {}
            now = [(node, arrived[node]) for node in frontier]
            for node, at_ms in now:
                for lane in self._open(node, at_ms, search):
                    if lane.node in self.goals:
                        return _retrace(trail, (node, lane))
                    if not self._worth(lane, search, len(trail) + 1):
                        continue
                    there_ms = max(at_ms, lane.opens_ms)
                    if there_ms < arrived.get(lane.node, NEVER):
                        arrived[lane.node] = there_ms
                        came[lane.node] = (node, lane)
            trail.append(came)
            frontier = sorted(came)
        return None

    def _open(self, node: int, at_ms: int, search: Search) -> Iterator[Lane]:
        for lane in self.onward(node):
            if lane.rank > search.rank or max(at_ms, lane.opens_ms) > lane.closes_ms:
                continue
            if not search.without or self.step(node, lane.node) not in search.without:
                yield lane

    def _worth(self, lane: Lane, search: Search, hops: int) -> bool:
        if search.distances is None:
            return True
        return search.distances.get(lane.node, NEVER) <= search.most_hops - hops


def _retrace(trail: list[dict[int, Came]], last: Came) -> list[Came]:
    way = [last]
    for came in reversed(trail):
        way.append(came[way[-1][0]])
    return way[::-1]
