"""`flowaudit policy …`."""
# ruff: noqa: PLC0415 - heavy imports wait until the command runs: `flowaudit --help` must be quick

from __future__ import annotations

import typer


def build_policy() -> typer.Typer:
    """The commands about policies."""
    commands = typer.Typer(
        help="Describe what `flowaudit check` can ask of a graph.", rich_markup_mode=None, no_args_is_help=True
    )
    commands.callback()(_policy)
    commands.command("rules")(rules)
    return commands


def _policy() -> None:
    # With a callback the only subcommand keeps its name.
    return


def rules() -> None:
    """Print every rule with its rationale, its keys and an example (Markdown; docs/rules.md is the same)."""
    from flowaudit.cli.output import print_text
    from flowaudit.policy.documentation import documentation

    print_text(documentation())
