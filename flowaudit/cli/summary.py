"""A graph in one page: systems, edges by tier, undeclared flows, coverage with what could not be seen."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from rich.console import Console
from rich.text import Text

from flowaudit.cli.output import result_console
from flowaudit.cli.summary_document import undeclared_flows
from flowaudit.cli.tables import print_table
from flowaudit.cli.terminal import printable
from flowaudit.cli.wording import counted, people_words, sampling_words
from flowaudit.exports.moments import moment
from flowaudit.graph.evidence import EdgeKind, Tier, Verdict
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.snapshot import CheckedSource, GraphSnapshot, Hidden
from flowaudit.graph.views import system_view

_SHOWN_HIDDEN = 20
_SHOWN_NAMES = 5
_SHOWN_CLUSTERS = 5


def print_summary(snapshot: GraphSnapshot) -> None:
    """Print the page on stdout."""
    systems = system_view(snapshot)
    with result_console() as console:
        _head(console, snapshot)
        _systems(console, snapshot)
        _tiers(console, snapshot)
        _undeclared(console, systems)
        _identities(console, snapshot)
        _coverage(console, snapshot)


def _head(console: Console, snapshot: GraphSnapshot) -> None:
    counts = f"{counted(len(snapshot.nodes), 'node')}, {counted(len(snapshot.edges), 'edge')}"
    window = f"{moment(snapshot.window.from_ms)} to {moment(snapshot.window.to_ms)}"
    console.print(
        Text(printable(f"{snapshot.cluster.namespace} (cluster {snapshot.cluster.id or 'without an id'})"), "bold")
    )
    console.print(f"{counts}; evidence from {window}")
    if snapshot.sampling is not None:
        console.print(sampling_words(snapshot.sampling))


def _systems(console: Console, snapshot: GraphSnapshot) -> None:
    parts: dict[str, Counter[NodeKind]] = {}
    for node in snapshot.nodes:
        if node.id.kind is not NodeKind.SYSTEM:
            parts.setdefault(node.system, Counter())[node.id.kind] += 1
    rows = (
        (system or "(no system)", str(kinds[NodeKind.TOPIC]), str(kinds[NodeKind.GROUP]), str(kinds[NodeKind.PRODUCER]))
        for system, kinds in sorted(parts.items(), key=lambda item: (not item[0], item[0]))
    )
    print_table(console, "Systems", ("system", "topics", "groups", "producers"), rows, numbers=(1, 2, 3))


def _tiers(console: Console, snapshot: GraphSnapshot) -> None:
    counts = Counter((edge.tier, edge.kind) for edge in snapshot.edges)
    kinds = [kind for kind in EdgeKind if any(edge.kind is kind for edge in snapshot.edges)]
    tiers = [tier for tier in Tier if any(edge.tier is tier for edge in snapshot.edges)]
    rows = ((tier.value, *(str(counts[tier, kind] or "") for kind in kinds)) for tier in tiers)
    columns = ("best evidence", *(kind.value for kind in kinds))
    print_table(console, "Edges", columns, rows, numbers=tuple(range(1, len(columns))))


def _undeclared(console: Console, systems: GraphSnapshot) -> None:
    flows = undeclared_flows(systems)
    if not flows and all(edge.verdict is Verdict.UNJUDGED for edge in systems.edges):
        console.print("\nNo topology was given, so no flow is declared or undeclared.")
        return
    if not flows:
        console.print("\nEvery flow between systems that was seen is declared.", style="green")
        return
    rows = (
        (f"{f.source} → {f.target}", f.edges[0].tier.value, ", ".join(f.channels), moment(f.first_seen_ms))
        for f in flows
    )
    print_table(console, "Flows that nobody declared", ("flow", "tier", "evidence", "first seen"), rows)


def _identities(console: Console, snapshot: GraphSnapshot) -> None:
    if snapshot.sampling is None:
        return
    rows = (
        (
            people_words(cluster.people),
            ", ".join(dict.fromkeys(told.field.topic for told in cluster.fields)),
            moment(cluster.since_ms),
        )
        for cluster in snapshot.clusters[:_SHOWN_CLUSTERS]
    )
    title = "The same people in several topics (flowaudit show --view identity)"
    print_table(console, title, ("who", "topics", "since"), rows)
    if len(snapshot.clusters) > _SHOWN_CLUSTERS:
        console.print(f"… and {len(snapshot.clusters) - _SHOWN_CLUSTERS} more")


def _coverage(console: Console, snapshot: GraphSnapshot) -> None:
    coverage = snapshot.coverage
    columns = ("tapped topic", "partitions", "audited", "quarantined", "invisible", "truncated")
    rows = (
        (t.topic, *(str(number) for number in (t.partitions, t.audited, t.quarantined, t.invisible, t.truncated)))
        for t in coverage.tapped
    )
    print_table(console, "Coverage", columns, rows, numbers=(1, 2, 3, 4, 5), empty="No topic was tapped.")
    _sources(console, coverage.sources)
    _hidden(console, coverage.not_visible)


def _sources(console: Console, sources: tuple[CheckedSource, ...]) -> None:
    rows = (
        (source.name, source.failure or "works", moment(source.last_success_ms), f"{source.duration_ms} ms")
        for source in sources
    )
    if sources:
        print_table(console, "Sources of evidence", ("source", "state", "last answer", "took"), rows, numbers=(3,))


def _hidden(console: Console, hidden: tuple[Hidden, ...]) -> None:
    """One row for all things of a kind that are hidden for the same reason."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for one in hidden:
        alike.setdefault((one.subject, one.reason, one.hides), []).append(one.name)
    rows = list(alike.items())
    shown = ((f"{subject} {_names(names)}".rstrip(), reason, hides) for (subject, reason, hides), names in rows)
    title = f"Not visible ({len(hidden)})"
    print_table(
        console,
        title,
        ("what", "why", "what that may hide"),
        islice(shown, _SHOWN_HIDDEN),
        empty="Nothing is known to be hidden.",
    )
    if len(rows) > _SHOWN_HIDDEN:
        console.print(f"… and {len(rows) - _SHOWN_HIDDEN} more; --format json has all of them")


def _names(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return ", ".join(names[:_SHOWN_NAMES]) + more
