"""One downstream topic, everything known about it, and the parents that fit it best."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.entities import caused_by_lag, choose_by_entities
from flowaudit.linkage.evidence import PairEvidence
from flowaudit.linkage.parents import Chosen, choose_parents
from flowaudit.linkage.provenance import looked_up
from flowaudit.linkage.sums import Masks, RowSum

_WORTH_EXPLAINING = 0.1
_ECHO_ADVANTAGE = 1.5
_TABLE_LEAD = 2.0
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

    @property
    def parents(self) -> frozenset[int]:
        """Every parent that was chosen."""
        return frozenset(parent.upstream for parent in (*self.by_events, *self.by_entities, *self.by_provenance))


def children_of(tables: list[RowSum], evidence: Mapping[tuple[str, str], PairEvidence]) -> list[Child]:
    """One child for each downstream topic that has rows."""
    return [_child(rows, evidence) for rows in tables]


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
    return Child(rows, pairs, mine, frozenset(quoted), frozenset(echoes))


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
    by_events = choose_parents(named, quoted, [n for n in open_ if n in child.quoted])
    explained = np.zeros(len(rows.weight), dtype=bool)
    for parent in by_events:
        explained |= parent.explains != 0
    people = np.where(explained, np.uint64(0), rows.known & ~rows.instance)
    by_entities: list[Chosen] = []
    if _quoting_share(rows, by_events) < 1 - _WORTH_EXPLAINING:
        known = {n: child.evidence[n] for n in open_ if n not in child.echoes}
        by_entities = choose_by_entities(rows, people, sorted(known), known)
    sole = _sole(child, allowed, {parent.upstream for parent in (*by_events, *by_entities)})
    explained_share = _explained(child, quoted, people, by_events, by_entities)
    return Fit(tuple(by_events), tuple(by_entities), tuple(sole), explained_share)


def _sole(child: Child, allowed: frozenset[str] | None, chosen: set[int]) -> list[Chosen]:
    """Sources of names that no chosen parent carries."""
    rows = child.rows
    may = [n for n in child.pairs if allowed is None or rows.upstreams[n] in allowed]
    open_ = [n for n in may if _comes_before(child.pairs[n])]
    return looked_up(rows, rows.known & ~rows.instance, open_, sorted(chosen))


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
