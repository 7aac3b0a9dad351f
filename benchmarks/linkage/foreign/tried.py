"""What is found in a database: by flowaudit's tap, window and inference, and by the baselines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.linkage.baselines import BASELINES
from benchmarks.linkage.conclude import conclude, linkage_facts
from benchmarks.linkage.foreign.database import Database, Reference
from benchmarks.linkage.tapped import tap
from flowaudit.estates.score import Accuracy, Flow, compare
from flowaudit.graph.evidence import EdgeKind

Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one way of looking has found."""

    way: str
    found: Pairs


def attempts(database: Database, theta: float) -> Iterator[Attempt]:
    """All ways, flowaudit first."""
    yield Attempt("flowaudit", found_by_flowaudit(database, theta))
    for baseline in BASELINES:
        yield Attempt(baseline.name, frozenset(baseline.pairs(database.records)))


def found_by_flowaudit(database: Database, theta: float) -> Pairs:
    """The derived edges of the graph, of any grade; nothing is known but the records."""
    question = tap(database.as_played(), theta)
    graph = conclude(question, linkage_facts(question), with_metadata=False)
    return frozenset((e.source.name, e.target.name) for e in graph.edges if e.kind is EdgeKind.DERIVES)


def directed(attempt: Attempt, references: Iterable[Reference], beside: Iterable[Reference] = ()) -> Accuracy:
    """From parent to child. What is found of the references `beside` is neither right nor wrong."""
    true, others = {_flow(r) for r in references}, {_flow(r) for r in beside}
    return compare({Flow(*pair) for pair in attempt.found} - others, true)


def undirected(attempt: Attempt, references: Iterable[Reference], beside: Iterable[Reference] = ()) -> Accuracy:
    """Which tables belong together, whichever refers to the other: what the published figures are about."""
    true, others = {_either(_flow(r)) for r in references}, {_either(_flow(r)) for r in beside}
    return compare({_either(Flow(*pair)) for pair in attempt.found} - others, true)


def _flow(reference: Reference) -> Flow:
    return Flow(reference.parent, reference.child)


def _either(flow: Flow) -> Flow:
    return Flow(min(flow), max(flow))
