"""Linkage statistics: kept until linkage concludes from them, and what its conclusions look like as edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from typing import NamedTuple

import msgspec

from flowaudit.facts import (
    Channel,
    Fact,
    FieldClass,
    FieldName,
    FieldProfiled,
    PairObserved,
    Provenance,
    RowsObserved,
    encode_fact,
    fact_id,
)
from flowaudit.graph.draft import EdgeDraft, topic_node
from flowaudit.graph.evidence import EdgeKind, Evidence, Inference, Lag, Tier
from flowaudit.graph.seen import detail, exact, within_time
from flowaudit.graph.snapshot import IdentityField, Join
from flowaudit.linkage.derived import DerivedEdge

_UNPROFILED = "unprofiled"
_IDENTITY_BYTES = 8
"""Enough of a fact's identity: among ten million facts two are taken for one with a probability of 3 in a million."""


class _Profile(NamedTuple):
    observed_ms: int
    returns: bool
    """Of several partitions at one time the one that saw values return knows more."""
    field_class: str
    reason: str
    """Why it is not followed; empty when it is."""


class LinkageFacts:
    """Merges `PairObserved`, `RowsObserved` and `FieldProfiled`; any order and any repetition gives the same.

    Every distinct fact of a pair counts once (the window tells each bucket of its shard once), and pairs are summed
    at once: what is held does not grow with the time that was audited, but for one number a fact that tells it from
    the others. Of several tellings of one bucket's rows the latest stands; a fact without rows says nothing.
    """

    def __init__(self) -> None:
        self._pairs: dict[tuple[str, str, str], PairObserved] = {}
        self._added: set[int] = set()
        self._rows: dict[tuple[str, int, int], RowsObserved] = {}
        self._weights: dict[tuple[str, int, int], float] = {}
        self._profiles: dict[tuple[str, str], _Profile] = {}

    def copy(self) -> LinkageFacts:
        """An accumulator that can go its own way."""
        twin = LinkageFacts()
        twin._pairs = self._pairs.copy()
        twin._added = self._added.copy()
        twin._rows = self._rows.copy()
        twin._weights = self._weights.copy()
        twin._profiles = self._profiles.copy()
        return twin

    def add_pair(self, fact: PairObserved) -> None:
        """Take in the lags of one pair of topics in one bucket."""
        identity = int.from_bytes(fact_id(encode_fact(fact))[:_IDENTITY_BYTES])
        if identity in self._added:
            return
        self._added.add(identity)
        key = (fact.upstream, fact.downstream, fact.identifiers.value)
        known = self._pairs.get(key)
        self._pairs[key] = _nothing_of(fact).plus(fact) if known is None else known.plus(fact)

    def add_rows(self, fact: RowsObserved) -> None:
        """Take in sampled records of one topic in one bucket."""
        if not fact.rows:
            return
        key = (fact.downstream, fact.bucket_ms, fact.shard)
        known = self._rows.get(key)
        self._rows[key] = latest = fact if known is None else _later(known, fact)
        self._weights[key] = max(1.0, float(latest.row_table()["weight"].max()))

    def add_profile(self, fact: FieldProfiled) -> None:
        """Take in what a field looks like."""
        returns = fact.field_class is FieldClass.ENTITY
        profile = _Profile(fact.provenance.observed_ms, returns, fact.field_class.value, fact.reason)
        key = (fact.topic, fact.path)
        known = self._profiles.get(key)
        self._profiles[key] = profile if known is None else max(known, profile)

    def inputs(self) -> Iterator[Fact]:
        """What linkage concludes from, in one order."""
        yield from (self._pairs[key] for key in sorted(self._pairs))
        yield from (self._rows[key] for key in sorted(self._rows))

    def records_share(self) -> float:
        """Of a topic's records of one bucket and kind, the smallest share (0-1) that was asked what it comes from."""
        return float(f"{1 / max(self._weights.values(), default=1.0):.3g}")

    def classes(self) -> dict[FieldName, str]:
        """What every field that was profiled is good for."""
        return {FieldName(*key): profile.field_class for key, profile in self._profiles.items()}

    def reasons(self) -> dict[FieldName, str]:
        """Why fields are not followed; empty for those that are."""
        return {FieldName(*key): profile.reason for key, profile in sorted(self._profiles.items())}

    def paths(self) -> dict[str, tuple[str, ...]]:
        """The fields that were profiled, by topic, sorted."""
        paths: dict[str, list[str]] = {}
        for topic, path in sorted(self._profiles):
            paths.setdefault(topic, []).append(path)
        return {topic: tuple(found) for topic, found in paths.items()}

    def identifiers(self, derived: Iterable[DerivedEdge]) -> tuple[IdentityField, ...]:
        """The fields through which identifiers pass from topic to topic."""
        fields = {(edge.upstream, match.upstream_path) for edge in derived for match in edge.fields}
        fields |= {(edge.downstream, match.downstream_path) for edge in derived for match in edge.fields}
        return tuple(
            IdentityField(topic, path, profile.field_class if profile is not None else _UNPROFILED)
            for topic, path in sorted(fields)
            for profile in (self._profiles.get((topic, path)),)
        )


def derives_edges(derived: Iterable[DerivedEdge], k_anonymity: int) -> Iterator[EdgeDraft]:
    """`derives` edges; a count of fewer than `k_anonymity` sightings is written as 0."""
    for edge in derived:
        sightings = _suppressed(edge.sightings, k_anonymity)
        known = detail(
            coverage=round(edge.coverage, 4),
            lag_entropy_bits=round(edge.lag_entropy_bits, 3),
            q_value=float(f"{edge.q_value:.3g}"),
            reason=edge.reason,
            sightings=sightings,
        )
        first_ms, last_ms = within_time(edge.first_ms), within_time(edge.last_ms)
        reference = f"identifiers of {edge.upstream} seen again in {edge.downstream}"
        yield EdgeDraft(
            source=topic_node(edge.upstream),
            target=topic_node(edge.downstream),
            kind=EdgeKind.DERIVES,
            evidence=Evidence(Channel.LINKAGE, Tier(edge.grade.value), first_ms, last_ms, reference, known),
            records=sightings,
            lag=Lag(exact(edge.lag_p50_ms), exact(edge.lag_p95_ms)),
            fields=tuple(sorted({(match.upstream_path, match.downstream_path) for match in edge.fields})),
            alternates=tuple(sorted(set(edge.alternates))),
            inference=_inference(edge),
        )


def _inference(edge: DerivedEdge) -> Inference | None:
    """What linkage says beyond the grade; None when it did not work out how sure it is."""
    if not edge.confidence > 0:
        return None
    return Inference(
        confidence=round(min(edge.confidence, 1.0), 4),
        records_alone=None if edge.records_alone is None else Tier(edge.records_alone.value),
        settled_by=tuple(dict.fromkeys(edge.settled_by)),
        through=tuple(sorted(set(edge.through))),
    )


def joins(derived: Iterable[DerivedEdge], k_anonymity: int) -> tuple[Join, ...]:
    """The same identifiers in two fields; a count of fewer than `k_anonymity` sightings is written as 0."""
    found = {
        Join(
            upstream_topic=edge.upstream,
            upstream_path=match.upstream_path,
            downstream_topic=edge.downstream,
            downstream_path=match.downstream_path,
            sightings=_suppressed(match.sightings, k_anonymity),
            tier=Tier(edge.grade.value),
            first_seen_ms=within_time(edge.first_ms),
        )
        for edge in derived
        for match in edge.fields
    }
    return tuple(sorted(found, key=astuple))


def _nothing_of(fact: PairObserved) -> PairObserved:
    """Zero of the same pair: what a sum begins with, so that it bears no one fact's provenance."""
    return msgspec.structs.replace(
        fact,
        provenance=Provenance(Channel.LINKAGE, 0, ""),
        bucket_ms=0,
        shard=0,
        preceding=(),
        following=(),
        shifted=(),
        first_ms=-1,
        last_ms=-1,
        fields=(),
        counted=0,
    )


def _suppressed(count: int, k_anonymity: int) -> int:
    return exact(max(count, 0)) if count >= k_anonymity else 0


def _later(one: RowsObserved, other: RowsObserved) -> RowsObserved:
    if one == other:
        return one
    return max(one, other, key=lambda fact: (fact.provenance.observed_ms, encode_fact(fact)))
