"""What a baseline found in an estate, held against its truth; two of them add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from benchmarks.linkage.baselines.leaves import Pair
from benchmarks.linkage.estate import PlayedEstate
from flowaudit.estates.score import Accuracy, Flow, closure, compare

_NOTHING: Final = Accuracy(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Held:
    """Direct edges, reachability, and edges drawn against a flow. What was not exercised counts neither way."""

    direct: Accuracy = _NOTHING
    reach: Accuracy = _NOTHING
    drawn: int = 0
    reversed_edges: int = 0

    def plus(self, other: Held) -> Held:
        """Both together."""
        return Held(
            _sum(self.direct, other.direct),
            _sum(self.reach, other.reach),
            self.drawn + other.drawn,
            self.reversed_edges + other.reversed_edges,
        )


def hold(found: set[Pair], estate: PlayedEstate) -> Held:
    """Compare what was found with what is true."""
    true = {Flow(case.source, case.target) for case in estate.cases}
    drawn = {Flow(*pair) for pair in found} - {Flow(*pair) for pair in estate.not_exercised}
    backwards = {flow for flow in drawn - true if Flow(flow.target, flow.source) in true}
    return Held(compare(drawn, true), compare(closure(drawn), closure(true)), len(drawn), len(backwards))


def _sum(one: Accuracy, other: Accuracy) -> Accuracy:
    return Accuracy(one.correct + other.correct, one.wrong + other.wrong, one.missed + other.missed)
