"""Tables of a page, and the names of strangers in them."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flowaudit.cli.terminal import printable


def print_table(
    console: Console,
    title: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
    *,
    numbers: tuple[int, ...] = (),
    empty: str = "",
) -> None:
    """Print a table with a title; columns at the places `numbers` are aligned to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console.print()
    console.print(title, style="bold")
    console.print(table if table.row_count else (empty or "none"))
