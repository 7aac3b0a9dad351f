"""Inference: facts in, derived edges out. A pure function; the same facts in any order give the same edges."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from flowaudit.facts import Fact, PairObserved, RowsObserved
from flowaudit.linkage.bindings import Bound, bind, has_hidden_reader
from flowaudit.linkage.child import Child, children_of
from flowaudit.linkage.confidence import How, Known
from flowaudit.linkage.derived import DerivedEdge, Inferred
from flowaudit.linkage.edges import Circumstances, edge_of
from flowaudit.linkage.elsewhere import KNOWS_OTHERS, knows_others
from flowaudit.linkage.evidence import weigh
from flowaudit.linkage.fit import Fit, fit
from flowaudit.linkage.readers import Programs, programs_in
from flowaudit.linkage.same_people import same_people
from flowaudit.linkage.sums import sum_pairs, sum_rows

_UNREAD_ADVANTAGE = 0.2
"""How much more topics that nobody reads must explain before one of them is believed to have a hidden reader."""
_EXPLAINED_BY_WRITER = 0.3
"""A group whose topics explain less of a topic's people is not taken for its writer."""
_NOTHING_KNOWN = Programs()
_NOT_ASKED = "nothing is seen that would be looked up there"
"""Why a table is none."""


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
    followed = frozenset(topic for pair in evidence for topic in pair)
    alone = _concluded(children, free, _NOTHING_KNOWN, followed)
    known = _concluded(children, free, programs, followed) if programs.is_known else alone
    edges = _compared(known, alone)
    return Inferred(edges, same_people(evidence, edges, programs))


def _concluded(
    children: Sequence[Child], free: dict[str, Fit], programs: Programs, followed: frozenset[str]
) -> list[DerivedEdge]:
    """The edges of all children, sorted, given what is known of programs. `followed`: topics with identifiers."""
    likely = {child.topic: _likely_fit(child, free[child.topic], programs) for child in children}
    bound = bind(children, likely, programs)
    edges = [
        edge
        for child in children
        for edge in _edges(child, likely[child.topic], bound.get(child.topic), programs, followed)
    ]
    return sorted(edges, key=lambda edge: (edge.upstream, edge.downstream))


def _compared(edges: Iterable[DerivedEdge], alone: Iterable[DerivedEdge]) -> tuple[DerivedEdge, ...]:
    """The edges, each with the grade that records alone give it."""
    before = {(edge.upstream, edge.downstream): edge for edge in alone}
    return tuple(_beside(edge, before.get((edge.upstream, edge.downstream))) for edge in edges)


def _beside(edge: DerivedEdge, alone: DerivedEdge | None) -> DerivedEdge:
    """The edge, with what it is by records alone; what changes nothing settles nothing."""
    is_same = alone is not None and (alone.grade, alone.alternates, ()) == (edge.grade, edge.alternates, edge.through)
    return dataclasses.replace(
        edge, records_alone=alone.grade if alone else None, settled_by=() if is_same else edge.settled_by
    )


def _likely_fit(child: Child, anyone: Fit, programs: Programs) -> Fit:
    """The best parents among topics that somebody reads; among all when those explain much more.

    Topics of the same program that it does not read are none.
    """
    others = frozenset(child.rows.upstreams)
    siblings = programs.only_siblings_of(child.topic) & others
    if siblings:
        anyone = fit(child, others - siblings)
    if not programs.read_by:
        return anyone
    read = fit(child, programs.read_topics - siblings)
    if anyone.explained > read.explained + _UNREAD_ADVANTAGE or has_hidden_reader(child, anyone, programs):
        return anyone
    return read


def _edges(
    child: Child, likely: Fit, bound: Bound | None, programs: Programs, followed: frozenset[str]
) -> Iterator[DerivedEdge]:
    chosen = likely if bound is None else bound.fit
    looked_up = "" if chosen.by_events or chosen.by_entities else _NOT_ASKED
    lists = (
        (How.EVENTS, chosen.by_events, ""),
        (How.PEOPLE, chosen.by_entities, ""),
        (How.THIN, chosen.thin, ""),
        (How.NAMES, chosen.by_provenance, looked_up),
        (How.ROLL, chosen.referred, ""),
    )
    besides = KNOWS_OTHERS if chosen.by_entities and knows_others(child, chosen.every) else ""
    drawn = set[str]()
    for how, parents, doubt in lists:
        for parent in parents:
            name = child.rows.upstreams[parent.upstream]
            if name in drawn:
                continue
            is_read = bound is not None and name in bound.reads
            through = () if bound is None or is_read else programs.between(name, bound.reads, followed)
            around = Circumstances(
                how=how,
                unread="" if through else _unread(name, bound, programs) or doubt,
                reads=None if bound is None else bound.reads,
                writer=_known_writer(bound, chosen, how),
                explained=chosen.explained,
                elsewhere=besides if how is How.PEOPLE else "",
            )
            edge = edge_of(child, parent, around)
            if edge is not None:
                drawn.add(name)
                settled_by = bound.settled_by if bound and (is_read or through) else ()
                yield dataclasses.replace(edge, settled_by=settled_by, through=through)


def _known_writer(bound: Bound | None, chosen: Fit, how: How) -> Known:
    """What is known of who writes the child."""
    if bound is None:
        return Known.NOTHING
    if bound.is_certain:
        return Known.CERTAIN
    is_little = how.is_by_people and chosen.explained < _EXPLAINED_BY_WRITER
    return Known.NOTHING if is_little else Known.LIKELY


def _unread(name: str, bound: Bound | None, programs: Programs) -> str:
    """Why nobody is known to pass the topic on; empty when somebody is.

    If it is a flow all the same, somebody reads without a group (Kafka lists nobody who assigns partitions himself):
    a finding of its own.
    """
    if programs.read_by and name not in programs.read_topics:
        return "no consumer group reads the upstream topic: somebody may read it without a group"
    if bound is not None and name not in bound.reads:
        return "no program that is known to write the topic reads the upstream one"
    return ""
