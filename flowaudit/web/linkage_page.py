"""What linkage concludes, on one page: flows between topics, people without a flow, who is recognised, what is unread.

It shows what the graph document holds: names of topics and fields, and counts that are suppressed below k.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from flowaudit.exports.moments import moment
from flowaudit.graph.evidence import EdgeKind
from flowaudit.graph.identity_view import Addition, IdentityCluster, PeopleWithoutFlow, Sampling
from flowaudit.graph.snapshot import Edge, GraphSnapshot, Hidden
from flowaudit.web.markup import count, heading, page, paragraph, table

TITLE: Final = "Where the same people reappear"
_MOST_ROWS: Final = 500
_MOST_CLUSTERS: Final = 50
_Item = TypeVar("_Item")


def linkage_page(snapshot: GraphSnapshot | None) -> str:
    """The page as HTML; None: the first look at the cluster is not complete."""
    if snapshot is None:
        return page(TITLE, paragraph("The first look at the cluster is not complete yet."))
    return page(
        TITLE,
        paragraph(_sampled(snapshot.sampling), "dim"),
        *_flows([edge for edge in snapshot.edges if edge.kind is EdgeKind.DERIVES]),
        *_people_without_flow(snapshot.same_people),
        *_clusters(snapshot.clusters),
        *_unread(snapshot.coverage.not_visible),
    )


def _flows(edges: Sequence[Edge]) -> Iterator[str]:
    yield heading("Flows between topics, by what their records carry")
    if not edges:
        yield paragraph("No identifier of one topic was seen to reappear in another because records flow there.")
        return
    strongest = sorted(edges, key=lambda edge: (edge.tier.rank, edge.source, edge.target))
    columns = ("flow", "how sure", "fields", "delay", "records", "what settles it", "or else from")
    yield table(columns, map(_flow, strongest[:_MOST_ROWS]), numbers=(3, 4))
    yield from _left_out(strongest, _MOST_ROWS)


def _flow(edge: Edge) -> tuple[str, ...]:
    found = edge.inference
    how_sure = edge.tier.value if found is None else f"{edge.tier.value} ({found.confidence:.2f})"
    return (
        f"{edge.source.name} → {edge.target.name}",
        how_sure,
        "\n".join(f"{upstream} = {downstream}" for upstream, downstream in edge.fields),
        "" if edge.lag is None else f"{_duration(edge.lag.p50_ms)}\n95%: {_duration(edge.lag.p95_ms)}",
        count(edge.records),
        "\n".join(_settled(edge)),
        "\n".join(edge.alternates),
    )


def _settled(edge: Edge) -> Iterator[str]:
    found = edge.inference
    if found is None:
        return
    alone = found.records_alone.value if found.records_alone else "nothing"
    yield f"records alone: {alone}"
    if found.settled_by:
        yield f"and {', '.join(found.settled_by)}"
    if found.through:
        yield f"by way of {', '.join(found.through)}, where nothing can be followed"


def _people_without_flow(pairs: Sequence[PeopleWithoutFlow]) -> Iterator[str]:
    if not pairs:
        return
    yield heading("The same people, and no flow between")
    rows = (
        (
            "\n".join(one.topics),
            one.sharing.value,
            "\n".join(f"{here} = {there}" for here, there in one.fields),
            count(one.people),
            moment(one.first_seen_ms, never=""),
        )
        for one in pairs[:_MOST_ROWS]
    )
    yield table(("topics", "why", "fields", "identities", "since"), rows, numbers=(3,))
    yield from _left_out(pairs, _MOST_ROWS)


def _clusters(clusters: Sequence[IdentityCluster]) -> Iterator[str]:
    yield heading("Whose records can be put together")
    if not clusters:
        yield paragraph("No field of one topic was seen to name the same people as a field of another.")
        return
    yield paragraph(
        "Counts are rounded down, so that no difference of two singles anybody out. Identifiers of people, of places"
        " and of things return alike: they are seen to be the same ones, not whose they are.",
        "dim",
    )
    for number, cluster in enumerate(clusters[:_MOST_CLUSTERS], start=1):
        fields = ", ".join(f"{told.field.topic} {told.field.path}" for told in cluster.fields)
        error = f", give or take {cluster.relative_error:.0%}" if cluster.people else ""
        yield paragraph(f"{number}. Identities: {count(cluster.people)}{error}. The same ones in {fields}.")
        columns = ("topic", "recognised by", "identities", "since", "tells of them")
        yield table(columns, map(_addition, cluster.additions), numbers=(2,))
    yield from _left_out(clusters, _MOST_CLUSTERS)


def _addition(addition: Addition) -> tuple[str, ...]:
    through = ""
    if addition.through:
        own, other = addition.through
        through = f"{own.path} = {other.topic} {other.path}"
    since = moment(addition.since_ms, never="")
    return addition.topic, through, count(addition.people), since, ", ".join(addition.attributes) or "nothing new"


def _unread(hidden: Sequence[Hidden]) -> Iterator[str]:
    yield heading("What could not be seen")
    if not hidden:
        yield paragraph("Nothing is known to be hidden.")
        return
    # What concerns the records' contents comes first: the rest is about who reads and writes.
    nearest = sorted(hidden, key=lambda one: one.subject != "field")
    rows = ((one.subject, one.name, one.reason, one.hides) for one in nearest[:_MOST_ROWS])
    yield table(("what", "name", "why", "hides"), rows)
    yield from _left_out(nearest, _MOST_ROWS)


def _left_out(items: Sequence[_Item], most: int) -> Iterator[str]:
    if len(items) > most:
        yield paragraph(f"… and {len(items) - most:,} more; flowaudit export has all of them.", "dim")


def _sampled(sampling: Sampling | None) -> str:
    if sampling is None:
        return "Linkage looked at no identifiers."
    shares = " to ".join(dict.fromkeys(f"{theta * 100:.3g}%" for theta in (sampling.lowest, sampling.highest)))
    return f"Linkage looked at {shares} of the identifiers."


def _duration(milliseconds: int) -> str:
    return f"{milliseconds:,} ms" if milliseconds < 10_000 else f"{milliseconds / 1000:,.1f} s"
