"""`flowaudit show`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

import typer

from flowaudit.cli.options import Format, FormatOption, GraphArgument, StateOption


def show(
    context: typer.Context,
    graph: GraphArgument = None,
    *,
    state: StateOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Summarise a graph: systems, edges by evidence, flows that nobody declared, and what could not be seen."""
    from flowaudit.cli.output import print_json
    from flowaudit.cli.reading import read_graph
    from flowaudit.cli.summary import print_summary
    from flowaudit.cli.summary_document import summary_document

    snapshot = read_graph(graph, state, context.obj)
    if format_ is Format.JSON:
        print_json(summary_document(snapshot))
    else:
        print_summary(snapshot)
