"""Pieces of HTML. Every text goes through `text` or `name`: names come from strangers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import NewType

from flowaudit.exports.text import label

Markup = NewType("Markup", str)
"""HTML that was made here."""

NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page that can be linked to: `place` is its fragment, `title` its heading."""

    place: str
    title: str
    parts: tuple[Markup, ...]


def page(title: str, *lead: Markup, sections: Sequence[Section] = ()) -> str:
    """A document (HTML 5) without any script; where it has sections, links to them come first."""
    body = "".join((heading(title, level=1), *lead, *_contents(sections), *map(_section, sections)))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{text(title)} · flowaudit</title>\n<link rel="stylesheet" href="/style.css">\n</head>\n'
        f"<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def text(words: str) -> Markup:
    """Text as it stands in an element or in a quoted attribute."""
    return Markup(escape(label(words)))


def name(words: str) -> Markup:
    """Strangers' words among ours: however long, or written from right to left, they leave `a → b` as it is."""
    return Markup(f'<bdi dir="ltr">{text(words)}</bdi>')


def between(sign: str, parts: Iterable[Markup]) -> Markup:
    """The parts with a text between them."""
    return Markup(text(sign).join(parts))


def lines(parts: Iterable[Markup]) -> Markup:
    """The parts, each on a line of its own."""
    return Markup("<br>".join(parts))


def phrase(*parts: Markup) -> Markup:
    """The parts, one after the other."""
    return Markup("".join(parts))


def heading(words: str, place: str = "", level: int = 2) -> Markup:
    """A heading; `place` is the fragment that leads to it."""
    mark = f' id="{text(place)}"' if place else ""
    return Markup(f"<h{level}{mark}>{text(words)}</h{level}>\n")


def paragraph(words: Markup, style: str = "") -> Markup:
    """A paragraph."""
    return Markup(f'<p class="{style}">{words}</p>\n' if style else f"<p>{words}</p>\n")


def table(
    named_by: str, columns: Sequence[str], rows: Iterable[Sequence[Markup]], numbers: Sequence[int] = ()
) -> Markup:
    """A table whose name is the heading at `named_by`; a row's first cell says what the row is about.

    `numbers` are columns that stand to the right. A cell repeats its column's name, for screens too narrow for columns.
    """
    styles = [' class="n"' if place in numbers else "" for place in range(len(columns))]
    head = "".join(f'<th scope="col"{style}>{text(column)}</th>' for column, style in zip(columns, styles, strict=True))
    opened = [f'<td{style} data-column="{text(column)}">' for column, style in zip(columns, styles, strict=True)]
    body = "".join(f"<tr>{''.join(_cells(row, opened))}</tr>\n" for row in rows)
    start = f'<table aria-labelledby="{text(named_by)}">\n<thead><tr>{head}</tr></thead>\n<tbody>\n'
    return Markup(f"{start}{body}</tbody>\n</table>\n")


def count(number: int) -> str:
    """`4,100`; a suppressed count is said to be one."""
    return f"{number:,}" if number else "too few to tell"


def _contents(sections: Sequence[Section]) -> Iterator[str]:
    if sections:
        links = "".join(f'<li><a href="#{text(one.place)}">{text(one.title)}</a></li>\n' for one in sections)
        yield f'<nav aria-label="On this page">\n<ul>\n{links}</ul>\n</nav>\n'


def _section(section: Section) -> str:
    parts = "".join((heading(section.title, section.place), *section.parts))
    return f'<section aria-labelledby="{text(section.place)}">\n{parts}</section>\n'


def _cells(row: Sequence[Markup], opened: Sequence[str]) -> Iterator[str]:
    about, *rest = row
    yield f'<th scope="row">{about}</th>'
    for start, cell in zip(opened[1:], rest, strict=True):
        yield f"{start}{cell}</td>"
