"""Pieces of HTML. Every text goes through `text`: names come from strangers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from flowaudit.exports.text import label

STYLE = """\
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.5rem }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #8884; padding: .35rem .8rem .35rem 0; text-align: left; vertical-align: top }
th { font-weight: 600; opacity: .7 } td { overflow-wrap: anywhere }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.dim { opacity: .7 }
"""
"""The one style sheet. Nothing in it loads anything."""


def page(title: str, *parts: str) -> str:
    """A document (HTML 5) without any script."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{text(title)} · flowaudit</title>\n<link rel="stylesheet" href="/style.css">\n</head>\n'
        f"<body>\n<h1>{text(title)}</h1>\n{''.join(parts)}</body>\n</html>\n"
    )


def text(words: str) -> str:
    """Text as it stands in an element or in a quoted attribute."""
    return escape(label(words))


def heading(words: str) -> str:
    """The heading of a section."""
    return f"<h2>{text(words)}</h2>\n"


def paragraph(words: str, style: str = "") -> str:
    """A paragraph of plain text."""
    return f'<p class="{style}">{text(words)}</p>\n' if style else f"<p>{text(words)}</p>\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table of plain text; a line break within a cell stays one. `numbers` are columns that stand to the right."""
    styles = ['class="n"' if place in numbers else "" for place in range(len(columns))]
    head = "".join(f"<th scope=col {style}>{text(name)}</th>" for name, style in zip(columns, styles, strict=True))
    body = "".join(f"<tr>{_cells(row, styles)}</tr>\n" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"


def _cells(row: Sequence[str], styles: Sequence[str]) -> str:
    return "".join(
        f"<td {style}>{'<br>'.join(map(text, cell.splitlines()))}</td>" for cell, style in zip(row, styles, strict=True)
    )


def count(number: int) -> str:
    """`4,100`; a suppressed count is said to be one."""
    return f"{number:,}" if number else "too few to tell"
