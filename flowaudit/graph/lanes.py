"""The flows of an index under a constraint, as plain numbers: what reach and cuts walk on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from flowaudit.graph.snapshot import Edge

ALWAYS: Final = -(2**63)
"""Before every moment: data that starts has been there all the time."""
NEVER: Final = 2**63 - 1

Numbered = tuple[int, int, Edge]
"""An edge with the numbers of its source and its target."""


class Lane(NamedTuple):
    """One edge, seen from one end. Backwards, time runs backwards, too: its moments are negative."""

    node: int
    """The other end."""
    opens_ms: int
    closes_ms: int
    rank: int
    """Of the edge's tier."""
    edge: Edge


class Lanes:
    """Every edge that counts, by the node that it leaves and by the node that it enters."""

    def __init__(self, size: int, carried: Iterable[Numbered], only_read: Iterable[Numbered], *, in_time: bool) -> None:
        self.onward: list[list[Lane]] = [[] for _ in range(size)]
        self.back: list[list[Lane]] = [[] for _ in range(size)]
        self.read_by: list[list[Lane]] = [[] for _ in range(size)]
        """By topic: readers of which nothing shows that they pass data on. Such a reading only ever ends a way."""
        self.reads: list[list[Lane]] = [[] for _ in range(size)]
        """The same by reader, backwards."""
        ranks: set[int] = set()
        for edges, forth, back in ((carried, self.onward, self.back), (only_read, self.read_by, self.reads)):
            for source, target, edge in edges:
                if source != target:
                    first_ms, last_ms, rank = edge.first_seen_ms, edge.last_seen_ms, edge.tier.rank
                    forth[source].append(Lane(target, first_ms, last_ms if in_time else NEVER, rank, edge))
                    back[target].append(Lane(source, -last_ms, -first_ms if in_time else NEVER, rank, edge))
                    ranks.add(rank)
        self.ranks = sorted(ranks)
        """The ranks of tier that occur, the best first."""
        self.after = [frozenset(lane.node for lane in lanes) for lanes in self.onward]
        """Where each node's data goes next."""
        self.prior = [frozenset(lane.node for lane in lanes) for lanes in self.back]
        """Where it comes from."""
