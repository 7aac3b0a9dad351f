"""How near the graph of one estate comes to its truth, and sums of that over many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from benchmarks.linkage.tapped import Question
from flowaudit.cli.score_table import scored_edges
from flowaudit.estates.score import SEEN, TIERS, Accuracy, Claim, Flow, ScoredEdge, Tier, calibration_error
from flowaudit.estates.score import score as compare_graph
from flowaudit.graph.snapshot import GraphSnapshot

GRADES: Final[tuple[Tier, ...]] = ("confirmed", "probable", "suspected")
"""A figure `at` a grade counts edges of this grade or a better one."""


class Result(msgspec.Struct, kw_only=True):
    """Counts; two results of different estates add up."""

    estates: int = 0
    ordered_pairs: int = 0
    direct: dict[str, Accuracy] = {}
    """Grade → direct edges. Flows that were not exercised count neither way."""
    reach: Accuracy = Accuracy(0, 0, 0)
    """Ordered pairs of topics of which one can be reached from the other, by edges of any grade."""
    drawn: int = 0
    reversed_edges: int = 0
    """Edges drawn against a flow: the opposite is true and they are not."""
    true_or_alternate: int = 0
    """True flows that were drawn, or named as an alternate of an edge into the same topic."""
    decoys: dict[str, int] = {}
    decoys_linked: dict[str, int] = {}
    """Kind → pairs drawn at `probable` or better."""
    cases: dict[str, int] = {}
    cases_found: dict[str, int] = {}
    """Case → true flows drawn at any grade."""
    claims: list[Claim] = []

    def plus(self, other: Result) -> Result:
        """Both together."""
        return Result(
            estates=self.estates + other.estates,
            ordered_pairs=self.ordered_pairs + other.ordered_pairs,
            direct={g: _sum(self.direct.get(g), other.direct.get(g)) for g in GRADES},
            reach=_sum(self.reach, other.reach),
            drawn=self.drawn + other.drawn,
            reversed_edges=self.reversed_edges + other.reversed_edges,
            true_or_alternate=self.true_or_alternate + other.true_or_alternate,
            decoys=_added(self.decoys, other.decoys),
            decoys_linked=_added(self.decoys_linked, other.decoys_linked),
            cases=_added(self.cases, other.cases),
            cases_found=_added(self.cases_found, other.cases_found),
            claims=[*self.claims, *other.claims],
        )

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error: in ten bins of confidence, mean |confidence - share that is right|, weighted."""
        return calibration_error(self.claims)


class Errors(msgspec.Struct, frozen=True):
    """What was wrong in one estate, for those who look for reasons on tuning seeds."""

    wrong: tuple[tuple[str, str, str], ...]
    """(source, target, grade)"""
    missed: tuple[tuple[str, str, str], ...]
    """(source, target, cases)"""


def measure(question: Question, graph: GraphSnapshot) -> tuple[Result, Errors]:
    """Compare a graph with the truth."""
    left_out = {_flow(source, target) for source, target in question.not_exercised}
    drawn = {flow: edge for flow, edge in _derives(graph).items() if flow not in left_out}
    report = compare_graph(drawn.values(), question.truth)
    true = {_flow(case.source, case.target): case.cases for case in question.cases}
    seen = {flow for flow, edge in drawn.items() if TIERS.index(edge.tier) <= TIERS.index(SEEN)}
    linked = {(d.source, d.target) for d in report.decoys if d.tier in ("confirmed", "probable")}
    return Result(
        estates=1,
        ordered_pairs=question.topics * (question.topics - 1),
        direct={s.tier: s.accuracy for s in report.by_tier if s.kind == "derives" and s.tier in GRADES},
        reach=report.reachability,
        drawn=len(seen),
        reversed_edges=len(report.reversed_flows),
        true_or_alternate=report.offered,
        decoys=Counter(decoy.kind for decoy in question.decoys),
        decoys_linked=Counter(d.kind for d in question.decoys if _flow(d.source, d.target) in linked),
        cases=Counter(name for names in true.values() for name in names),
        cases_found=Counter(name for flow, names in true.items() if flow in seen for name in names),
        claims=list(report.claims),
    ), Errors(
        tuple(sorted((f.source, f.target, drawn[f].tier) for f in seen - set(true))),
        tuple(sorted((f.source, f.target, " ".join(names)) for f, names in true.items() if f not in seen)),
    )


def total(results: Iterable[Result]) -> Result:
    """All of them together."""
    together = Result()
    for result in results:
        together = together.plus(result)
    return together


def _derives(graph: GraphSnapshot) -> dict[Flow, ScoredEdge]:
    edges = (edge for edge in scored_edges(graph) if edge.kind == "derives")
    return {Flow(edge.source, edge.target): edge for edge in edges}


def _flow(source: str, target: str) -> Flow:
    return Flow(f"topic:{source}", f"topic:{target}")


def _sum(one: Accuracy | None, other: Accuracy | None) -> Accuracy:
    one, other = one or Accuracy(0, 0, 0), other or Accuracy(0, 0, 0)
    return Accuracy(one.correct + other.correct, one.wrong + other.wrong, one.missed + other.missed)


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}
