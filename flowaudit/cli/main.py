"""The entry point: every outcome of a command as one exit code and, when it failed, one line on stderr.

Start-up must be quick, so nothing heavy is imported here or at the top of a command's module.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from flowaudit.cli.commands.check import check
from flowaudit.cli.commands.cut import cut
from flowaudit.cli.commands.demo import demo
from flowaudit.cli.commands.diff import diff
from flowaudit.cli.commands.doctor import doctor
from flowaudit.cli.commands.export import export
from flowaudit.cli.commands.impact import impact
from flowaudit.cli.commands.path import path
from flowaudit.cli.commands.policy import build_policy
from flowaudit.cli.commands.run import run
from flowaudit.cli.commands.score import score
from flowaudit.cli.commands.show import show
from flowaudit.cli.commands.simulate import simulate
from flowaudit.cli.commands.snapshot import snapshot
from flowaudit.cli.commands.topology import build_topology
from flowaudit.cli.commands.worker import worker
from flowaudit.cli.terminal import printable
from flowaudit.cli.wiring import Bootstrap, Wiring
from flowaudit.crashes import leave_no_data, report_of
from flowaudit.errors import ExitCode, FlowAuditError

BUG = 70
"""Exit code of an unexpected exception (EX_SOFTWARE of sysexits.h)."""
INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + SIGINT."""

ABOUT = """Where does this data really go, and who gets to join it with what?

flowaudit watches Kafka from the side, proves who reads and who writes each topic, notices when the same person
reappears in another topic, and draws the whole as one graph of evidence.

Exit codes: 0 clean, 1 findings or no such path, 2 bad configuration or usage, 3 the cluster cannot be reached.
"""


def build_app() -> typer.Typer:
    """All commands."""
    app = typer.Typer(
        name="flowaudit",
        help=ABOUT,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_version)
    for command in (demo, snapshot, run, worker, doctor, show, path, impact, cut, check, diff, export, simulate, score):
        app.command()(command)
    app.add_typer(build_topology(), name="topology")
    app.add_typer(build_policy(), name="policy")
    return app


def _print_version(value: bool) -> None:
    if value:
        from flowaudit import __version__  # noqa: PLC0415 - start-up

        sys.stdout.write(f"flowaudit {__version__}\n")
        raise typer.Exit


def _version(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    del version  # its callback has done all there is to do


def main(arguments: Sequence[str] | None = None, wiring: Wiring | None = None) -> int:
    """Run one command and return its exit code. Never raises."""
    try:
        result = build_app()(
            args=list(sys.argv[1:] if arguments is None else arguments) or ["--help"],
            prog_name="flowaudit",
            standalone_mode=False,
            obj=wiring or Bootstrap(),
        )
    except FlowAuditError as error:
        return _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        return _fail(f"{_message(error)} (`flowaudit --help` shows what there is)", ExitCode.USAGE)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 (whatever it is, this is where it ends)
        if os.environ.get("FLOWAUDIT_DEBUG"):
            sys.stderr.write(report_of(error))
        return _fail(_bug(error), BUG)
    return result if isinstance(result, int) else ExitCode.CLEAN


def entry() -> int:
    """The console script: a process of its own, whatever becomes of it."""
    leave_no_data()
    return main()


def _fail(message: str, code: int) -> int:
    """One line on stderr (a configuration with many mistakes has one line for each)."""
    try:
        shown = printable(message, keep="\n")
        sys.stderr.write(f"flowaudit: {shown}\n")
        sys.stderr.flush()
    except (BrokenPipeError, ValueError):
        pass  # nobody listens any more; the exit code still says it
    return int(code)


def _message(error: typer.TyperException) -> str:
    return " ".join(error.format_message().split()).rstrip(".")


def _bug(error: Exception) -> str:
    """What went wrong and where, without the exception's text: it may quote what must not be shown."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "flowaudit" in frame.filename]
    place = f" at {ours[-1].name}, line {ours[-1].lineno}" if ours else ""
    name = type(error).__name__
    return f"this is a bug in flowaudit: {name}{place}; FLOWAUDIT_DEBUG=1 shows the traceback, please report it"
