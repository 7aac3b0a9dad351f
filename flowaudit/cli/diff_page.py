"""What `flowaudit diff` prints: new paths first, for they are why anybody asks."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from flowaudit.cli.hops import edge_document, path_document, print_path, systems_of
from flowaudit.cli.options import Format
from flowaudit.cli.output import print_json, print_text, result_console
from flowaudit.cli.tables import print_table
from flowaudit.cli.terminal import printable
from flowaudit.cli.wording import channels, counted, sureness, verdict_words
from flowaudit.exports.moments import moment
from flowaudit.graph.diff import Change, Drift, Opened
from flowaudit.graph.snapshot import Edge, GraphSnapshot


def show_diff(drift: Drift, now: GraphSnapshot, result_format: Format) -> None:
    """Print what differs."""
    if result_format is Format.JSON:
        print_json(_document(drift, now))
    elif drift.is_none:
        print_text("no difference: the same nodes, flows, tiers and verdicts, and no new path")
    else:
        with result_console() as console:
            _print(console, drift, now)


def _print(console: Console, drift: Drift, now: GraphSnapshot) -> None:
    told = (
        counted(len(drift.opened_pairs), "new path"),
        f"{counted(len(drift.added), 'flow')} added",
        f"{len(drift.gone):,} gone",
        f"{len(drift.changed_tier):,} with another tier",
        f"{len(drift.changed_verdict):,} with another verdict",
        f"{counted(len(drift.added_nodes), 'node')} added",
        f"{len(drift.gone_nodes):,} gone",
    )
    console.print(", ".join(told), style="bold")
    systems = systems_of(now)
    for opened in drift.opened:
        console.print()
        said = f"{opened.source} can reach {opened.target} now, and could not before: {_opened_by(opened)}"
        console.print(Text(printable(said), "red bold"))
        print_path(console, opened.path, systems)
    if more := len(drift.opened_pairs) - len(drift.opened):
        console.print(f"\nAnd {counted(more, 'new path')} more; --limit shows more.", style="dim")
    _print_edges(console, "Flows added", drift.added)
    _print_edges(console, "Flows gone", drift.gone)
    _print_changes(console, "Flows with another tier", [(c, c.before.tier, c.after.tier) for c in drift.changed_tier])
    verdicts = [(c, _verdict(c.before), _verdict(c.after)) for c in drift.changed_verdict]
    _print_changes(console, "Flows with another verdict", verdicts)
    for title, nodes in (("Nodes added", drift.added_nodes), ("Nodes gone", drift.gone_nodes)):
        if nodes:
            print_table(console, title, ("node",), [(node.document_id,) for node in nodes])


def _opened_by(opened: Opened) -> str:
    hops = ", ".join(f"{hop.source.document_id} → {hop.target.document_id}" for hop in opened.opened_by)
    return f"opened by {hops}" if hops else "its nodes belong to other systems than before"


def _print_edges(console: Console, title: str, edges: Sequence[Edge]) -> None:
    if edges:
        columns = ("flow", "kind", "how sure", "evidence", "verdict", "first seen", "last seen")
        print_table(console, title, columns, [_row(edge) for edge in edges])


def _row(edge: Edge) -> tuple[str, ...]:
    seen = moment(edge.first_seen_ms), moment(edge.last_seen_ms)
    return (_flow(edge), edge.kind.value, sureness(edge), channels(edge), verdict_words(edge.verdict), *seen)


def _print_changes(console: Console, title: str, changes: Sequence[tuple[Change, str, str]]) -> None:
    if changes:
        rows = [(_flow(change.after), change.after.kind.value, before, after) for change, before, after in changes]
        print_table(console, title, ("flow", "kind", "before", "after"), rows)


def _flow(edge: Edge) -> str:
    return f"{edge.source.document_id} → {edge.target.document_id}"


def _verdict(edge: Edge) -> str:
    return verdict_words(edge.verdict) or "not judged"


def _document(drift: Drift, now: GraphSnapshot) -> dict[str, object]:
    systems = systems_of(now)
    return {
        "nodes": {
            "added": [node.document_id for node in drift.added_nodes],
            "gone": [node.document_id for node in drift.gone_nodes],
        },
        "edges": {
            "added": [edge_document(edge) for edge in drift.added],
            "gone": [edge_document(edge) for edge in drift.gone],
            "changed_tier": [
                {**_change(change), "before": change.before.tier.value, "after": change.after.tier.value}
                for change in drift.changed_tier
            ],
            "changed_verdict": [
                {**_change(change), "before": change.before.verdict.value, "after": change.after.verdict.value}
                for change in drift.changed_verdict
            ],
        },
        "opened": [
            {
                "source": opened.source,
                "target": opened.target,
                "opened_by": [edge_document(hop.edge) for hop in opened.opened_by],
                "path": path_document(opened.path, systems),
            }
            for opened in drift.opened
        ],
        "opened_pairs": [list(pair) for pair in drift.opened_pairs],
    }


def _change(change: Change) -> dict[str, object]:
    edge = change.after
    return {"source": edge.source.document_id, "target": edge.target.document_id, "kind": edge.kind.value}
