"""The end of the demo: the paths that nobody declared, hop by hop, and where the graph lies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flowaudit.cli.hops import path_document, print_path
from flowaudit.cli.options import Format
from flowaudit.cli.output import print_json, result_console
from flowaudit.cli.summary import print_summary, summary_document
from flowaudit.cli.terminal import printable
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.paths import FlowPath, find_paths
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.graph.views import system_view


def tell_ending(
    snapshot: GraphSnapshot, graph_path: Path, story: Sequence[tuple[str, str]], result_format: Format
) -> None:
    """Print the result of a demo: its paths between the systems of `story`, and a summary."""
    answers = {ends: _way(system_view(snapshot), *ends) for ends in story}
    found = [path for path in answers.values() if path]
    missing = [ends for ends, path in answers.items() if not path]
    if result_format is Format.JSON:
        print_json(
            {
                "graph": str(graph_path),
                "paths": [path_document(path) for path in found],
                "not_found": [{"source": source, "target": target} for source, target in missing],
                "summary": summary_document(snapshot),
            }
        )
        return
    print_summary(snapshot)
    with result_console() as console:
        console.print("\nThe ways of the data", style="bold")
        for path in found:
            print_path(console, path)
        for ends in missing:
            console.print(f"No way from {ends[0]} to {ends[1]} was seen in this time.", style="yellow")
        console.print(f"\nThe graph is in {printable(str(graph_path))}")
        console.print(f"Look again:  flowaudit path {story[0][0]} {story[0][1]} {printable(str(graph_path))}")


def _way(systems: GraphSnapshot, source: str, target: str) -> FlowPath | None:
    ends = [NodeId(NodeKind.SYSTEM, "", name) for name in (source, target)]
    if not {node.id for node in systems.nodes}.issuperset(ends):
        return None
    return next(iter(find_paths(systems, ends[0], ends[1], 1)), None)
