"""What linkage concludes, on one page: flows between topics, people without a flow, who is recognised, what is unread.

It shows what the graph document holds: names of topics and fields, and counts that are suppressed below k.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

from flowaudit.exports.moments import moment
from flowaudit.exports.short_memory import short_memory_words
from flowaudit.facts import FieldName
from flowaudit.graph.evidence import EdgeKind
from flowaudit.graph.identity_view import Addition, IdentityCluster, PeopleWithoutFlow, Sampling
from flowaudit.graph.snapshot import Edge, GraphSnapshot, Hidden
from flowaudit.web.markup import (
    NOTHING,
    Markup,
    Section,
    between,
    count,
    heading,
    lines,
    name,
    page,
    paragraph,
    phrase,
    table,
    text,
)

TITLE: Final = "Where the same people reappear"
_MOST_ROWS: Final = 500
_MOST_CLUSTERS: Final = 50
_Item = TypeVar("_Item")


def linkage_page(snapshot: GraphSnapshot | None) -> str:
    """The page as HTML; None: the first look at the cluster is not complete."""
    if snapshot is None:
        return page(TITLE, paragraph(text("The first look at the cluster is not complete yet.")))
    flows = [edge for edge in snapshot.edges if edge.kind is EdgeKind.DERIVES]
    sections = [
        Section("flows", "Flows between topics, by what their records carry", tuple(_flows(flows))),
        Section("no-flow", "The same people, and no flow between", tuple(_people_without_flow(snapshot.same_people))),
        Section("people", "Whose records can be put together", tuple(_clusters(snapshot.clusters))),
        Section("hidden", "What could not be seen", tuple(_unread(snapshot.coverage.not_visible))),
    ]
    sampled = paragraph(text(_sampled(snapshot.sampling)), "dim")
    return page(TITLE, sampled, sections=[section for section in sections if section.parts])


def _flows(edges: Sequence[Edge]) -> Iterator[Markup]:
    if not edges:
        yield paragraph(text("No identifier of one topic was seen to reappear in another because records flow there."))
        return
    strongest = sorted(edges, key=lambda edge: (edge.tier.rank, edge.source, edge.target))
    columns = ("flow", "how sure", "fields", "delay", "records", "what settles it", "or else from")
    yield table("flows", columns, map(_flow, strongest[:_MOST_ROWS]), numbers=(3, 4))
    yield from _left_out(strongest, _MOST_ROWS)


def _flow(edge: Edge) -> tuple[Markup, ...]:
    found = edge.inference
    how_sure = edge.tier.value if found is None else f"{edge.tier.value} ({found.confidence:.2f})"
    delay = () if edge.lag is None else (_duration(edge.lag.p50_ms), f"95%: {_duration(edge.lag.p95_ms)}")
    return (
        between(" → ", map(name, (edge.source.name, edge.target.name))),
        text(how_sure),
        _equal_fields(edge.fields),
        lines(map(text, delay)),
        text(count(edge.records)),
        lines(_settled(edge)),
        lines(map(name, edge.alternates)),
    )


def _equal_fields(fields: Iterable[tuple[str, str]]) -> Markup:
    return lines(between(" = ", map(name, pair)) for pair in fields)


def _settled(edge: Edge) -> Iterator[Markup]:
    found = edge.inference
    if found is None:
        return
    alone = found.records_alone.value if found.records_alone else "nothing"
    yield text(f"records alone: {alone}")
    if found.settled_by:
        yield text(f"and {', '.join(found.settled_by)}")
    if found.through:
        yield phrase(
            text("by way of "), between(", ", map(name, found.through)), text(", where nothing can be followed")
        )


def _people_without_flow(pairs: Sequence[PeopleWithoutFlow]) -> Iterator[Markup]:
    if not pairs:
        return
    rows = (
        (
            lines(map(name, one.topics)),
            text(one.sharing.value),
            _equal_fields(one.fields),
            text(count(one.people)),
            text(moment(one.first_seen_ms, never="")),
        )
        for one in pairs[:_MOST_ROWS]
    )
    yield table("no-flow", ("topics", "why", "fields", "identities", "since"), rows, numbers=(3,))
    yield from _left_out(pairs, _MOST_ROWS)


def _clusters(clusters: Sequence[IdentityCluster]) -> Iterator[Markup]:
    if not clusters:
        yield paragraph(text("No field of one topic was seen to name the same people as a field of another."))
        return
    yield paragraph(
        text(
            "Counts are rounded down, so that no difference of two singles anybody out. Identifiers of people, of"
            " places and of things return alike: they are seen to be the same ones, not whose they are."
        ),
        "dim",
    )
    for number, cluster in enumerate(clusters[:_MOST_CLUSTERS], start=1):
        yield from _cluster(number, cluster)
    yield from _left_out(clusters, _MOST_CLUSTERS)


def _cluster(number: int, cluster: IdentityCluster) -> Iterator[Markup]:
    place = f"people-{number}"
    error = f", give or take {cluster.relative_error:.0%}" if cluster.people else ""
    yield heading(f"{number}. Identities: {count(cluster.people)}{error}", place, level=3)
    fields = between(", ", (_field(told.field) for told in cluster.fields))
    yield paragraph(phrase(text("The same ones in "), fields, text(".")))
    columns = ("topic", "recognised by", "identities", "since", "tells of them")
    yield table(place, columns, map(_addition, cluster.additions), numbers=(2,))


def _addition(addition: Addition) -> tuple[Markup, ...]:
    recognised = NOTHING
    if addition.through:
        own, other = addition.through
        recognised = between(" = ", (name(own.path), _field(other)))
    return (
        name(addition.topic),
        recognised,
        text(count(addition.people)),
        text(moment(addition.since_ms, never="")),
        between(", ", map(name, addition.attributes)) or text("nothing new"),
    )


def _field(field: FieldName) -> Markup:
    return between(" ", (name(field.topic), name(field.path)))


def _unread(hidden: Sequence[Hidden]) -> Iterator[Markup]:
    if not hidden:
        yield paragraph(text("Nothing is known to be hidden."))
        return
    # What concerns the records' contents comes first: the rest is about who reads and writes.
    nearest = sorted(hidden, key=lambda one: one.subject != "field")
    rows = ((_subject(one), text(one.reason), name(one.hides)) for one in nearest[:_MOST_ROWS])
    yield table("hidden", ("what", "why", "hides"), rows)
    yield from _left_out(nearest, _MOST_ROWS)


def _subject(hidden: Hidden) -> Markup:
    return between(" ", (text(hidden.subject), name(hidden.name))) if hidden.name else text(hidden.subject)


def _left_out(items: Sequence[_Item], most: int) -> Iterator[Markup]:
    if len(items) > most:
        yield paragraph(text(f"… and {len(items) - most:,} more; flowaudit export has all of them."), "dim")


def _sampled(sampling: Sampling | None) -> str:
    if sampling is None:
        return "Linkage looked at no identifiers."
    shares = " to ".join(dict.fromkeys(f"{theta * 100:.3g}%" for theta in (sampling.lowest, sampling.highest)))
    return f"Linkage looked at {shares} of the identifiers.{short_memory_words(sampling)}"


def _duration(milliseconds: int) -> str:
    return f"{milliseconds:,} ms" if milliseconds < 10_000 else f"{milliseconds / 1000:,.1f} s"
