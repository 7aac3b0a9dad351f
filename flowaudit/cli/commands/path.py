"""`flowaudit path`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

from typing import Annotated

import typer

from flowaudit.cli.options import Format, FormatOption, GraphArgument, Known, MinimumTierOption, StateOption


def path(  # noqa: PLR0913 - one parameter an option
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="SRC", help="Where data starts: a system, topic:NAME or group:NAME.")
    ],
    target: Annotated[str, typer.Argument(metavar="DST", help="Where it arrives.")],
    graph: GraphArgument = None,
    *,
    state: StateOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many paths to show at most.")] = 3,
    minimum_tier: MinimumTierOption = Known.SUSPECTED,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show how data gets from one place to another, hop by hop, with the evidence.

    Ends with exit code 1 when there is no such path.
    """
    from flowaudit.cli.path_answer import answer
    from flowaudit.cli.reading import read_graph
    from flowaudit.errors import ExitCode
    from flowaudit.graph.evidence import Tier
    from flowaudit.graph.flow_index import FlowIndex
    from flowaudit.graph.paths import search_paths

    snapshot = read_graph(graph, state, context.obj)
    search = search_paths(snapshot, source, target, limit, index=FlowIndex(snapshot).at_least(Tier(minimum_tier)))
    answer(snapshot, search, (source, target), format_)
    if not search.paths:
        raise typer.Exit(ExitCode.FINDINGS)
