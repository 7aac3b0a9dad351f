"""Paths: which ways does data take from one place to another?

A depth-first search that enters only branches from which the goal can still be reached in the hops that are left
(distances come from one breadth-first search backwards); the shortest paths come first, and limit and cutoff are part
of the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise
from typing import Final

from flowaudit.graph.flow_index import FlowIndex
from flowaudit.graph.flow_path import FlowPath, PathSearch
from flowaudit.graph.identity import NodeId
from flowaudit.graph.snapshot import GraphSnapshot

DEFAULT_CUTOFF_HOPS: Final = 12
_MOST_VISITS: Final = 100_000
"""Nodes entered before a search gives up: well under a second, on a dense graph with hardly any path."""


def find_paths(snapshot: GraphSnapshot, src: str, dst: str, limit: int = 10) -> tuple[FlowPath, ...]:
    """The paths of `search_paths`, for callers who need not know how far it looked."""
    return search_paths(snapshot, src, dst, limit).paths


def search_paths(
    snapshot: GraphSnapshot,
    src: str,
    dst: str,
    limit: int = 10,
    cutoff_hops: int = DEFAULT_CUTOFF_HOPS,
    index: FlowIndex | None = None,
) -> PathSearch:
    """Ways of data from `src` to `dst`, shortest first, at most `limit`, of at most `cutoff_hops` hops.

    `src` and `dst` are each a system's name or title, a node id of the document, or the bare name of a topic or group.
    Data moves topic → topic where its content was seen again (`derives`), producer → topic, topic → reader → topic
    where the reader is known to write (a transaction, a producer id, a connector), and topic → group where the group
    is the goal and nothing shows that its system wrote the content on. From any other group it moves on to topics of
    the group's own system, where a `derives` edge backs that. A path touches the source and the goal once; from nodes
    that are source and goal at once it is a loop that leaves and comes back. `index` is the snapshot's own, made once
    for many questions.

    Raises:
        NodeUnknown: nothing in the graph bears one of the names.
    """
    index = index or FlowIndex(snapshot)
    walk = _Walk(index, index.lookup.find(src), index.lookup.find(dst), cutoff_hops)
    found = list(islice(walk.paths(), limit + 1))
    paths = [FlowPath(tuple(index.hop(*hop) for hop in pairwise(way))) for way in found[:limit]]
    ranked = sorted(paths, key=lambda path: (len(path.hops), path.tier.rank))
    return PathSearch(tuple(ranked), limit, cutoff_hops, len(found) <= limit and not walk.gave_up)


class _Walk:
    """One search, over node numbers."""

    def __init__(
        self, index: FlowIndex, sources: frozenset[NodeId], goals: frozenset[NodeId], cutoff_hops: int
    ) -> None:
        self._goals = frozenset(index.number[node] for node in goals)
        self._starts = index.starts([index.number[node] for node in sources])
        self._both = self._goals & self._starts
        self._cutoff_hops = cutoff_hops
        self._visits = 0
        self._readings = index.readings_by(self._goals)
        self._index = index
        self._distance = index.distances(self._goals, self._readings, cutoff_hops)

    @property
    def gave_up(self) -> bool:
        """Did the search end because it had worked enough?"""
        return self._visits >= _MOST_VISITS

    def paths(self) -> Iterator[tuple[int, ...]]:
        """All ways, the shorter ones first."""
        for hops in range(1, self._cutoff_hops + 1):
            for start in sorted(self._starts):
                yield from self._extend((start,), hops)

    def _extend(self, way: tuple[int, ...], remaining: int) -> Iterator[tuple[int, ...]]:
        for target in self._onward(way[-1]):
            self._visits += 1
            if self.gave_up:
                return
            if remaining == 1:
                if target in self._goals and not self._stays_inside(way, target):
                    yield (*way, target)
            elif self._may_pass(target, way, remaining - 1):
                yield from self._extend((*way, target), remaining - 1)

    def _may_pass(self, node: int, way: tuple[int, ...], remaining: int) -> bool:
        arrives = self._distance.get(node, self._cutoff_hops + 1) <= remaining
        return arrives and node not in self._goals and node not in self._starts and node not in way

    def _stays_inside(self, way: tuple[int, ...], target: int) -> bool:
        """A single hop among nodes that are source and goal at once never left."""
        return len(way) == 1 and way[0] in self._both and target in self._both

    def _onward(self, node: int) -> tuple[int, ...]:
        return tuple(dict.fromkeys((*self._index.onward[node], *self._readings.get(node, ()))))
