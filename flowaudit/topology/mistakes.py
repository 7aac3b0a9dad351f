"""Mistakes in a file that a person wrote: all of them at once, each with its line and the nearest valid word."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import msgspec


class Mistake(msgspec.Struct, frozen=True):
    """One thing that is wrong; `line` counts from 1."""

    line: int
    text: str


class Mistakes:
    """Collects what is wrong with one file; `source` is the file's name as the user gave it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._found: list[Mistake] = []

    def add(self, line: int, text: str) -> None:
        """Note a mistake; reading goes on, so that the user hears of all of them."""
        self._found.append(Mistake(line, text))

    @property
    def found(self) -> tuple[Mistake, ...]:
        """What was noted, in the order of the lines."""
        return tuple(sorted(self._found, key=lambda mistake: mistake.line))

    def message(self) -> str:
        """All mistakes, one a line, as `file:line: what is wrong`."""
        return "\n".join(f"{self.source}:{mistake.line}: {mistake.text}" for mistake in self.found)


def nearest(word: str, valid: Iterable[str]) -> str:
    """A hint for a wrong word: the nearest valid one, or all of them when none is near."""
    choices = sorted(valid)
    close = get_close_matches(word, choices, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"valid: {', '.join(choices)}" if choices else "nothing is valid here"
