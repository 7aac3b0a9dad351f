"""`flowaudit snapshot`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flowaudit.cli.options import (
    BootstrapServersOption,
    ConfigOption,
    Format,
    FormatOption,
    TapOption,
    TopologyOption,
)


def snapshot(  # noqa: PLR0913 - one parameter an option
    context: typer.Context,
    *,
    bootstrap_servers: BootstrapServersOption = None,
    config: ConfigOption = None,
    topology: TopologyOption = None,
    tap: TapOption = None,
    duration: Annotated[
        float, typer.Option("--duration", metavar="SECONDS", min=1, help="How long to watch, in seconds.")
    ] = 30,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Where the graph is written; - is stdout.")
    ] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Watch a cluster once and write its graph.

    Metadata rights are enough: without --tap no record is read, and the graph says what it could not see. The graph
    goes to graph.json unless --output says otherwise; with --format json and no --output it goes to stdout. Ctrl-C
    ends the watching early, and the graph of what was seen until then is written.
    """
    from flowaudit.cli.graph_output import deliver
    from flowaudit.cli.settings import settings_from
    from flowaudit.cli.stopping import stop_on_signals
    from flowaudit.cli.story import Storyteller

    settings = settings_from(config, bootstrap_servers=bootstrap_servers, topology=topology, tap=tap)
    progress = Storyteller()
    with stop_on_signals() as stop:
        graph = context.obj.snapshot(settings, duration_s=duration, progress=progress, stop=stop)
    deliver(graph, output=output, result_format=format_, progress=progress)
