"""`flowaudit topology …`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flowaudit.cli.options import Format, FormatOption


def build_topology() -> typer.Typer:
    """The commands about topology files."""
    commands = typer.Typer(
        help="Check, draft and describe topology files: what an estate's owner declares.",
        rich_markup_mode=None,
        no_args_is_help=True,
    )
    commands.command("validate")(validate)
    commands.command("import")(import_)
    commands.command("schema")(schema)
    return commands


def validate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Topology file (YAML).")],
    *,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Check a topology file, and name every mistake in it with its line and the nearest valid word.

    Ends with exit code 0 when the file can be used, with 2 when it cannot.
    """
    from flowaudit.cli.topology_answer import print_validation
    from flowaudit.errors import ExitCode
    from flowaudit.topology.load import TopologyInvalid, load_topology

    try:
        topology = load_topology(file)
    except TopologyInvalid as error:
        if not error.mistakes:
            raise
        print_validation(file, None, error.mistakes, format_)
        raise typer.Exit(ExitCode.USAGE) from None
    print_validation(file, topology, (), format_)


def import_(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="A graph file, or one or more AsyncAPI 3.0 documents.")
    ],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write the draft here instead of on stdout.")
    ] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Draft a topology from what is there: a graph, or AsyncAPI documents. Purposes are left for you to fill in.

    Of a graph, flows between systems are taken over at tier confirmed or better; of AsyncAPI documents, what
    applications send and receive. Comments name what was left out.
    """
    from flowaudit.cli.output import write_file
    from flowaudit.cli.topology_answer import print_draft
    from flowaudit.cli.topology_import import draft_from
    from flowaudit.topology.draft import draft_text

    draft = draft_from(files, context.obj)
    if output is not None:
        write_file(output, draft_text(draft).encode())
        return
    print_draft(draft, format_)


def schema() -> None:
    """Print the JSON Schema of topology files, for editors that complete and check them."""
    from flowaudit.cli.output import print_text
    from flowaudit.topology.json_schema import schema_text

    print_text(schema_text())
