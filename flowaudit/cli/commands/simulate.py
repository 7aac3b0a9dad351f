"""`flowaudit simulate`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def simulate(  # noqa: PLR0913 - one parameter an option
    context: typer.Context,
    topology: Annotated[
        Path,
        typer.Argument(metavar="TOPOLOGY", help="Folder of a topology, such as topologies/beijing-public-housing."),
    ],
    *,
    bootstrap_servers: Annotated[
        str,
        typer.Option(
            "--bootstrap-servers", metavar="SERVERS", help="Cluster to write to, host:port. The topics are made there."
        ),
    ],
    rate: Annotated[
        float | None, typer.Option("--rate", metavar="N", min=0.1, help="Lock events a second, on the average.")
    ] = None,
    duration: Annotated[
        float | None, typer.Option("--duration", metavar="SECONDS", min=1, help="Stop by itself after so many seconds.")
    ] = None,
    truth: Annotated[
        Path | None, typer.Option("--truth", metavar="FILE", help="Where to write what is true, for `score`.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed gives the same estate.")] = 1,
    scale: Annotated[
        float, typer.Option("--scale", metavar="SHARE", min=0.0001, max=1, help="1 is the whole population.")
    ] = 0.01,
) -> None:
    """Run a topology as real Kafka clients, every system a process of its own, and write down what is true.

    This command writes to the cluster that it is given: use one of your own.
    """
    from flowaudit.cli.stopping import stop_on_signals
    from flowaudit.cli.story import Storyteller
    from flowaudit.cli.wiring import Simulation

    simulation = Simulation(topology, bootstrap_servers, rate, duration, truth, seed, scale)
    with stop_on_signals() as stop:
        context.obj.simulation(simulation, progress=Storyteller(), stop=stop)
