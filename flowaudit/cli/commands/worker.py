"""`flowaudit worker`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

import typer

from flowaudit.cli.options import ConfigOption


def worker(context: typer.Context, *, config: ConfigOption = None) -> None:
    """Run one more tap worker of a deployment that has an audit_cluster."""
    from flowaudit.cli.settings import settings_from
    from flowaudit.cli.stopping import stop_on_signals
    from flowaudit.cli.story import Storyteller
    from flowaudit.errors import UsageError

    settings = settings_from(config)
    if settings.audit_cluster is None:
        msg = "workers share the tap over an audit cluster, and none is configured; set audit_cluster.bootstrap_servers"
        raise UsageError(msg)
    with stop_on_signals() as stop:
        context.obj.worker(settings, progress=Storyteller(), stop=stop)
