"""What is true of an estate once it has been played: flows that carried something, and decoys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from benchmarks.linkage.cases import cases_of
from benchmarks.linkage.decoys import decoy_cases
from benchmarks.linkage.estate import DecoyCase, EdgeCase, EstateSpec
from benchmarks.linkage.flows import direct_flows
from flowaudit.estates.truth import DecoyPair, Truth, TruthEdge, TruthNode, UnexercisedFlow

EXERCISED: Final = 15
"""A flow that carried fewer records than this in the whole time is neither true nor wrong: nobody could know."""


class Judged(NamedTuple):
    """The truth, and what goes beside it."""

    truth: Truth
    cases: tuple[EdgeCase, ...]
    decoys: tuple[DecoyCase, ...]
    not_exercised: tuple[tuple[str, str], ...]


def judge(spec: EstateSpec, carried: Mapping[tuple[str, str], int], name: str) -> Judged:
    """The truth, given how many records each flow carried."""
    flows = sorted(set(direct_flows(spec)))
    cases = tuple(
        EdgeCase(source, target, cases_of(spec, source, target, carried[source, target]), carried[source, target])
        for source, target in flows
        if carried.get((source, target), 0) >= EXERCISED
    )
    decoys = decoy_cases(spec)
    exercised = {(case.source, case.target) for case in cases}
    others = tuple(flow for flow in flows if flow not in exercised)
    derives = [_edge("derives", case.source, f"topic:{case.target}") for case in cases]
    consumes = [_edge("consumes", topic, f"group:{app.group}") for app in spec.apps if app.group for topic in app.reads]
    truth = Truth(
        topology=name,
        nodes=(
            *(TruthNode(id=f"topic:{topic.name}", kind="topic", name=topic.name) for topic in spec.topics),
            *(TruthNode(id=f"group:{app.group}", kind="group", name=app.group) for app in spec.apps if app.group),
        ),
        edges=tuple(sorted((*derives, *consumes), key=lambda edge: (edge.kind, edge.source, edge.target))),
        decoys=tuple(DecoyPair(source=f"topic:{d.source}", target=f"topic:{d.target}") for d in decoys),
        systems=(),
        not_exercised=tuple(
            UnexercisedFlow(source=f"topic:{source}", target=f"topic:{target}") for source, target in others
        ),
    )
    return Judged(truth, cases, decoys, others)


def _edge(kind: str, source: str, target: str) -> TruthEdge:
    return TruthEdge(
        kind="derives" if kind == "derives" else "consumes", source=f"topic:{source}", target=target, hidden=False
    )
