"""What `flowaudit path` prints."""

from __future__ import annotations

from flowaudit.cli.hops import path_document, print_path, systems_of
from flowaudit.cli.options import Format
from flowaudit.cli.output import print_json, print_text, result_console
from flowaudit.cli.terminal import printable
from flowaudit.graph.flow_path import PathSearch
from flowaudit.graph.snapshot import GraphSnapshot


def answer(snapshot: GraphSnapshot, search: PathSearch, ends: tuple[str, str], result_format: Format) -> None:
    """Print the paths that were found, and say when there may be more."""
    systems = systems_of(snapshot)
    if result_format is Format.JSON:
        found = [path_document(path, systems) for path in search.paths]
        print_json({"paths": found, "complete": search.complete, "cutoff_hops": search.cutoff_hops})
        return
    if not search.paths:
        limits = f"no path from {ends[0]} to {ends[1]} of up to {search.cutoff_hops} hops"
        print_text(printable(limits if search.complete else f"{limits} was found; the search gave up"))
        return
    with result_console() as console:
        for path in search.paths:
            print_path(console, path, systems)
        if not search.complete:
            console.print(f"\nThere may be more than these {len(search.paths)}; --limit shows more.", style="dim")
