"""Arrival: how early data can be where, if it may wait anywhere.

Nodes are settled in the order of time, so each is entered once (Wu et al., "Path Problems in Temporal Graphs", PVLDB
7(9), 2014). Backwards, with moments negated, the same tells how late it may leave.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from heapq import heappop, heappush

from flowaudit.graph.lanes import ALWAYS, NEVER, Lane


def earliest(
    lanes: Sequence[Sequence[Lane]],
    first: Sequence[Sequence[Lane]] | Mapping[int, Sequence[Lane]],
    starts: Collection[int],
) -> dict[int, int]:
    """The earliest arrival at every node that can be reached by at least one edge; `first` are those of the starts.

    A start that is reached is not passed a second time: whoever is there could have been there before.
    """
    arrivals: dict[int, int] = {}
    for start in starts:
        for lane in first[start]:
            note(arrivals, lane, ALWAYS)
    queue = sorted((at_ms, node) for node, at_ms in arrivals.items() if node not in starts)
    while queue:
        now_ms, node = heappop(queue)
        if now_ms > arrivals[node]:
            continue
        for other, opens_ms, closes_ms, _, _ in lanes[node]:
            at_ms = max(now_ms, opens_ms)
            if at_ms <= closes_ms and at_ms < arrivals.get(other, NEVER):
                arrivals[other] = at_ms
                if other not in starts:
                    heappush(queue, (at_ms, other))
    return arrivals


def note(arrivals: dict[int, int], lane: Lane, at_ms: int) -> None:
    """Take an arrival by one edge into account."""
    there_ms = max(at_ms, lane.opens_ms)
    if there_ms <= lane.closes_ms and there_ms < arrivals.get(lane.node, NEVER):
        arrivals[lane.node] = there_ms
