"""The same people in two topics, and no flow: how linkage's result stands in the snapshot."""

from __future__ import annotations

from collections.abc import Iterable

from flowaudit.facts import FieldName
from flowaudit.graph.identity_clusters import Known
from flowaudit.graph.identity_view import PeopleWithoutFlow
from flowaudit.graph.seen import exact, within_time
from flowaudit.linkage.derived import SamePeople


def people_without_flow(found: Iterable[SamePeople], known: Known) -> tuple[PeopleWithoutFlow, ...]:
    """Sorted by topics; counts below k are written as 0, those of people in steps of k."""
    told = [_told(one, known) for one in found if not any(map(known.leaves_out, one.topics))]
    return tuple(sorted(told, key=lambda one: (one.topics, one.sharing)))


def _told(found: SamePeople, known: Known) -> PeopleWithoutFlow:
    paths = tuple(sorted({(match.upstream_path, match.downstream_path) for match in found.fields}))
    one, other = found.topics
    shared = (known.people.people(FieldName(one, here), FieldName(other, there)) for here, there in paths)
    return PeopleWithoutFlow(
        topics=found.topics,
        sharing=found.sharing,
        sightings=exact(found.sightings) if found.sightings >= known.k_anonymity else 0,
        people=max((people.count().told(known.k_anonymity) for people in shared), default=0),
        first_seen_ms=within_time(found.first_ms),
        last_seen_ms=within_time(found.last_ms),
        fields=paths,
    )
