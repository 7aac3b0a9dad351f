"""`flowaudit score`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flowaudit.cli.options import Format, FormatOption, GraphArgument, StateOption


def score(
    context: typer.Context,
    graph: GraphArgument = None,
    *,
    truth: Annotated[Path, typer.Option("--truth", metavar="FILE", help="Truth document that `simulate` wrote.")],
    state: StateOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Compare a graph with what is true: precision, recall and F1 by edge kind and tier, decoys, reachability."""
    from flowaudit.cli.output import print_json
    from flowaudit.cli.reading import read_graph
    from flowaudit.cli.score_table import print_score, score_document, scored_edges
    from flowaudit.estates.score import score as compare
    from flowaudit.estates.truth import load_truth

    result = compare(scored_edges(read_graph(graph, state, context.obj)), load_truth(truth))
    if format_ is Format.JSON:
        print_json(score_document(result))
    else:
        print_score(result)
