"""Windows: between when and when data of a question can be at a node, so that steps no way can use are left out."""

from __future__ import annotations

from collections.abc import Iterator

from flowaudit.graph.lanes import ALWAYS, NEVER
from flowaudit.graph.question import Question, Step


class Windows:
    """The earliest moment that data can be at a node, and the latest at which it must leave to arrive."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._open: dict[int, frozenset[Step]] = {}
        index, constraint = question.index, question.constraint
        self._comes = index.table(constraint, backwards=False).spread(question.starts).arrived
        self._leaves = index.table(constraint, backwards=True).spread_back(question.goals).arrived

    def usable(self, step: Step) -> bool:
        """Can data that comes from a source take this step and arrive? When in doubt, yes."""
        node = step[0]
        if node not in self._open:
            self._open[node] = frozenset(self._open_from(node))
        return step in self._open[node]

    def _open_from(self, node: int) -> Iterator[Step]:
        at_ms = ALWAYS if node in self._question.starts else self._comes[node]
        for lane in self._question.onward(node):
            leaves_ms = NEVER if lane.node in self._question.goals else -self._leaves[lane.node]
            if max(at_ms, lane.opens_ms) <= min(lane.closes_ms, leaves_ms):
                yield self._question.step(node, lane.node)
