"""A graph in one page: systems, edges by tier, undeclared flows, coverage with what could not be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flowaudit.cli.moments import moment
from flowaudit.cli.output import result_console
from flowaudit.cli.terminal import printable
from flowaudit.cli.wording import channels, counted
from flowaudit.graph.evidence import EdgeKind, Tier, Verdict
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.snapshot import Edge, GraphSnapshot
from flowaudit.graph.times import iso_time
from flowaudit.graph.views import system_view

_SHOWN_HIDDEN = 20


def print_summary(snapshot: GraphSnapshot) -> None:
    """Print the page on stdout."""
    systems = system_view(snapshot)
    with result_console() as console:
        _head(console, snapshot)
        _systems(console, snapshot)
        _tiers(console, snapshot)
        _undeclared(console, systems)
        _coverage(console, snapshot)


def _head(console: Console, snapshot: GraphSnapshot) -> None:
    counts = f"{counted(len(snapshot.nodes), 'node')}, {counted(len(snapshot.edges), 'edge')}"
    window = f"{moment(snapshot.window.from_ms)} to {moment(snapshot.window.to_ms)}"
    console.print(
        Text(printable(f"{snapshot.cluster.namespace} (cluster {snapshot.cluster.id or 'without an id'})"), "bold")
    )
    console.print(f"{counts}; evidence from {window}")


def _systems(console: Console, snapshot: GraphSnapshot) -> None:
    parts: dict[str, Counter[NodeKind]] = {}
    for node in snapshot.nodes:
        if node.id.kind is not NodeKind.SYSTEM:
            parts.setdefault(node.system, Counter())[node.id.kind] += 1
    rows = (
        (system or "(no system)", str(kinds[NodeKind.TOPIC]), str(kinds[NodeKind.GROUP]), str(kinds[NodeKind.PRODUCER]))
        for system, kinds in sorted(parts.items(), key=lambda item: (not item[0], item[0]))
    )
    _table(console, "Systems", ("system", "topics", "groups", "producers"), rows, numbers=(1, 2, 3))


def _tiers(console: Console, snapshot: GraphSnapshot) -> None:
    counts = Counter((edge.tier, edge.kind) for edge in snapshot.edges)
    kinds = [kind for kind in EdgeKind if any(edge.kind is kind for edge in snapshot.edges)]
    tiers = [tier for tier in Tier if any(edge.tier is tier for edge in snapshot.edges)]
    rows = ((tier.value, *(str(counts[tier, kind] or "") for kind in kinds)) for tier in tiers)
    columns = ("best evidence", *(kind.value for kind in kinds))
    _table(console, "Edges", columns, rows, numbers=tuple(range(1, len(columns))))


def _undeclared(console: Console, systems: GraphSnapshot) -> None:
    flows = undeclared_flows(systems)
    if not flows and all(edge.verdict is Verdict.UNJUDGED for edge in systems.edges):
        console.print("\nNo topology was given, so no flow is declared or undeclared.")
        return
    if not flows:
        console.print("\nEvery flow between systems that was seen is declared.", style="green")
        return
    rows = (
        (f"{edge.source.name} → {edge.target.name}", edge.tier.value, channels(edge), moment(edge.first_seen_ms))
        for edge in flows
    )
    _table(console, "Flows that nobody declared", ("flow", "tier", "evidence", "first seen"), rows)


def _coverage(console: Console, snapshot: GraphSnapshot) -> None:
    coverage = snapshot.coverage
    columns = ("tapped topic", "partitions", "audited", "quarantined", "invisible", "truncated")
    rows = (
        (t.topic, *(str(number) for number in (t.partitions, t.audited, t.quarantined, t.invisible, t.truncated)))
        for t in coverage.tapped
    )
    _table(console, "Coverage", columns, rows, numbers=(1, 2, 3, 4, 5), empty="No topic was tapped.")
    hidden = coverage.not_visible
    shown = ((f"{h.subject} {h.name}".rstrip(), h.reason, h.hides) for h in hidden[:_SHOWN_HIDDEN])
    title = f"Not visible ({len(hidden)})"
    _table(console, title, ("what", "why", "what that may hide"), shown, empty="Nothing is known to be hidden.")
    if len(hidden) > _SHOWN_HIDDEN:
        console.print(f"… and {len(hidden) - _SHOWN_HIDDEN} more; --format json has all of them")


def _table(
    console: Console,
    title: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
    *,
    numbers: tuple[int, ...] = (),
    empty: str = "",
) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console.print()
    console.print(title, style="bold")
    console.print(table if table.row_count else (empty or "none"))


def undeclared_flows(systems: GraphSnapshot) -> list[Edge]:
    """Flows of the system view that no topology declares, best evidence first."""
    flows = [edge for edge in systems.edges if edge.verdict is Verdict.UNDECLARED]
    return sorted(flows, key=lambda edge: (edge.tier.rank, edge.source, edge.target))


def summary_document(snapshot: GraphSnapshot) -> dict[str, object]:
    """The page as JSON values."""
    systems = system_view(snapshot)
    edges = Counter((edge.kind, edge.tier, edge.verdict) for edge in snapshot.edges)
    return {
        "cluster": {"id": snapshot.cluster.id, "namespace": snapshot.cluster.namespace},
        "window": {"from": iso_time(snapshot.window.from_ms), "to": iso_time(snapshot.window.to_ms)},
        "nodes": dict(sorted(Counter(node.id.kind.value for node in snapshot.nodes).items())),
        "systems": sorted({node.system for node in snapshot.nodes if node.system}),
        "edges": [
            {"kind": kind.value, "tier": tier.value, "verdict": verdict.value, "count": count}
            for (kind, tier, verdict), count in sorted(edges.items())
        ],
        "undeclared": [
            {
                "source": edge.source.name,
                "target": edge.target.name,
                "tier": edge.tier.value,
                "channels": list(dict.fromkeys(evidence.channel.value for evidence in edge.evidence)),
                "records": edge.records,
                "first_seen": iso_time(edge.first_seen_ms),
            }
            for edge in undeclared_flows(systems)
        ],
        "coverage": _coverage_document(snapshot),
    }


def _coverage_document(snapshot: GraphSnapshot) -> dict[str, object]:
    return {
        "tapped": [
            {
                "topic": topic.topic,
                "partitions": topic.partitions,
                "audited": topic.audited,
                "quarantined": topic.quarantined,
                "invisible": topic.invisible,
                "truncated": topic.truncated,
            }
            for topic in snapshot.coverage.tapped
        ],
        "not_visible": [
            {"subject": hidden.subject, "name": hidden.name, "reason": hidden.reason, "hides": hidden.hides}
            for hidden in snapshot.coverage.not_visible
        ],
    }
