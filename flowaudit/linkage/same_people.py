"""The same people in two topics, and no flow between them: shared habits, human order, a common upstream.

It is cross-referencing all the same, for whoever holds both topics can join them, and so it is a result of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from flowaudit.linkage.derived import DerivedEdge, FieldMatch, Grade, SamePeople, Sharing
from flowaudit.linkage.evidence import PairEvidence
from flowaudit.linkage.readers import Programs
from flowaudit.linkage.sums import PairSum

_MANY = 20
_SHARE = 0.2
"""Of the sightings of one of the two topics, so many must have a sighting in the other within the window."""
_FIELD_SHARE = 0.05

Pairs = Mapping[tuple[str, str], PairEvidence]


def same_people(evidence: Pairs, edges: Iterable[DerivedEdge], programs: Programs) -> tuple[SamePeople, ...]:
    """Pairs of topics that carry the same people without a flow from one to the other, not even through others.

    Flows are what is drawn at `probable` or better.
    """
    held = tuple(edges)
    upstreams = _ancestors(edge for edge in held if edge.grade is not Grade.SUSPECTED)
    drawn = {frozenset((edge.upstream, edge.downstream)) for edge in held}
    pairs = sorted({tuple(sorted(names)) for names in evidence})
    return tuple(
        found
        for one, other in pairs
        if frozenset((one, other)) not in drawn and not _flows(upstreams, one, other)
        for found in _found(evidence, (one, other), _has_common_upstream(upstreams, programs, one, other))
    )


def _ancestors(edges: Iterable[DerivedEdge]) -> dict[str, frozenset[str]]:
    """Every topic upstream of a topic, however far, by topic."""
    parents: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        parents[edge.downstream].add(edge.upstream)
    return {topic: _reached(parents, topic) for topic in parents}


def _reached(parents: Mapping[str, set[str]], topic: str) -> frozenset[str]:
    reached: set[str] = set()
    ahead = set(parents[topic])
    while ahead:
        reached |= ahead
        ahead = set[str]().union(*(parents.get(name, ()) for name in ahead)) - reached
    return frozenset(reached)


def _flows(upstreams: Mapping[str, frozenset[str]], one: str, other: str) -> bool:
    return other in upstreams.get(one, ()) or one in upstreams.get(other, ())


def _has_common_upstream(upstreams: Mapping[str, frozenset[str]], programs: Programs, one: str, other: str) -> bool:
    if other in programs.siblings_of(one):
        return True
    return not upstreams.get(one, frozenset()).isdisjoint(upstreams.get(other, frozenset()))


def _found(evidence: Pairs, topics: tuple[str, str], has_common_upstream: bool) -> Iterator[SamePeople]:
    one, other = topics
    there, back = evidence.get((one, other)), evidence.get((other, one))
    sums = [pair.entity for pair in (there, back) if pair is not None and _is_shared(pair.entity)]
    if not sums:
        return
    ordered = any(pair is not None and pair.is_significant for pair in (there, back))
    sharing = Sharing.HUMAN_ORDER if ordered else Sharing.HABITS
    yield SamePeople(
        topics=topics,
        sharing=Sharing.COMMON_UPSTREAM if has_common_upstream else sharing,
        sightings=sum(int(pair.preceding.sum()) for pair in sums),
        first_ms=min(pair.first_ms for pair in sums),
        last_ms=max(pair.last_ms for pair in sums),
        fields=_fields(there, back),
    )


def _is_shared(pair: PairSum) -> bool:
    shared = int(pair.preceding.sum())
    return shared >= max(_MANY, _SHARE * pair.counted)


def _fields(there: PairEvidence | None, back: PairEvidence | None) -> tuple[FieldMatch, ...]:
    """Fields of the first topic with those of the second that hold the same identifiers, the commonest first."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for paths, count in there.entity.fields.items() if there else ():
        counts[paths] += count
    for paths, count in back.entity.fields.items() if back else ():
        counts[paths[::-1]] += count
    least = _FIELD_SHARE * max(counts.values(), default=0)
    matches = [FieldMatch(*paths, count) for paths, count in counts.items() if count >= least]
    return tuple(sorted(matches, key=lambda match: (-match.sightings, match.upstream_path, match.downstream_path)))
