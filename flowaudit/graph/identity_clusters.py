"""Identity clusters: fields of topics that name the same people, found by shared people and by flows.

Two fields belong together when a tenth of the people of the smaller one (and three of the sample at least) are seen in
the other within a linkage window, or when a flow carries the values of one into the other. A cluster reaches over two
topics at least, and some field of it must be one whose values return: identifiers that all name events are no people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from flowaudit.facts import FieldClass, FieldName
from flowaudit.graph.identity_additions import Link, Topics, additions, attributes_of
from flowaudit.graph.identity_view import IdentityCluster, PeopleField, SharedPeople
from flowaudit.graph.internal import is_internal_name
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
    paths: Mapping[str, tuple[str, ...]]
    """The profiled fields by topic, sorted."""
    derived: tuple[DerivedEdge, ...]
    omitted: frozenset[str]
    """Topics that the graph leaves out."""
    k_anonymity: int

    def leaves_out(self, topic: str) -> bool:
        """Is it a topic that is not in the graph?"""
        return topic in self.omitted or is_internal_name(topic)


def identity_clusters(known: Known) -> tuple[IdentityCluster, ...]:
    """The clusters, those of most people first."""
    fields = (field for field in known.people.fields() if not known.leaves_out(field.topic))
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
    links = [_link(known, pair, people, told) for pair, people in inside.items()]
    count = max((_union(fields, part).count() for part in _parts(fields, inside)), key=lambda count: count.people)
    people = max(count.told(known.k_anonymity), *told.values())
    return IdentityCluster(
        fields=tuple(PeopleField(field, told[field], known.people.since_ms(field, field)) for field in fields),
        people=people,
        relative_error=round(relative_error(people, count.theta), 3),
        since_ms=min(known.people.since_ms(field, field) for field in fields),
        shared=_best_pairs(links),
        additions=additions(_topics(known, fields, links), known.k_anonymity),
    )


def _link(known: Known, pair: FieldPair, people: People, told: Mapping[FieldName, int]) -> Link:
    """Nobody is shared who is not in both."""
    count = min(people.count().told(known.k_anonymity), *(told[field] for field in pair))
    return Link(*pair, people, count, known.people.since_ms(*pair))


def _parts(fields: Iterable[FieldName], shared: Iterable[FieldPair]) -> Iterable[Iterable[FieldName]]:
    """Fields whose identifiers are the same ones: where a flow translates them, a person bears one in each part."""
    return connected((*shared, *((field, field) for field in fields)))


def _union(fields: Mapping[FieldName, People], part: Iterable[FieldName]) -> People:
    return People.union(fields[field] for field in part)


def _best_pairs(links: Iterable[Link]) -> tuple[SharedPeople, ...]:
    """Of any two topics the pair of fields that shares most."""
    best: dict[tuple[str, str], Link] = {}
    for link in links:
        held = best.get((link.own.topic, link.other.topic))
        if held is None or held.told < link.told:
            best[link.own.topic, link.other.topic] = link
    pairs = (SharedPeople((link.own, link.other), link.told, link.since_ms) for link in best.values())
    return tuple(sorted(pairs, key=lambda pair: (-pair.people, pair.fields)))[:_MOST_SHARED]


def _topics(known: Known, fields: Mapping[FieldName, People], links: Iterable[Link]) -> Topics:
    between: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        mirrored = replace(link, own=link.other, other=link.own)
        between.setdefault((link.own.topic, link.other.topic), []).append(link)
        between.setdefault((link.other.topic, link.own.topic), []).append(mirrored)
    by_topic: dict[str, list[FieldName]] = {}
    for field in fields:
        by_topic.setdefault(field.topic, []).append(field)
    return Topics(
        people={topic: _union(fields, own) for topic, own in by_topic.items()},
        attributes=attributes_of(known.paths, frozenset(fields)),
        links=between,
        flows=frozenset((edge.upstream, edge.downstream) for edge in known.derived),
    )
