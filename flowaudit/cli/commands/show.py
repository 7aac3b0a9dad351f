"""`flowaudit show`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

from typing import Annotated

import typer

from flowaudit.cli.options import Format, FormatOption, GraphArgument, StateOption, View


def show(
    context: typer.Context,
    graph: GraphArgument = None,
    *,
    state: StateOption = None,
    view: Annotated[View, typer.Option("--view", help="What to look at.")] = View.SUMMARY,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Summarise a graph: systems, edges by evidence, flows that nobody declared, and what could not be seen.

    --view system and topic list the flows, between systems or between topics, with how sure each is. --view identity
    tells which fields name the same people, how many, since when, and what each join adds to what is known of them.
    """
    from flowaudit.cli.reading import read_graph
    from flowaudit.cli.views import show_view

    show_view(read_graph(graph, state, context.obj), view, format_)
