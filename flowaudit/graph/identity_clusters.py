"""Identity clusters: fields of topics that name the same people, found by shared people and by flows.

Two fields belong together when a tenth of the people of the smaller one (and three of the sample at least) are seen in
the other within a linkage window, or when a flow carries the values of one into the other. A cluster reaches over two
topics at least, and some field of it must be one whose values return: identifiers that all name events are no people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flowaudit.facts import FieldClass, FieldName
from flowaudit.graph.identity_additions import AddedTopics, additions
from flowaudit.graph.identity_view import IdentityCluster, PeopleField, SharedPeople
from flowaudit.graph.network import connected
from flowaudit.graph.people_count import People, relative_error
from flowaudit.graph.people_facts import FieldPair, PeopleFacts
from flowaudit.linkage.derived import DerivedEdge

_FEWEST_SHARED: Final = 3
_SHARED_SHARE: Final = 0.1
_MOST_SHARED: Final = 200
"""Pairs of fields told of one cluster."""


@dataclass(frozen=True, slots=True)
class Known:
    """What clusters are made of."""

    people: PeopleFacts
    classes: Mapping[FieldName, str]
    """What every profiled field is good for."""
    derived: tuple[DerivedEdge, ...]
    omitted: frozenset[str]
    """Topics that the graph leaves out."""
    k_anonymity: int

    def topic_flows(self) -> frozenset[tuple[str, str]]:
        """(upstream topic, downstream topic) of every flow."""
        return frozenset((edge.upstream, edge.downstream) for edge in self.derived)


def identity_clusters(known: Known) -> tuple[IdentityCluster, ...]:
    """The clusters, those of most people first."""
    fields = (field for field in known.people.fields() if field.topic not in known.omitted)
    own = {field: known.people.people(field, field) for field in fields}
    shared = dict(_shared(known, own))
    flows = [pair for pair in _flows(known.derived) if own.keys() >= set(pair)]
    clusters = [
        _cluster(known, {field: own[field] for field in sorted(fields)}, shared)
        for fields in connected((*shared, *flows))
        if _is_of_people(known, fields)
    ]
    return tuple(sorted(clusters, key=lambda cluster: (-cluster.people, cluster.fields[0].field)))


def _shared(known: Known, own: Mapping[FieldName, People]) -> Iterator[tuple[FieldPair, People]]:
    sizes = {field: people.count().people for field, people in own.items()}
    for one, other in known.people.shared():
        if one in own and other in own:
            people = known.people.people(one, other)
            count = people.count()
            if count.raised >= _FEWEST_SHARED and count.people >= _SHARED_SHARE * min(sizes[one], sizes[other]):
                yield (one, other), people


def _flows(derived: Iterable[DerivedEdge]) -> Iterator[FieldPair]:
    for edge in derived:
        for match in edge.fields:
            yield FieldName(edge.upstream, match.upstream_path), FieldName(edge.downstream, match.downstream_path)


def _is_of_people(known: Known, fields: Iterable[FieldName]) -> bool:
    held = list(fields)
    returns = any(known.classes.get(field, FieldClass.ENTITY) == FieldClass.ENTITY for field in held)
    return returns and len({field.topic for field in held}) > 1


def _cluster(known: Known, fields: Mapping[FieldName, People], shared: Mapping[FieldPair, People]) -> IdentityCluster:
    inside = {pair: people for pair, people in shared.items() if pair[0] in fields}
    told = {field: people.count().told(known.k_anonymity) for field, people in fields.items()}
    everyone = max((_union(fields, part) for part in _parts(fields, inside)), key=_size)
    count = everyone.count()
    people = max(count.told(known.k_anonymity), *told.values())
    return IdentityCluster(
        fields=tuple(PeopleField(field, told[field], known.people.since_ms(field, field)) for field in fields),
        people=people,
        relative_error=round(relative_error(people, count.theta), 3),
        since_ms=min(known.people.since_ms(field, field) for field in fields),
        shared=_told_pairs(known, inside, told),
        additions=additions(
            AddedTopics(fields, inside, known.classes, known.topic_flows(), known.people.since_ms),
            known.k_anonymity,
        ),
    )


def _parts(fields: Iterable[FieldName], shared: Iterable[FieldPair]) -> Iterable[Iterable[FieldName]]:
    """Fields whose identifiers are the same ones: where a flow translates them, a person bears one in each part."""
    return connected((*shared, *((field, field) for field in fields)))


def _size(people: People) -> tuple[float, float]:
    count = people.count()
    return count.people, count.theta


def _union(fields: Mapping[FieldName, People], part: Iterable[FieldName]) -> People:
    return People.union(fields[field] for field in part)


def _told_pairs(
    known: Known, shared: Mapping[FieldPair, People], told: Mapping[FieldName, int]
) -> tuple[SharedPeople, ...]:
    """Of any two topics the pair of fields that shares most. Nobody is shared who is not in both."""
    best: dict[tuple[str, str], SharedPeople] = {}
    for (one, other), people in shared.items():
        count = min(people.count().told(known.k_anonymity), told[one], told[other])
        pair = SharedPeople((one, other), count, known.people.since_ms(one, other))
        held = best.get((one.topic, other.topic))
        if held is None or held.people < count:
            best[one.topic, other.topic] = pair
    return tuple(sorted(best.values(), key=lambda pair: (-pair.people, pair.fields)))[:_MOST_SHARED]
