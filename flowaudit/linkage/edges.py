"""A chosen parent made a derived edge: lags, coverage, fields, grade."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.bins import BINS, bin_of, entropy_bits, quantile_ms
from flowaudit.linkage.child import Child, mass
from flowaudit.linkage.contest import Reason
from flowaudit.linkage.derived import DerivedEdge, FieldMatch
from flowaudit.linkage.entities import caused_by_lag
from flowaudit.linkage.evidence import PairEvidence
from flowaudit.linkage.grades import Findings, grade
from flowaudit.linkage.parents import Chosen

_FIELD_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known around a choice."""

    quotes: bool
    nobody_reads: bool
    settled_by_programs: bool
    """One consumer group explains the child's writer: rivals that it does not read are none."""


def edge_of(child: Child, parent: Chosen, around: Circumstances) -> DerivedEdge | None:
    """The edge, or None when the evidence is not worth drawing it."""
    pair = child.evidence[parent.upstream]
    lags = _lags(child, parent, around.quotes)
    coverage = _coverage(child, parent, around.quotes)
    rivals = () if around.settled_by_programs else parent.rivals
    found = Findings(
        quotes=around.quotes,
        sightings=_sightings(pair, quotes=around.quotes),
        coverage=coverage,
        lag_p50_ms=quantile_ms(lags, 0.5),
        lag_entropy_bits=entropy_bits(lags),
        undecided=bool(rivals) and parent.reason is Reason.LATEST,
        nobody_reads=around.nobody_reads,
    )
    graded = grade(found)
    if graded is None:
        return None
    main = pair.instance if around.quotes else pair.entity
    return DerivedEdge(
        upstream=child.rows.upstreams[parent.upstream],
        downstream=child.topic,
        grade=graded[0],
        sightings=found.sightings,
        coverage=round(coverage, 4),
        lag_p50_ms=found.lag_p50_ms,
        lag_p95_ms=quantile_ms(lags, 0.95),
        lag_entropy_bits=round(found.lag_entropy_bits, 3),
        q_value=pair.q_value,
        first_ms=main.first_ms,
        last_ms=main.last_ms,
        fields=_fields(pair, quotes=around.quotes),
        alternates=tuple(child.rows.upstreams[rival] for rival in rivals),
        reason=graded[1],
    )


def _lags(child: Child, parent: Chosen, quotes: bool) -> NDArray[np.float64]:
    """Histogram of the lags of the records that the parent explains, chance subtracted."""
    rows = child.rows
    hit = (parent.explains != 0) & (rows.lag_ms[:, parent.upstream] > 0)
    weight = rows.weight
    if not quotes:
        weight = weight * caused_by_lag(rows, parent.upstream, child.evidence[parent.upstream])
    bins = bin_of(rows.lag_ms[hit, parent.upstream])
    return np.bincount(bins, weights=weight[hit], minlength=BINS).astype(np.float64)


def _coverage(child: Child, parent: Chosen, quotes: bool) -> float:
    """Share of the child's known identifiers that the parent explains."""
    rows = child.rows
    known = mass(rows, rows.known)
    if known <= 0:
        return 0.0
    if quotes:
        carried = np.where(parent.explains != 0, rows.mask[:, parent.upstream] & rows.known, np.uint64(0))
        return mass(rows, carried | parent.explains) / known
    people = mass(rows, rows.known & ~rows.instance)
    caused = caused_by_lag(rows, parent.upstream, child.evidence[parent.upstream])
    return mass(rows, parent.explains, caused) / max(people, 1e-9)


def _sightings(pair: PairEvidence, *, quotes: bool) -> int:
    people = pair.caused_sightings
    if not quotes:
        return round(people)
    return int(pair.instance.preceding.sum() - pair.instance.following.sum())


def _fields(pair: PairEvidence, *, quotes: bool) -> tuple[FieldMatch, ...]:
    """Field pairs with at least 5 % of the sightings of the commonest one, commonest first."""
    counts: dict[tuple[str, str], int] = dict(pair.instance.fields) if quotes else dict(pair.entity.fields)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    most = ranked[0][1] if ranked else 0
    return tuple(FieldMatch(*paths, count) for paths, count in ranked if count >= _FIELD_SHARE * most)
