"""Inference: facts in, derived edges out. A pure function; the same facts in any order give the same edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flowaudit.facts import Fact, PairObserved, RowsObserved
from flowaudit.linkage.bindings import bind
from flowaudit.linkage.child import Child, Fit, children_of, fit
from flowaudit.linkage.derived import DerivedEdge, Inferred
from flowaudit.linkage.edges import Circumstances, edge_of
from flowaudit.linkage.evidence import weigh
from flowaudit.linkage.readers import Programs, programs_in
from flowaudit.linkage.sums import sum_pairs, sum_rows

_UNREAD_ADVANTAGE = 0.2
"""How much more topics that nobody reads must explain before one of them is believed to have a hidden reader."""


def infer(facts: Iterable[Fact], programs: Programs | None = None) -> Inferred:
    """The topics that are derived from one another, and those that only carry the same people.

    Statistics of linkage decide. What is known of programs helps to tell parents that look alike; None takes it from
    the facts about groups, commits and producers among `facts`, if there are any. Facts told twice count once.
    Everything else among the facts is passed over.
    """
    held = tuple(facts)
    programs = programs_in(held) if programs is None else programs
    evidence = weigh(sum_pairs(fact for fact in held if isinstance(fact, PairObserved)))
    children = children_of(sum_rows(fact for fact in held if isinstance(fact, RowsObserved)), evidence)
    free = {child.topic: _free_fit(child, programs) for child in children}
    bound = bind(children, free, programs)
    edges = [
        edge
        for child in children
        for edge in _edges(child, bound.get(child.topic, free[child.topic]), programs, child.topic in bound)
    ]
    return Inferred(tuple(sorted(edges, key=lambda edge: (edge.upstream, edge.downstream))))


def _free_fit(child: Child, programs: Programs) -> Fit:
    """The best parents among topics that somebody reads; among all when those explain much more."""
    anyone = fit(child, None)
    if not programs.is_known:
        return anyone
    read = fit(child, programs.read_topics)
    return anyone if anyone.explained > read.explained + _UNREAD_ADVANTAGE else read


def _edges(child: Child, chosen: Fit, programs: Programs, is_bound: bool) -> Iterator[DerivedEdge]:
    for quotes, parents in ((True, chosen.by_events), (False, chosen.by_entities)):
        for parent in parents:
            name = child.rows.upstreams[parent.upstream]
            unread = programs.is_known and name not in programs.read_topics
            edge = edge_of(child, parent, Circumstances(quotes, unread, is_bound))
            if edge is not None:
                yield edge
