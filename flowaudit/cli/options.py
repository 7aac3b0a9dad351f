"""Options that several commands share, so that they are called and explained the same everywhere."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"


class View(StrEnum):
    """From how far away a graph is looked at."""

    SUMMARY = "summary"
    SYSTEM = "system"
    TOPIC = "topic"
    IDENTITY = "identity"


class Known(StrEnum):
    """How well a flow is known, as tiers: what was seen or inferred, the strongest first."""

    PROVEN = "proven"
    OBSERVED = "observed"
    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    SUSPECTED = "suspected"


MinimumTierOption = Annotated[
    Known, typer.Option("--minimum-tier", help="Leave out flows that are known less well than this.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How the result is printed on stdout.")]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="Configuration file (YAML); docs/reference-config.yaml has every key."
    ),
]
BootstrapServersOption = Annotated[
    str | None,
    typer.Option(
        "--bootstrap-servers", metavar="SERVERS", help="Brokers of the audited cluster, host:port[,host:port …]."
    ),
]
TopologyOption = Annotated[
    Path | None, typer.Option("--topology", metavar="FILE", help="Topology file: what is declared.")
]
TapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--tap",
        metavar="REGEX",
        help="Regular expression of topics whose records may be read. May be given more than once.",
    ),
]
GraphArgument = Annotated[
    Path | None, typer.Argument(metavar="GRAPH", help="Graph file. [default: graph.json]", show_default=False)
]
StateOption = Annotated[
    Path | None,
    typer.Option("--state", metavar="DIR", help="State directory of `flowaudit run`, instead of a graph file."),
]
DEFAULT_GRAPH = Path("graph.json")
