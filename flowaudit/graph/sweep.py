"""From some nodes to all others at once: fewest hops and earliest arrival, layer by layer over arrays.

A hundred thousand edges are too many to look at one by one while somebody waits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowaudit.graph.lanes import ALWAYS, NEVER, Lanes

_Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spread:
    """How far data gets; by node number, once more for nodes as mere readers (as number plus number of nodes)."""

    hops: list[int]
    """0: not reached."""
    arrived: list[int]

    def merged(self) -> Spread:
        """Nodes and nodes as readers as one."""
        size = len(self.hops) // 2
        for node, hops in enumerate(self.hops[size:]):
            if hops:
                self.join(node, (size + node,))
        return Spread(self.hops[:size], self.arrived[:size])

    def join(self, node: int, others: Iterable[int]) -> None:
        """The node is wherever the others are, too."""
        for other in others:
            if hops := self.hops[other]:
                self.hops[node] = min(hops, self.hops[node] or hops)
                self.arrived[node] = min(self.arrived[other], self.arrived[node])


class Table:
    """The lanes of a graph as arrays, in the order of the nodes that they leave."""

    def __init__(self, lanes: Lanes, *, backwards: bool) -> None:
        size = len(lanes.onward)
        if backwards:
            forth = [(node, lane.node, lane) for node, through in enumerate(lanes.back) for lane in through]
            forth += [(size + node, lane.node, lane) for node, through in enumerate(lanes.reads) for lane in through]
        else:
            forth = [(node, lane.node, lane) for node, through in enumerate(lanes.onward) for lane in through]
            forth += [(node, size + lane.node, lane) for node, through in enumerate(lanes.read_by) for lane in through]
        forth.sort(key=lambda one: one[0])
        self.size = size
        self._target = np.array([target for _, target, _ in forth], np.int64)
        self._opens = np.array([lane.opens_ms for _, _, lane in forth], np.int64)
        self._closes = np.array([lane.closes_ms for _, _, lane in forth], np.int64)
        self._rank = np.array([lane.rank for _, _, lane in forth], np.int64)
        self._begin = np.searchsorted(np.array([node for node, _, _ in forth], np.int64), np.arange(2 * size + 1))

    def spread(self, starts: Iterable[int], rank: int = NEVER, most_hops: int = NEVER) -> Spread:
        """By edges of this rank of tier and better. A start that is reached is not passed a second time."""
        hops = np.zeros(2 * self.size, np.int64)
        arrived = np.full(2 * self.size, NEVER, np.int64)
        frontier = np.array(sorted(starts), np.int64)
        passes = np.ones(2 * self.size, np.bool_)
        passes[frontier] = False
        now = np.full(len(frontier), ALWAYS, np.int64)
        layer = 0
        while len(frontier) and layer < most_hops:
            layer += 1
            improved = self._enter(frontier, now, rank, arrived)
            hops[improved[hops[improved] == 0]] = layer
            frontier = improved[passes[improved]]
            now = arrived[frontier]
        return Spread(hops.tolist(), arrived.tolist())

    def spread_back(self, goals: Collection[int]) -> Spread:
        """Backwards from goals, by every edge, from those that only read as well."""
        return self.spread(self.with_readers(goals))

    def with_readers(self, goals: Collection[int]) -> set[int]:
        """The goals, and the same once more as readers."""
        return {*goals, *(self.size + goal for goal in goals)}

    def _enter(self, frontier: _Numbers, now: _Numbers, rank: int, arrived: _Numbers) -> _Numbers:
        """Take every edge that leaves the frontier; where does it bring data earlier than before?"""
        counts = self._begin[frontier + 1] - self._begin[frontier]
        ends = np.cumsum(counts)
        lanes = np.arange(ends[-1]) + np.repeat(self._begin[frontier] - ends + counts, counts)
        at = np.maximum(np.repeat(now, counts), self._opens[lanes])
        target = self._target[lanes]
        open_ = (at <= self._closes[lanes]) & (self._rank[lanes] <= rank) & (at < arrived[target])
        target, at = target[open_], at[open_]
        np.minimum.at(arrived, target, at)
        return np.unique(target)
