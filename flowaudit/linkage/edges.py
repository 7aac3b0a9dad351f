"""A chosen parent made a derived edge: lags, coverage, fields, grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.bins import BINS, bin_of, entropy_bits, quantile_ms
from flowaudit.linkage.child import Child
from flowaudit.linkage.confidence import Findings, How, Known
from flowaudit.linkage.contest import Reason
from flowaudit.linkage.derived import DerivedEdge, FieldMatch
from flowaudit.linkage.elsewhere import from_elsewhere
from flowaudit.linkage.entities import caused_by_lag
from flowaudit.linkage.evidence import PairEvidence
from flowaudit.linkage.grades import grade
from flowaudit.linkage.parents import Chosen

_FIELD_SHARE = 0.05
_CARRIED_SHARE = 0.1
_NAMED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known around a choice."""

    how: How
    unread: str = ""
    """Why nobody is known to pass it on; empty when somebody is."""
    reads: frozenset[str] | None = None
    """What the child's writers read, when they are known: rivals that they do not read are none."""
    writer: Known = Known.NOTHING
    explained: float = 1.0
    """Share of what is known in the child that all its parents explain."""
    elsewhere: str = ""
    """What speaks against all of its parents: both may have it from elsewhere. Empty when nothing does."""


def edge_of(child: Child, parent: Chosen, around: Circumstances) -> DerivedEdge | None:
    """The edge, or None when the evidence is not worth drawing it."""
    pair = child.pairs[parent.upstream]
    lags = _lags(child, parent, around.how)
    coverage = _coverage(child, parent, around.how)
    rivals = tuple(n for n in parent.rivals if around.reads is None or child.rows.upstreams[n] in around.reads)
    quotes = around.how is How.EVENTS
    fields = _fields(child, parent, pair, quotes=quotes)
    found = Findings(
        how=around.how,
        sightings=_sightings(child, parent, around.how),
        coverage=coverage,
        explained=around.explained,
        yield_share=pair.event_yield_share if around.how is How.EVENTS else pair.yield_share,
        lag_p50_ms=quantile_ms(lags, 0.5),
        lag_entropy_bits=entropy_bits(lags),
        in_bursts=child.in_bursts,
        rivals=len(rivals),
        undecided=bool(rivals) and parent.reason is Reason.LATEST,
        translated=_is_translated(child, parent),
        fields=len({match.downstream_path for match in fields}),
        writer=around.writer,
        unread=around.unread,
        elsewhere=around.elsewhere or from_elsewhere(child, parent, around.how, lags),
    )
    graded = grade(found)
    if graded is None:
        return None
    main = pair.instance if quotes else pair.entity
    return DerivedEdge(
        upstream=child.rows.upstreams[parent.upstream],
        downstream=child.topic,
        grade=graded.grade,
        sightings=found.sightings,
        coverage=round(coverage, 4),
        lag_p50_ms=found.lag_p50_ms,
        lag_p95_ms=quantile_ms(lags, 0.95),
        lag_entropy_bits=round(found.lag_entropy_bits, 3),
        q_value=pair.q_value,
        first_ms=main.first_ms,
        last_ms=main.last_ms,
        fields=fields,
        alternates=tuple(child.rows.upstreams[rival] for rival in rivals),
        reason=graded.reason,
        confidence=round(graded.confidence, 4),
    )


def _is_translated(child: Child, parent: Chosen) -> bool:
    """Does the parent carry hardly any of the identifiers under the child's own names?"""
    named = child.rows.mass(parent.explains & child.rows.own[:, parent.upstream])
    return named < _NAMED_SHARE * child.rows.mass(parent.explains)


def _lags(child: Child, parent: Chosen, how: How) -> NDArray[np.float64]:
    """Histogram of the lags of the records that the parent explains, chance subtracted."""
    rows = child.rows
    hit = (parent.explains != 0) & (rows.lag_ms[:, parent.upstream] > 0)
    weight = rows.weight
    if how.is_by_people:
        weight = weight * caused_by_lag(rows, parent.upstream, child.evidence[parent.upstream])
    bins = bin_of(rows.lag_ms[hit, parent.upstream])
    return np.bincount(bins, weights=weight[hit], minlength=BINS).astype(np.float64)


def _coverage(child: Child, parent: Chosen, how: How) -> float:
    """Share of the child's known identifiers that the parent explains."""
    rows = child.rows
    known = rows.mass(rows.known)
    if known <= 0:
        return 0.0
    if how is How.EVENTS:
        carried = np.where(parent.explains != 0, rows.mask[:, parent.upstream] & rows.known, np.uint64(0))
        return rows.mass(carried | parent.explains) / known
    people = rows.mass(rows.people)
    if how.is_by_names:
        return rows.mass(parent.explains) / max(people, 1e-9)
    caused = caused_by_lag(rows, parent.upstream, child.evidence[parent.upstream])
    return rows.mass(parent.explains, caused) / max(people, 1e-9)


def _sightings(child: Child, parent: Chosen, how: How) -> int:
    pair = child.pairs[parent.upstream]
    if how.is_by_names:
        return round(child.rows.mass(parent.explains))
    if how.is_by_people:
        return round(pair.caused_sightings)
    return max(0, int(pair.instance.preceding.sum() - pair.instance.following.sum()))


def _fields(child: Child, parent: Chosen, pair: PairEvidence, *, quotes: bool) -> tuple[FieldMatch, ...]:
    """The fields that take values over: events that are named first, then people who come along with them."""
    events = _commonest_upstream(pair.instance.fields) if quotes else {}
    carried = _carried(child, parent)
    people = _commonest_upstream({paths: count for paths, count in pair.entity.fields.items() if paths[1] in carried})
    along = {
        path: FieldMatch(match.upstream_path, path, min(match.sightings, carried[path]))
        for path, match in people.items()
        if path not in events
    }
    return tuple(
        match
        for group in (events, along)
        for match in sorted(group.values(), key=lambda m: (-m.sightings, m.upstream_path, m.downstream_path))
    )


def _commonest_upstream(counts: Mapping[tuple[str, str], int]) -> dict[str, FieldMatch]:
    """For each downstream path that matters the upstream path that it is seen with most."""
    least = _FIELD_SHARE * max(counts.values(), default=0)
    best: dict[str, FieldMatch] = {}
    for (upstream, downstream), count in sorted(counts.items()):
        if count >= least and (downstream not in best or best[downstream].sightings < count):
            best[downstream] = FieldMatch(upstream, downstream, count)
    return best


def _carried(child: Child, parent: Chosen) -> dict[str, int]:
    """Fields whose values the parent's records carry, in how many of the records that it explains.

    A person whom a tenth of these records or fewer share with the parent's is a coincidence.
    """
    rows = child.rows
    hit = parent.explains != 0
    least = _CARRIED_SHARE * float(rows.weight[hit].sum())
    carried = {
        path: rows.records(np.where(hit, rows.mask[:, parent.upstream] & bit, np.uint64(0)))
        for bit, path in zip(rows.bits, rows.fields, strict=False)
    }
    return {path: round(records) for path, records in carried.items() if records > least}
