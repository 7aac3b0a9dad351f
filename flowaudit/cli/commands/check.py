"""`flowaudit check`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flowaudit.cli.options import GraphArgument, StateOption, TopologyOption


class FindingsFormat(StrEnum):
    """How findings are told."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"


def check(  # noqa: PLR0913 - one parameter an option
    context: typer.Context,
    graph: GraphArgument = None,
    *,
    policy: Annotated[
        Path, typer.Option("--policy", metavar="FILE", help="Policy file; docs/rules.md has every rule.")
    ],
    topology: TopologyOption = None,
    state: StateOption = None,
    format_: Annotated[
        FindingsFormat, typer.Option("--format", help="How the findings are told.")
    ] = FindingsFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="File to write. [default: stdout]")
    ] = None,
    today: Annotated[
        str, typer.Option("--today", metavar="DATE", help="Hold suppressions against this day. [default: today, UTC]")
    ] = "",
) -> None:
    """Hold a graph against a policy: forbidden flows, purposes, readers that nobody declared, feedback, rights.

    Ends with exit code 1 when there are findings that no suppression covers.
    """
    from flowaudit.cli.check_page import tell
    from flowaudit.cli.policy_reading import read_day, read_policy
    from flowaudit.cli.reading import read_graph
    from flowaudit.errors import ExitCode
    from flowaudit.policy.check import check as hold_against
    from flowaudit.topology.load import load_topology

    asked = read_policy(policy)
    declared = load_topology(topology) if topology else None
    day = read_day(today)
    report = hold_against(read_graph(graph, state, context.obj), asked, declared, day)
    tell(report, policy.as_posix(), format_.value, output)
    if not report.is_clean:
        raise typer.Exit(ExitCode.FINDINGS)
