"""Which systems' data reaches which other systems, all pairs at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from flowaudit.graph.lanes import Lane, Lanes


def system_reach(lanes: Lanes, places: Sequence[str], at_ms: int | None = None) -> Mapping[str, frozenset[str]]:
    """By place, the other places that its data reaches, by edges that were all seen `at_ms` (None: at any time).

    `places` says where each node belongs, by number. Places are sets of bits that are handed back along the edges until
    nothing changes.
    """
    names = sorted(set(places))
    bit = {name: 1 << number for number, name in enumerate(names)}
    own = [bit[place] for place in places]
    reach = [0] * len(places)
    prior: list[list[int]] = [[] for _ in places]
    for node, through in enumerate(lanes.onward):
        for lane in _seen(through, at_ms):
            reach[node] |= own[lane.node]
            prior[lane.node].append(node)
        for lane in _seen(lanes.read_by[node], at_ms):
            reach[node] |= own[lane.node]
    _settle(reach, prior)
    return _by_place(names, places, reach)


def busiest_moment(lanes: Lanes) -> int:
    """The moment at which the most edges were seen (the first of several)."""
    times = [
        (lane.opens_ms, lane.closes_ms) for through in (lanes.onward, lanes.read_by) for at in through for lane in at
    ]
    changes = sorted([(opens, 0) for opens, _ in times] + [(closes, 1) for _, closes in times])
    best, best_ms, now = -1, 0, 0
    for at_ms, ends in changes:
        now += -1 if ends else 1
        if now > best:
            best, best_ms = now, at_ms
    return best_ms


def _seen(lanes: Iterable[Lane], at_ms: int | None) -> Iterator[Lane]:
    return (lane for lane in lanes if at_ms is None or lane.opens_ms <= at_ms <= lane.closes_ms)


def _settle(reach: list[int], prior: Sequence[Sequence[int]]) -> None:
    queue = deque(node for node, before in enumerate(prior) if before and reach[node])
    waiting = set(queue)
    while queue:
        node = queue.popleft()
        waiting.discard(node)
        for before in prior[node]:
            both = reach[before] | reach[node]
            if both != reach[before]:
                reach[before] = both
                if before not in waiting:
                    waiting.add(before)
                    queue.append(before)


def _by_place(names: Sequence[str], places: Sequence[str], reach: Sequence[int]) -> Mapping[str, frozenset[str]]:
    total = dict.fromkeys(names, 0)
    for place, found in zip(places, reach, strict=True):
        total[place] |= found
    return {
        place: frozenset(name for number, name in enumerate(names) if found >> number & 1 and name != place)
        for place, found in total.items()
    }
