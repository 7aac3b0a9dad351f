"""As many ways as possible of which no two share a step, and the steps that all of them hang on.

Max-flow and min-cut by augmenting ways with unit capacities (Ford and Fulkerson, 1956; Menger's theorem), each found
from both ends at once, so that a small cut of a large graph is found without walking all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from itertools import pairwise

from flowaudit.graph.question import Question, Step

Spot = int
"""A node on the way, by number; a goal as its number plus the number of nodes: data that is there has arrived."""
Usable = Callable[[Step], bool]


@dataclass(slots=True)
class _Side:
    """One of the two searches: how each spot was reached, and where it is now."""

    came: dict[Spot, Spot]
    frontier: list[Spot]


@dataclass(frozen=True, slots=True)
class Disjoint:
    """What a maximum flow says."""

    ways: tuple[tuple[Step, ...], ...]
    """Steps in order."""
    cut: tuple[Step, ...]
    """As many as there are ways; each way has one of them. Sorted."""


class Flow:
    """The flow of one question. Only steps that are `usable` exist."""

    def __init__(self, question: Question, usable: Usable | None = None) -> None:
        self._question = question
        self._size = len(question.index.nodes)
        self._after, self._prior = question.lanes.after, question.lanes.prior
        self._into_goals: dict[Spot, set[Spot]] = {}
        self._from_last: dict[Spot, set[Spot]] = {}
        for goal in question.goals:
            for node in question.enters(goal):
                spot = self._size + question.step(node, goal)[1]
                self._into_goals.setdefault(node, set()).add(spot)
                self._from_last.setdefault(spot, set()).add(node)
        self._usable = usable
        self._sent: dict[Spot, set[Spot]] = {}
        self._got: dict[Spot, set[Spot]] = {}

    def solve(self) -> Disjoint:
        """Send as much as there is room for."""
        while True:
            left, right = _Side({}, []), _Side({}, [])
            for side, ends in ((left, self._question.starts), (right, self._from_last)):
                side.frontier = sorted(ends)
                side.came = dict.fromkeys(side.frontier, -1)
            met = self._meet(left, right)
            if met is None:
                reached, outward = (right.came, False) if left.frontier else (left.came, True)
                cut = self._saturated(reached.keys(), outward=outward)
                return Disjoint(tuple(self._ways()), cut)
            self._send(_route(left.came, right.came, met))

    def _meet(self, left: _Side, right: _Side) -> Spot | None:
        while left.frontier and right.frontier:
            forward = len(left.frontier) <= len(right.frontier)
            side, other = (left, right) if forward else (right, left)
            room = self._room_onward if forward else self._room_back
            reached: list[Spot] = []
            for spot in side.frontier:
                for following in sorted(room(spot) - side.came.keys()):
                    side.came[following] = spot
                    reached.append(following)
                    if following in other.came:
                        return following
            side.frontier = reached
        return None

    def _room_onward(self, spot: Spot) -> set[Spot]:
        """Where one more unit could go: along steps that carry none, or back along one that does."""
        ahead = self._spots_after(spot) - self._sent.get(spot, _NOTHING)
        if self._usable is not None:
            ahead = {one for one in ahead if self._usable(self._step(spot, one))}
        return ahead | self._got.get(spot, _NOTHING)

    def _room_back(self, spot: Spot) -> set[Spot]:
        behind = self._spots_before(spot) - self._got.get(spot, _NOTHING)
        if self._usable is not None:
            behind = {one for one in behind if self._usable(self._step(one, spot))}
        return behind | self._sent.get(spot, _NOTHING)

    def _spots_after(self, spot: Spot) -> set[Spot]:
        if spot >= self._size:
            return set()
        return set(self._after[spot] - self._question.ends) | self._into_goals.get(spot, _NOTHING)

    def _spots_before(self, spot: Spot) -> set[Spot]:
        if spot >= self._size:
            return set(self._from_last.get(spot, _NOTHING))
        if spot in self._question.starts:
            return set()
        return set(self._prior[spot] - self._question.shut)

    def _step(self, source: Spot, target: Spot) -> Step:
        return (source, target - self._size if target >= self._size else target)

    def _send(self, route: list[Spot]) -> None:
        for source, target in pairwise(route):
            if source in self._sent.get(target, _NOTHING):
                self._sent[target].discard(source)
                self._got[source].discard(target)
            else:
                self._sent.setdefault(source, set()).add(target)
                self._got.setdefault(target, set()).add(source)

    def _saturated(self, reached: Set[Spot], *, outward: bool) -> tuple[Step, ...]:
        pairs = ((source, target) for source, targets in self._sent.items() for target in targets)
        inside, outside = (0, 1) if outward else (1, 0)
        return tuple(
            sorted(self._step(*pair) for pair in pairs if pair[inside] in reached and pair[outside] not in reached)
        )

    def _ways(self) -> Iterable[tuple[Step, ...]]:
        left = {spot: sorted(targets) for spot, targets in self._sent.items()}
        for start in sorted(self._question.starts):
            while left.get(start):
                way: list[Step] = []
                spot = start
                while spot < self._size:
                    following = left[spot].pop()
                    way.append(self._step(spot, following))
                    spot = following
                yield tuple(way)


_NOTHING: frozenset[Spot] = frozenset()


def _route(forth: dict[Spot, Spot], back: dict[Spot, Spot], met: Spot) -> list[Spot]:
    before, after = [met], []
    while (spot := forth[before[-1]]) >= 0:
        before.append(spot)
    spot = met
    while (spot := back[spot]) >= 0:
        after.append(spot)
    return [*reversed(before), *after]
