"""`flowaudit doctor`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

import typer

from flowaudit.cli.options import BootstrapServersOption, ConfigOption, Format, FormatOption, TapOption


def doctor(
    context: typer.Context,
    *,
    bootstrap_servers: BootstrapServersOption = None,
    config: ConfigOption = None,
    tap: TapOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Say which channels work, which rights are missing, what that hides, and how to grant them.

    Nothing is changed and no record is read. Ends with exit code 0 when everything that is configured works, with 1
    when something is missing, with 3 when the cluster does not answer.
    """
    from flowaudit.cli.doctor_document import doctor_document
    from flowaudit.cli.doctor_page import print_doctor
    from flowaudit.cli.output import print_json
    from flowaudit.cli.settings import settings_from
    from flowaudit.errors import ExitCode

    settings = settings_from(config, bootstrap_servers=bootstrap_servers, tap=tap)
    report = context.obj.doctor(settings)
    if format_ is Format.JSON:
        print_json(doctor_document(report))
    else:
        print_doctor(report)
    if not report.diagnosis.is_complete:
        raise typer.Exit(ExitCode.FINDINGS)
