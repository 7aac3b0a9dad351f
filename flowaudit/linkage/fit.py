"""The parents that fit a child best."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flowaudit.linkage.child import Child, caused_share_of
from flowaudit.linkage.entities import caused_by_lag, choose_by_entities
from flowaudit.linkage.evidence import PairEvidence
from flowaudit.linkage.names import referred_to, rolls, sole_sources, tables
from flowaudit.linkage.parents import Chosen, choose_parents
from flowaudit.linkage.quoting import people_to_explain, quoting, waking
from flowaudit.linkage.sums import Masks
from flowaudit.linkage.thin_flows import thin_parents

_JOINED_SHARE = 0.2
_WHOLE = 0.6
_SURELY_CAUSED = 0.8
_PASSED_ON = 0.2


@dataclass(frozen=True, slots=True)
class Fit:
    """Parents, and how much of the child they explain."""

    by_events: tuple[Chosen, ...]
    by_entities: tuple[Chosen, ...]
    by_provenance: tuple[Chosen, ...]
    """Sole sources of names that no other parent carries; they explain no moment."""
    explained: float
    """Share (0-1) of the quoted events that the parents account for; of the people, when no event is quoted."""
    referred: tuple[Chosen, ...] = ()
    """Rolls of the child's people; they explain no moment, either."""
    thin: tuple[Chosen, ...] = ()
    """Those from which nearly all comes out, and of which the child has little."""

    @property
    def parents(self) -> frozenset[int]:
        """Every parent that was chosen."""
        return frozenset(parent.upstream for parent in self.every)

    @property
    def is_guess(self) -> bool:
        """Could another topic be a parent instead, by likelihood only?"""
        return any(parent.rivals for parent in self.every)

    @property
    def every(self) -> tuple[Chosen, ...]:
        """The parents, however they were found."""
        return (*self.by_events, *self.by_entities, *self.thin, *self.by_provenance, *self.referred)


def fit(child: Child, allowed: frozenset[str] | None) -> Fit:
    """The parents among the allowed topics (None: all).

    Events come first. People are asked only about records that no quoted event explains. Names that are still nobody's
    were looked up, or are those of a roll.
    """
    rows = child.rows
    open_ = [n for n in child.evidence if allowed is None or rows.upstreams[n] in allowed]
    by_events = _by_events(child, open_)
    people = people_to_explain(rows, by_events)
    by_entities, thin = _by_people(child, people, open_, by_events) if people.any() else ([], [])
    by_entities = [*_wakers(child, open_, by_events), *by_entities]
    enrolled_by = rolls(child, allowed)
    by_entities, thin = ([each for each in some if each.upstream not in enrolled_by] for some in (by_entities, thin))
    causes = [parent.upstream for parent in (*by_events, *by_entities, *thin)]
    referred = referred_to(child, enrolled_by, causes)
    sole = sole_sources(child, allowed, {*causes, *(parent.upstream for parent in referred)})
    return Fit(
        by_events=tuple(by_events),
        by_entities=tuple(by_entities),
        by_provenance=tuple(sole),
        explained=_explained(child, people, by_events, by_entities),
        referred=tuple(referred),
        thin=tuple(thin),
    )


def _by_events(child: Child, open_: Sequence[int]) -> list[Chosen]:
    rows = child.rows
    named = dataclasses.replace(rows, seen=rows.seen & rows.own)
    yields = {n: _comes_out(child.evidence[n]) for n in open_ if n in child.quoted}
    return choose_parents(named, rows.known & rows.instance, yields)


def _by_people(
    child: Child, people: Masks, open_: Sequence[int], by_events: Sequence[Chosen]
) -> tuple[list[Chosen], list[Chosen]]:
    """Parents by people, and beside them the thin ones."""
    rows = child.rows
    known = {n: child.evidence[n] for n in open_ if n not in child.echoes}
    by_entities = choose_by_entities(rows, people, sorted(known), known)
    looked_up_in = tables(child, people, by_entities, by_events)
    if looked_up_in:
        asking = {n: pair for n, pair in known.items() if n not in looked_up_in}
        translated = dataclasses.replace(rows, own=rows.seen)
        by_entities = choose_by_entities(translated, people, sorted(asking), asking)
    left = people.copy()
    for parent in by_entities:
        if child.pairs[parent.upstream].yield_share >= _PASSED_ON:
            left &= ~parent.explains
    taken = looked_up_in | {parent.upstream for parent in (*by_events, *by_entities)}
    return by_entities, thin_parents(rows, left, [n for n in open_ if n not in taken], child.evidence)


def _wakers(child: Child, open_: Sequence[int], by_events: Sequence[Chosen]) -> list[Chosen]:
    """The near side of a stateful join, at most one."""
    rows = child.rows
    found = waking(child, by_events, [n for n in open_ if n not in child.echoes and n not in child.quoted])
    if not found:
        return []
    awake = np.where(quoting(rows, by_events), rows.people, np.uint64(0))
    return choose_by_entities(rows, awake, found, child.evidence)[:1]


def with_all_read(child: Child, chosen: Fit, reads: frozenset[str]) -> Fit:
    """The fit of a child whose writer is known to read these topics, with all of them that must have come in.

    The two sides of a join look like one chain; that the program reads both tells them apart. Those are parents whose
    events the child names, and those nearly all of whose people come out in it.
    """
    rows = child.rows
    known = rows.records(rows.known)
    quoted, passed_on = [], []
    for number in sorted(child.evidence.keys() - child.echoes - chosen.parents):
        if rows.upstreams[number] not in reads:
            continue
        events = rows.seen[:, number] & rows.known & rows.instance
        people = rows.seen[:, number] & rows.people
        if number in child.quoted and rows.records(events) >= _JOINED_SHARE * known:
            quoted.append(Chosen(number, events, None, ()))
        elif _comes_out_whole(child.evidence[number]) and rows.mass(people) > 0:
            passed_on.append(Chosen(number, people, None, ()))
    return dataclasses.replace(
        chosen, by_events=(*chosen.by_events, *quoted), by_entities=(*chosen.by_entities, *passed_on)
    )


def _comes_out_whole(pair: PairEvidence) -> bool:
    return pair.yield_share >= _WHOLE and caused_share_of(pair) >= _SURELY_CAUSED


def _comes_out(pair: PairEvidence) -> float:
    return max(pair.event_yield_share, pair.yield_share)


def _explained(child: Child, people: Masks, by_events: Sequence[Chosen], by_entities: Sequence[Chosen]) -> float:
    rows = child.rows
    total = rows.mass(rows.known & rows.instance)
    if total > 0:
        return sum(rows.mass(parent.explains) for parent in by_events) / total
    total = rows.mass(people)
    caused = (
        rows.mass(parent.explains, caused_by_lag(rows, parent.upstream, child.evidence[parent.upstream]))
        for parent in by_entities
    )
    return sum(caused) / total if total > 0 else 0.0
