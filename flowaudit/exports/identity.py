"""The identity-linkage view for other tools: which fields name the same people, and what each join adds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from flowaudit.exports.columns import Cell
from flowaudit.exports.csv_ import write_csv
from flowaudit.exports.mermaid import quoted
from flowaudit.exports.text import label
from flowaudit.graph.document import dump
from flowaudit.graph.identity_view import Addition, IdentityCluster
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.graph.times import iso_time

_COLUMNS: Final = (
    "row",
    "cluster",
    "place",
    "topic",
    "path",
    "other_topic",
    "other_path",
    "people",
    "since",
    "attributes",
    "sharing",
)
_SHOWN_ATTRIBUTES: Final = 6

Row = dict[str, Cell]


def identity_json(snapshot: GraphSnapshot) -> str:
    """The `linkage` of the graph document, and a newline."""
    return json.dumps(json.loads(dump(snapshot))["linkage"], sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def identity_csv(snapshot: GraphSnapshot) -> str:
    """One table. Column `row` says what a row is.

    `field`: a field of a cluster. `shared`: two fields and the people whom they share. `addition`: what joining a topic
    adds, in order of `place`. `same-people`: two topics that share people without a flow. Clusters are numbered from 1,
    most people first; counts are rounded down to a multiple of k.
    """
    rows = [row for place, cluster in enumerate(snapshot.clusters, start=1) for row in _rows(place, cluster)]
    rows += [
        {
            "row": "same-people",
            "topic": found.topics[0],
            "path": here,
            "other_topic": found.topics[1],
            "other_path": there,
            "people": found.people,
            "since": iso_time(found.first_seen_ms),
            "sharing": found.sharing.value,
        }
        for found in snapshot.same_people
        for here, there in found.fields
    ]
    return write_csv(_COLUMNS, rows)


def _rows(place: int, cluster: IdentityCluster) -> Iterator[Row]:
    for told in cluster.fields:
        seen: Row = {"people": told.people, "since": iso_time(told.since_ms)}
        yield {"row": "field", "cluster": place, "topic": told.field.topic, "path": told.field.path, **seen}
    for pair in cluster.shared:
        one, other = pair.fields
        ends: Row = {"topic": one.topic, "path": one.path, "other_topic": other.topic, "other_path": other.path}
        yield {"row": "shared", "cluster": place, **ends, "people": pair.people, "since": iso_time(pair.since_ms)}
    for number, addition in enumerate(cluster.additions, start=1):
        yield {"row": "addition", "cluster": place, "place": number, **_addition(addition)}


def _addition(addition: Addition) -> Row:
    told: Row = {
        "topic": addition.topic,
        "people": addition.people,
        "attributes": "; ".join(addition.attributes),
    }
    if addition.through is None:
        return told
    own, other = addition.through
    ends: Row = {"path": own.path, "other_topic": other.topic, "other_path": other.path}
    return {**told, **ends, "since": iso_time(addition.since_ms)}


def identity_mermaid(snapshot: GraphSnapshot) -> str:
    """A flowchart from left to right: a frame a cluster, its topics, and what joining each one adds."""
    lines = ["flowchart LR"]
    for place, cluster in enumerate(snapshot.clusters, start=1):
        lines.append(f'  subgraph s{place}["{quoted(f"{place}: {_people(cluster.people)}")}"]')
        ids = {addition.topic: f"n{place}x{number}" for number, addition in enumerate(cluster.additions)}
        lines += [f'    {ids[topic]}["{quoted(_topic(cluster, topic))}"]' for topic in ids]
        lines.append("  end")
        lines += [
            f'  {ids[addition.through[1].topic]} -->|"{quoted(_adds(addition))}"| {ids[addition.topic]}'
            for addition in cluster.additions
            if addition.through is not None
        ]
    return "\n".join(lines) + "\n"


def _topic(cluster: IdentityCluster, topic: str) -> str:
    paths = (told.field.path for told in cluster.fields if told.field.topic == topic)
    return label(f"{topic}: {', '.join(paths)}")


def _adds(addition: Addition) -> str:
    shown = ", ".join(path.removeprefix("$.") for path in addition.attributes[:_SHOWN_ATTRIBUTES])
    more = len(addition.attributes) - _SHOWN_ATTRIBUTES
    what = f"{shown} and {more} more" if more > 0 else shown or "nothing new"
    return label(f"{_people(addition.people)}: {what}")


def _people(people: int) -> str:
    return f"about {people:,}" if people else "too few to tell"
