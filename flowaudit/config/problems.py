"""Mistakes in a configuration: collected, then told together, each with its place and a way out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flowaudit.errors import UsageError


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. It never holds the value of a secret."""

    place: str
    """`flowaudit.yaml line 3`, `FLOWAUDIT_KAFKA__SASL_USERNAME` or `--bootstrap-servers`."""
    key: str
    """`kafka.bootstrap_servers`; empty when the whole file is meant."""
    message: str

    @property
    def line(self) -> str:
        """One line: place, key, what is wrong."""
        return ": ".join(part for part in (self.place, self.key, self.message) if part)


class ConfigInvalid(UsageError):
    """The configuration cannot be used; `problems` holds every mistake that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=_reading_order))
        count = len(self.problems)
        lines = [problem.line for problem in self.problems]
        super().__init__(lines[0] if count == 1 else "\n  ".join([f"{count} mistakes in the configuration:", *lines]))


def _reading_order(problem: Problem) -> tuple[str, str, str]:
    """Line 9 before line 10."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(8), problem.place), problem.key, problem.message


def nearest(word: str, valid: Sequence[str]) -> str:
    """The end of an error sentence: the valid word that looks most like `word`, or the list of all."""
    close = difflib.get_close_matches(word, valid, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"valid are {', '.join(sorted(valid))}"


def shown(value: object, limit: int = 60) -> str:
    """A value as an error message shows it: quoted, control characters escaped, not longer than `limit`."""
    text = ascii(value) if not isinstance(value, str) else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
