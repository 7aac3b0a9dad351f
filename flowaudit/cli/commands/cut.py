"""`flowaudit cut`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

from typing import Annotated

import typer

from flowaudit.cli.options import Format, FormatOption, GraphArgument, Known, MinimumTierOption, StateOption


def cut(  # noqa: PLR0913 - one parameter an option
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="SRC", help="Where data starts: a system, topic:NAME or group:NAME.")
    ],
    target: Annotated[str, typer.Argument(metavar="DST", help="Where it must not arrive.")],
    graph: GraphArgument = None,
    *,
    state: StateOption = None,
    minimum_tier: MinimumTierOption = Known.SUSPECTED,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Name the fewest flows that would have to end so that no data gets from one place to another.

    Each with its evidence, and with the readings that are there to be revoked. Ends with exit code 1 when there is no
    way to cut.
    """
    from flowaudit.cli.cut_page import show_cut
    from flowaudit.cli.reading import read_graph
    from flowaudit.errors import ExitCode
    from flowaudit.graph.constraint import Constraint
    from flowaudit.graph.cuts import smallest_cut
    from flowaudit.graph.evidence import Tier
    from flowaudit.graph.flow_index import FlowIndex

    index = FlowIndex(read_graph(graph, state, context.obj))
    ends = index.lookup.find(source), index.lookup.find(target)
    found = smallest_cut(index, *ends, Constraint(Tier(minimum_tier)))
    show_cut(found, (source, target), format_)
    if not found.hops:
        raise typer.Exit(ExitCode.FINDINGS)
