"""Inference: facts in, derived edges out. A pure function; the same facts in any order give the same edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flowaudit.facts import Fact, PairObserved, RowsObserved
from flowaudit.linkage.bindings import bind
from flowaudit.linkage.derived import DerivedEdge
from flowaudit.linkage.edges import edge_of
from flowaudit.linkage.entities import choose_by_entities
from flowaudit.linkage.evidence import PairEvidence, weigh
from flowaudit.linkage.parents import Chosen, choose_parents
from flowaudit.linkage.readers import Programs, programs_in
from flowaudit.linkage.sums import Masks, RowSum, sum_pairs, sum_rows

Evidence = Mapping[tuple[str, str], PairEvidence]
_UNEXPLAINED_ROWS = 0.1


def infer(facts: Iterable[Fact]) -> tuple[DerivedEdge, ...]:
    """The topics that are derived from one another, sorted by (upstream, downstream).

    Statistics of linkage decide; facts about groups, commits and producers help to tell parents that look alike, and
    may be missing. Facts told twice count once. Everything else among the facts is passed over.
    """
    held = tuple(facts)
    evidence = weigh(sum_pairs(fact for fact in held if isinstance(fact, PairObserved)))
    tables = sum_rows(fact for fact in held if isinstance(fact, RowsObserved))
    programs = programs_in(held)
    children = [_Child(rows, evidence, programs) for rows in tables]
    bound = bind(children, programs)
    edges = [edge for child in children for edge in child.edges(bound.get(child.topic))]
    return tuple(sorted(edges, key=lambda edge: (edge.upstream, edge.downstream)))


class _Child:
    """One downstream topic on the way to its parents."""

    def __init__(self, rows: RowSum, evidence: Evidence, programs: Programs) -> None:
        self.topic = rows.downstream
        self._rows = rows
        self._evidence = {
            number: evidence[name, rows.downstream]
            for number, name in enumerate(rows.upstreams)
            if (name, rows.downstream) in evidence and evidence[name, rows.downstream].is_significant
        }
        self._backwards = {
            number: evidence[rows.downstream, name]
            for number, name in enumerate(rows.upstreams)
            if (rows.downstream, name) in evidence
        }
        self._programs = programs
        self._quoted: Masks = rows.known & rows.instance
