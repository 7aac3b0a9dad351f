"""Inference: facts in, derived edges out. A pure function; the same facts in any order give the same edges."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from flowaudit.facts import Fact, PairObserved, RowsObserved
from flowaudit.linkage.bindings import bind
from flowaudit.linkage.child import Child, Fit, children_of, fit
from flowaudit.linkage.derived import DerivedEdge, Inferred
from flowaudit.linkage.edges import Circumstances, edge_of
from flowaudit.linkage.evidence import weigh
from flowaudit.linkage.grades import How
from flowaudit.linkage.readers import Programs, programs_in
from flowaudit.linkage.same_people import same_people
from flowaudit.linkage.sums import sum_pairs, sum_rows

_UNREAD_ADVANTAGE = 0.2
"""How much more topics that nobody reads must explain before one of them is believed to have a hidden reader."""
_NOTHING_KNOWN = Programs()


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
    free = {child.topic: fit(child, None) for child in children}
    alone = _concluded(children, free, _NOTHING_KNOWN)
    edges = _compared(_concluded(children, free, programs), alone) if programs.is_known else _compared(alone, alone)
    return Inferred(edges, same_people(evidence, edges, programs))


def _concluded(children: Sequence[Child], free: dict[str, Fit], programs: Programs) -> list[DerivedEdge]:
    """The edges of all children, sorted, given what is known of programs."""
    likely = {child.topic: _likely_fit(child, free[child.topic], programs) for child in children}
    bound = bind(children, likely, programs)
    edges = [
        edge
        for child in children
        for edge in _edges(child, bound.get(child.topic, likely[child.topic]), programs, child.topic in bound)
    ]
    return sorted(edges, key=lambda edge: (edge.upstream, edge.downstream))


def _compared(edges: Iterable[DerivedEdge], alone: Iterable[DerivedEdge]) -> tuple[DerivedEdge, ...]:
    """The edges, each with the grade that records alone give it."""
    grades = {(edge.upstream, edge.downstream): edge.grade for edge in alone}
    return tuple(
        dataclasses.replace(edge, records_alone=grades.get((edge.upstream, edge.downstream))) for edge in edges
    )


def _likely_fit(child: Child, anyone: Fit, programs: Programs) -> Fit:
    """The best parents among topics that somebody reads; among all when those explain much more."""
    if not programs.is_known:
        return anyone
    read = fit(child, programs.read_topics)
    return anyone if anyone.explained > read.explained + _UNREAD_ADVANTAGE else read


def _edges(child: Child, chosen: Fit, programs: Programs, is_bound: bool) -> Iterator[DerivedEdge]:
    lists = ((How.EVENTS, chosen.by_events), (How.PEOPLE, chosen.by_entities), (How.NAMES, chosen.by_provenance))
    for how, parents in lists:
        for parent in parents:
            name = child.rows.upstreams[parent.upstream]
            unread = programs.is_known and name not in programs.read_topics
            edge = edge_of(child, parent, Circumstances(how, unread, is_bound))
            if edge is not None:
                yield edge
