"""`flowaudit demo`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flowaudit.cli.options import DEFAULT_GRAPH, Format, FormatOption

STORY = (
    ("lock", "travel-ban"),
    ("lock", "curfew"),
    ("curfew", "lock"),
    ("visitor-approval", "lock"),
)
"""The reference estate's ways that nobody declared: into the score and the bans, and back to the door."""


def demo(  # noqa: PLR0913 - one parameter an option
    context: typer.Context,
    *,
    duration: Annotated[
        float | None, typer.Option("--duration", metavar="SECONDS", min=5, help="Stop by itself after so many seconds.")
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", metavar="FILE", help="Where the graph is written.")
    ] = DEFAULT_GRAPH,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed gives the same estate.")] = 1,
    scale: Annotated[
        float, typer.Option("--scale", metavar="SHARE", min=0.0001, max=1, help="1 is 120,000 tenants.")
    ] = 0.01,
    rate: Annotated[
        float | None, typer.Option("--rate", metavar="N", min=0.1, help="Lock events a second, on the average.")
    ] = None,
    kafka_home: Annotated[
        Path | None,
        typer.Option(
            "--kafka-home",
            envvar="FLOWAUDIT_KAFKA_HOME",
            help="An installed Apache Kafka 4.x to run, not a fetched one.",
        ),
    ] = None,
    java_home: Annotated[
        Path | None,
        typer.Option("--java-home", envvar="FLOWAUDIT_JAVA_HOME", help="An installed Java 17 or newer to run it on."),
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the web page.")] = True,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Start a real Kafka, the reference estate on it, and the auditor; tell what it finds as it finds it.

    Nothing needs to be installed and no other cluster is touched. Ctrl-C stops everything and still tells the end of
    the story.
    """
    from flowaudit.bootstrap import DemoOptions
    from flowaudit.cli.demo_story import tell_ending
    from flowaudit.cli.output import require_writable, write_file
    from flowaudit.cli.stopping import stop_on_signals
    from flowaudit.cli.story import Storyteller
    from flowaudit.graph.document import dump

    options = DemoOptions(
        duration_s=duration,
        seed=seed,
        scale=scale,
        rate=rate,
        open_browser=browser,
        kafka_home=kafka_home,
        java_home=java_home,
    )
    require_writable(output)
    with stop_on_signals() as stop:
        result = context.obj.demo(options, progress=Storyteller(), stop=stop)
    write_file(output, dump(result.snapshot))
    tell_ending(result.snapshot, output, STORY, format_)
