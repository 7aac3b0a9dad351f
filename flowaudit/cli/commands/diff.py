"""`flowaudit diff`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flowaudit.cli.options import Format, FormatOption, Known, MinimumTierOption


def diff(
    context: typer.Context,
    before: Annotated[
        Path, typer.Argument(metavar="A", help="Graph file, or state directory of `flowaudit run`: how it was.")
    ],
    after: Annotated[Path, typer.Argument(metavar="B", help="The same: how it is.")],
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many new paths to show at most.")] = 20,
    minimum_tier: MinimumTierOption = Known.SUSPECTED,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Tell what changed between two graphs: flows, how sure they are, and which systems can be reached now.

    --minimum-tier is for the new paths only. Ends with exit code 1 when anything differs.
    """
    from flowaudit.cli.diff_page import show_diff
    from flowaudit.cli.reading import read_place
    from flowaudit.errors import ExitCode
    from flowaudit.graph.constraint import Constraint
    from flowaudit.graph.diff import Moment, compare
    from flowaudit.graph.evidence import Tier

    constraint = Constraint(Tier(minimum_tier))
    was, now = (Moment(read_place(place, context.obj), constraint) for place in (before, after))
    drift = compare(was, now, limit)
    show_diff(drift, now.snapshot, format_)
    if not drift.is_none:
        raise typer.Exit(ExitCode.FINDINGS)
