"""`flowaudit impact`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

from typing import Annotated

import typer

from flowaudit.cli.options import Format, FormatOption, GraphArgument, Known, MinimumTierOption, StateOption


def impact(  # noqa: PLR0913 - one parameter an option
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A system, topic:NAME or group:NAME.")],
    graph: GraphArgument = None,
    *,
    state: StateOption = None,
    upstream: Annotated[
        bool, typer.Option("--upstream", help="Not where its data goes, but whose data comes to it.")
    ] = False,
    minimum_tier: MinimumTierOption = Known.SUSPECTED,
    format_: FormatOption = Format.TEXT,
) -> None:
    """List everything that the data of a system, topic or group reaches: how far, how surely, and since when.

    A flow that ended before the data can have come to it carries nothing on. Ends with exit code 1 when nothing is
    reached.
    """
    from flowaudit.cli.impact_page import show_impact
    from flowaudit.cli.reading import read_graph
    from flowaudit.errors import ExitCode
    from flowaudit.graph.constraint import Constraint
    from flowaudit.graph.evidence import Tier
    from flowaudit.graph.flow_index import FlowIndex
    from flowaudit.graph.impact import origins_of, reached_by

    snapshot = read_graph(graph, state, context.obj)
    index = FlowIndex(snapshot)
    ask = origins_of if upstream else reached_by
    found = ask(index, index.lookup.find(name), Constraint(Tier(minimum_tier)))
    show_impact(snapshot, name, found, upstream=upstream, result_format=format_)
    if not found:
        raise typer.Exit(ExitCode.FINDINGS)
