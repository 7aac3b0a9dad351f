"""`flowaudit export`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flowaudit.cli.options import GraphArgument, StateOption


class ExportFormat(StrEnum):
    """What a graph can be written as."""

    JSON = "json"
    GRAPHML = "graphml"
    GEXF = "gexf"
    MERMAID = "mermaid"
    DOT = "dot"
    CSV = "csv"


class ExportView(StrEnum):
    """What of a graph is written."""

    WHOLE = "whole"
    SYSTEM = "system"
    TOPIC = "topic"
    IDENTITY = "identity"


def export(
    context: typer.Context,
    graph: GraphArgument = None,
    *,
    format_: Annotated[ExportFormat, typer.Option("--format", help="What to write.")],
    view: Annotated[ExportView, typer.Option("--view", help="What of the graph to write.")] = ExportView.WHOLE,
    state: StateOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="File to write. [default: stdout]")
    ] = None,
) -> None:
    """Write a graph for other tools: json, graphml, gexf, mermaid, dot, csv.

    --view identity writes which fields name the same people, as json, mermaid or csv.
    """
    from flowaudit.cli.output import STDOUT, print_bytes, write_file
    from flowaudit.cli.reading import read_graph
    from flowaudit.exports.render import render, render_identities
    from flowaudit.graph.views import system_view, topic_view

    snapshot = read_graph(graph, state, context.obj)
    if view is ExportView.SYSTEM:
        snapshot = system_view(snapshot)
    elif view is ExportView.TOPIC:
        snapshot = topic_view(snapshot)
    write = render_identities if view is ExportView.IDENTITY else render
    data = write(snapshot, format_.value).encode()
    if output is None or output == STDOUT:
        print_bytes(data)
    else:
        write_file(output, data)
