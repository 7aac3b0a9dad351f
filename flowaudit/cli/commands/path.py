"""`flowaudit path`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

from typing import Annotated

import typer

from flowaudit.cli.options import Format, FormatOption, GraphArgument, StateOption


def path(  # noqa: PLR0913 - one parameter an option
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="SRC", help="Where data starts: a system, or topic:NAME, group:NAME.")
    ],
    target: Annotated[str, typer.Argument(metavar="DST", help="Where it arrives.")],
    graph: GraphArgument = None,
    *,
    state: StateOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="How many paths to show at most.")] = 3,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show how data gets from one place to another, hop by hop, with the evidence.

    Ends with exit code 1 when there is no such path.
    """
    from flowaudit.cli.hops import path_document, print_path
    from flowaudit.cli.output import print_json, print_text, result_console
    from flowaudit.cli.reading import read_graph
    from flowaudit.cli.resolve import resolve
    from flowaudit.cli.terminal import printable
    from flowaudit.errors import ExitCode
    from flowaudit.graph.paths import find_paths

    question = resolve(read_graph(graph, state, context.obj), source, target)
    paths = find_paths(question.snapshot, question.source, question.target, limit)
    if format_ is Format.JSON:
        print_json({"paths": [path_document(found) for found in paths]})
    elif paths:
        with result_console() as console:
            for found in paths:
                print_path(console, found)
    else:
        print_text(printable(f"no path from {question.source.document_id} to {question.target.document_id}"))
    if not paths:
        raise typer.Exit(ExitCode.FINDINGS)
