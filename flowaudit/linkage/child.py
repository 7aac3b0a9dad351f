"""One downstream topic, everything known about it, and the parents that fit it best."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.bursts import in_bursts
from flowaudit.linkage.collisions import without_collisions
from flowaudit.linkage.contest import hangs_on
from flowaudit.linkage.entities import caused_by_lag, choose_by_entities
from flowaudit.linkage.evidence import PairEvidence
from flowaudit.linkage.parents import Chosen, choose_parents
from flowaudit.linkage.provenance import looked_up, tables_among
from flowaudit.linkage.rolls import enrolled
from flowaudit.linkage.sums import Masks, RowSum

_WORTH_EXPLAINING = 0.1
_ECHO_ADVANTAGE = 1.5
_JOINED_SHARE = 0.2
_WAKES = 0.7
_TABLE_LEAD = 2.0
_TABLE_YIELD = 0.05
"""More of a topic's people come out soon after when they are passed on."""
_SUPPLIED = 0.5
_QUOTED = 5
"""Records that name an event which was minted upstream: order is then no matter of chance."""
_SURELY_QUOTED = 10
"""So many of them need no other evidence."""


@dataclass(frozen=True, slots=True)
class Child:
    """A downstream topic with its sampled records and its significant pairs."""

    rows: RowSum
    pairs: Mapping[int, PairEvidence]
    """By upstream topic (index into `rows.upstreams`)."""
    evidence: Mapping[int, PairEvidence]
    """Those of them that hold beside all others that were tried."""
    quoted: frozenset[int]
    """Those of them whose events the child names."""
    in_bursts: float
    """Share (0-1) of its records that come many at once, beyond chance."""
    echoes: frozenset[int]
    """Those of them that know the child's people because the child, or somebody like it, told them."""

    @property
    def topic(self) -> str:
        """The topic's name."""
        return self.rows.downstream


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

    @property
    def parents(self) -> frozenset[int]:
        """Every parent that was chosen."""
        return frozenset(parent.upstream for parent in self._every)

    @property
    def is_guess(self) -> bool:
        """Could another topic be a parent instead, by likelihood only?"""
        return any(parent.rivals for parent in self._every)

    @property
    def _every(self) -> tuple[Chosen, ...]:
        return (*self.by_events, *self.by_entities, *self.by_provenance, *self.referred)


def children_of(tables: list[RowSum], evidence: Mapping[tuple[str, str], PairEvidence]) -> list[Child]:
    """One child for each downstream topic that has rows."""
    return [_child(rows, evidence) for rows in without_collisions(tables)]


def _child(rows: RowSum, evidence: Mapping[tuple[str, str], PairEvidence]) -> Child:
    pairs = {
        number: evidence[upstream, rows.downstream]
        for number, upstream in enumerate(rows.upstreams)
        if (upstream, rows.downstream) in evidence
    }
    mine: dict[int, PairEvidence] = {}
    quoted, echoes = set(), set()
    for number, pair in pairs.items():
        minted = mass(rows, rows.first[:, number] & rows.instance)
        if not (pair.is_significant or minted >= _SURELY_QUOTED):
            continue
        mine[number] = pair
        if pair.quotes or minted >= _QUOTED:
            quoted.add(number)
        reverse = evidence.get((rows.downstream, rows.upstreams[number]))
        if reverse is not None and number not in quoted and _is_echo(pair, reverse):
            echoes.add(number)
    return Child(rows, pairs, mine, frozenset(quoted), in_bursts(rows.time_ms), frozenset(echoes))


def _is_echo(pair: PairEvidence, reverse: PairEvidence) -> bool:
    """Do the people come back because the child itself sent them there (the own-past rule, Granger 1969)?

    Where both directions hold, the one with events beats the one with people only, and a larger caused share a
    smaller one.
    """
    if not reverse.is_significant:
        return False
    return reverse.quotes or _caused_share(reverse) > _ECHO_ADVANTAGE * _caused_share(pair)


def _caused_share(pair: PairEvidence) -> float:
    return pair.caused_sightings / max(1, int(pair.entity.preceding.sum()))


def fit(child: Child, allowed: frozenset[str] | None) -> Fit:
    """The parents among the allowed topics (None: all).

    Events come first. People are asked only about records that no quoted event explains: who quotes an event knows
    the people in it, or looks them up, and needs no second source for them.
    """
    rows = child.rows
    open_ = [n for n in child.evidence if allowed is None or rows.upstreams[n] in allowed]
    quoted = rows.known & rows.instance
    named = dataclasses.replace(rows, seen=rows.seen & rows.own)
    by_events = choose_parents(named, quoted, {n: _comes_out(child.evidence[n]) for n in open_ if n in child.quoted})
    explained = np.zeros(len(rows.weight), dtype=bool)
    for parent in by_events:
        explained |= parent.explains != 0
    people = np.where(explained, np.uint64(0), rows.known & ~rows.instance)
    by_entities: list[Chosen] = []
    if _quoting_share(rows, by_events) >= 1 - _WORTH_EXPLAINING:
        people = np.where(_never_quoting(rows, by_events), people, np.uint64(0))
    if people.any():
        known = {n: child.evidence[n] for n in open_ if n not in child.echoes}
        by_entities = choose_by_entities(rows, people, sorted(known), known)
        tables = _tables(child, people, by_entities, by_events)
        if tables:
            asking = {n: pair for n, pair in known.items() if n not in tables}
            translated = dataclasses.replace(rows, own=rows.seen)
            by_entities = choose_by_entities(translated, people, sorted(asking), asking)
    waking = _waking(child, by_events, [n for n in open_ if n not in child.echoes and n not in child.quoted])
    if waking:
        awake = np.where(explained, rows.known & ~rows.instance, np.uint64(0))
        by_entities = [*choose_by_entities(rows, awake, waking, child.evidence)[:1], *by_entities]
    rolls = _rolls(child, allowed)
    by_entities = [parent for parent in by_entities if parent.upstream not in rolls]
    referred = _referred_to(child, rolls, [parent.upstream for parent in (*by_events, *by_entities)])
    sole = _sole(child, allowed, {parent.upstream for parent in (*by_events, *by_entities, *referred)})
    explained_share = _explained(child, quoted, people, by_events, by_entities)
    return Fit(tuple(by_events), tuple(by_entities), tuple(sole), explained_share, tuple(referred))


def _rolls(child: Child, allowed: frozenset[str] | None) -> dict[int, Chosen]:
    """Topics that enrolled the child's people."""
    rows = child.rows
    people = rows.known & ~rows.instance
    found = {n: enrolled(rows, people, n, pair) for n, pair in child.pairs.items()}
    return {n: roll for n, roll in found.items() if roll and (allowed is None or rows.upstreams[n] in allowed)}


def _referred_to(child: Child, rolls: Mapping[int, Chosen], chosen: list[int]) -> list[Chosen]:
    """The rolls whose names come from no chosen parent: who passes a name on is nearer than who gave it."""
    rows = child.rows
    supplied = np.bitwise_or.reduce(rows.seen[:, chosen] & rows.own[:, chosen], axis=1, initial=np.uint64(0))
    return [
        roll
        for number, roll in sorted(rolls.items())
        if number not in chosen and mass(rows, roll.explains & ~supplied) > _SUPPLIED * mass(rows, roll.explains)
    ]


def with_all_quoted(child: Child, chosen: Fit, reads: frozenset[str]) -> Fit:
    """The fit of a child whose writer is known to read these topics, with all of them whose events it names.

    The two sides of a join on one event look like one chain; that the program reads both tells them apart.
    """
    rows = child.rows
    known = float(rows.weight[rows.known != 0].sum())
    more = []
    for number in sorted(child.quoted - child.echoes - chosen.parents):
        named = rows.seen[:, number] & rows.known & rows.instance
        if rows.upstreams[number] in reads and float(rows.weight[named != 0].sum()) >= _JOINED_SHARE * known:
            more.append(Chosen(number, named, None, ()))
    return dataclasses.replace(chosen, by_events=(*chosen.by_events, *more))


def _comes_out(pair: PairEvidence) -> float:
    return max(pair.event_yield_share, pair.yield_share)


def _tables(child: Child, people: Masks, by_entities: list[Chosen], by_events: list[Chosen]) -> set[int]:
    """Topics whose people are the child's because it looks up their names there, whoever it was that came by."""
    chosen = [parent.upstream for parent in by_entities]
    tables = tables_among(child.rows, people, chosen, [parent.upstream for parent in by_events])
    return {n for n in tables if _comes_before(child.pairs[n]) and child.pairs[n].yield_share <= _TABLE_YIELD}


def _sole(child: Child, allowed: frozenset[str] | None, chosen: set[int]) -> list[Chosen]:
    """Sources of names that no chosen parent carries."""
    rows = child.rows
    may = [n for n in child.pairs if allowed is None or rows.upstreams[n] in allowed]
    open_ = [n for n in may if _comes_before(child.pairs[n])]
    quiet = {n for n in open_ if child.pairs[n].yield_share <= _TABLE_YIELD}
    return looked_up(rows, rows.known & ~rows.instance, open_, sorted(chosen), quiet)


def _comes_before(pair: PairEvidence) -> bool:
    """Are its people mostly seen before the child, and not as often after it?"""
    before = int(pair.entity.preceding.sum() + pair.instance.preceding.sum())
    after = int(pair.entity.following.sum() + pair.instance.following.sum())
    return before >= _TABLE_LEAD * max(after, 1)


def _quoting_share(rows: RowSum, by_events: list[Chosen]) -> float:
    """Share of the topic's records that quote an event of a chosen parent, sampled or not.

    Each identifier of a record is sampled by itself, so many records show a person and not the event that they quote.
    Fields that all records hold show as often as each other: the quoting ones are held against the commonest.
    """
    quoting = np.zeros_like(rows.known)
    for parent in by_events:
        quoting |= parent.explains
    shown = max((_shown(rows, rows.present, bit) for bit in range(len(rows.fields))), default=0.0)
    if shown <= 0:
        return 0.0
    return min(1.0, sum(_shown(rows, quoting, bit) for bit in range(len(rows.fields))) / shown)


def _waking(child: Child, by_events: list[Chosen], candidates: list[int]) -> list[int]:
    """Topics whose people set the moment at which a remembered event is passed on: the near side of a stateful join."""
    rows = child.rows
    found = []
    for topic in sorted(candidates):
        names = rows.seen[:, topic] & rows.known & ~rows.instance
        for parent in by_events:
            both = (names != 0) & (parent.explains != 0)
            near = both & (rows.lag_ms[:, topic] < rows.lag_ms[:, parent.upstream])
            caused = float((rows.weight * caused_by_lag(rows, topic, child.evidence[topic]))[near].sum())
            if caused < _WAKES * float(rows.weight[parent.explains != 0].sum()):
                continue
            verdict = hangs_on(rows, both, parent.upstream, topic)
            if verdict is not None and verdict.winner == topic:
                found.append(topic)
                break
    return found


def _never_quoting(rows: RowSum, by_events: list[Chosen]) -> NDArray[np.bool_]:
    """Records with a field that no record which quotes has: they have another source, as in a union.

    That a record shows no quoted event may be the sampling; that none of many does is not.
    """
    quotes = np.zeros(len(rows.weight), dtype=bool)
    for parent in by_events:
        quotes |= parent.explains != 0
    others = np.bitwise_or.reduce(rows.present[quotes], initial=np.uint64(0))
    apart = ~quotes & ((rows.present & ~others) != 0)
    is_worth_it = float(rows.weight[apart].sum()) >= _WORTH_EXPLAINING * float(rows.weight.sum())
    return apart if is_worth_it else np.zeros_like(apart)


def _shown(rows: RowSum, masks: Masks, bit: int) -> float:
    return float(rows.weight[(masks >> np.uint64(bit)) & np.uint64(1) != 0].sum())


def _explained(child: Child, quoted: Masks, people: Masks, by_events: list[Chosen], by_entities: list[Chosen]) -> float:
    rows = child.rows
    total = mass(rows, quoted)
    if total > 0:
        return sum(mass(rows, parent.explains) for parent in by_events) / total
    total = mass(rows, people)
    caused = (
        mass(rows, parent.explains, caused_by_lag(rows, parent.upstream, child.evidence[parent.upstream]))
        for parent in by_entities
    )
    return sum(caused) / total if total > 0 else 0.0


def mass(rows: RowSum, masks: Masks, share: NDArray[np.float64] | float = 1.0) -> float:
    """Identifiers that the masks mark, over all records that the rows stand for."""
    return float((np.bitwise_count(masks) * rows.weight * share).sum())
