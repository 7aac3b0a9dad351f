"""The end of the demo: the paths that nobody declared, hop by hop, and where the graph lies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flowaudit.cli.hops import path_document, print_path, systems_of
from flowaudit.cli.options import Format
from flowaudit.cli.output import print_json, result_console
from flowaudit.cli.summary import print_summary
from flowaudit.cli.summary_document import summary_document
from flowaudit.cli.terminal import printable
from flowaudit.graph.errors import NodeUnknown
from flowaudit.graph.flow_path import FlowPath
from flowaudit.graph.paths import find_paths
from flowaudit.graph.snapshot import GraphSnapshot

Ends = tuple[str, str]


def tell_ending(snapshot: GraphSnapshot, graph_path: Path, story: Sequence[Ends], result_format: Format) -> None:
    """Print the result of a demo: a summary, and the shortest path between the systems of each pair in `story`."""
    ways = {ends: _way(snapshot, *ends) for ends in story}
    if result_format is Format.JSON:
        print_json(_document(snapshot, graph_path, ways))
        return
    print_summary(snapshot)
    systems = systems_of(snapshot)
    with result_console() as console:
        console.print("\nThe ways of the data", style="bold")
        for (source, target), way in ways.items():
            if way:
                print_path(console, way, systems)
            else:
                console.print(f"\nNo way from {source} to {target} was seen in this time.", style="yellow")
        console.print(f"\nThe graph is in {printable(str(graph_path))}")
        source, target = story[0]
        console.print(f"Look again:  flowaudit path {source} {target} {printable(str(graph_path))}")


def _way(snapshot: GraphSnapshot, source: str, target: str) -> FlowPath | None:
    try:
        return next(iter(find_paths(snapshot, source, target, 1)), None)
    except NodeUnknown:
        return None  # the demo ended before that system had done anything


def _document(snapshot: GraphSnapshot, graph_path: Path, ways: dict[Ends, FlowPath | None]) -> dict[str, object]:
    systems = systems_of(snapshot)
    return {
        "graph": str(graph_path),
        "paths": [path_document(way, systems) for way in ways.values() if way],
        "not_found": [{"source": source, "target": target} for (source, target), way in ways.items() if not way],
        "summary": summary_document(snapshot),
    }
