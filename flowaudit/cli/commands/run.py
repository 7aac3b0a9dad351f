"""`flowaudit run`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

import typer

from flowaudit.cli.options import BootstrapServersOption, ConfigOption, TapOption, TopologyOption


def run(
    context: typer.Context,
    *,
    config: ConfigOption = None,
    bootstrap_servers: BootstrapServersOption = None,
    topology: TopologyOption = None,
    tap: TapOption = None,
) -> None:
    """Audit a cluster until stopped: ledger, web page, /metrics, /healthz, /readyz.

    Ctrl-C or SIGTERM finishes what is being read, then ends with exit code 0.
    """
    from flowaudit.cli.settings import settings_from
    from flowaudit.cli.stopping import stop_on_signals
    from flowaudit.cli.story import Storyteller

    settings = settings_from(config, bootstrap_servers=bootstrap_servers, topology=topology, tap=tap)
    with stop_on_signals() as stop:
        context.obj.service(settings, progress=Storyteller(), stop=stop)
