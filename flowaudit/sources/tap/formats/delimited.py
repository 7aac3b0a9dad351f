"""Delimited text: rows of columns, or of named values, with a delimiter that the topic's own records show. Pure.

No text says what its delimiter is. `TextTally` counts, over sampled records, how many columns each possible delimiter
makes; a delimiter is believed when nine in ten records have the same number of columns, more than one. It holds counts,
never a text.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

_DELIMITERS: Final = ("\t", "|", ";", ",", "\x1f", "~", "^", "&", " ")
"""In the order of preference: what stands further left is rarer within a value."""
_INNER: Final = (";", ",", "|", "~", "^")
_LEAST_TEXTS: Final = 8
_LEAST_SHARE: Final = 0.9
_LEAST_SPLIT_SHARE: Final = 0.5
_MOST_COLUMNS: Final = 256
_ANY_DELIMITER: Final = re.compile(r"[\t|;,\x1f~^&=]|: ")
_PAIR: Final = re.compile(r"\s*([A-Za-z_][\w.-]{0,63})\s*[=:]\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a topic's texts are divided."""

    delimiter: str
    inner: str = ""
    """What divides a column into several values; empty: nothing."""
    named: bool = False
    """Is each column a name and a value, as in `id=7;kind=exit`?"""


class TextTally:
    """What the sampled texts of one topic have in common. The order of the texts does not matter."""

    def __init__(self) -> None:
        self.texts = 0
        self._columns = {each: Counter[int]() for each in _DELIMITERS}
        self._named: Counter[str] = Counter()
        self._split: Counter[str] = Counter()

    def add(self, text: str) -> None:
        """Count one text."""
        self.texts += 1
        self._split.update(each for each in _INNER if each in text)
        for delimiter in _DELIMITERS:
            if delimiter in text:
                columns = _columns(text, delimiter)
                self._columns[delimiter][len(columns)] += 1
                self._named[delimiter] += all(map(_PAIR.fullmatch, columns))

    @property
    def is_enough(self) -> bool:
        """Have enough texts been counted to say how they are divided?"""
        return self.texts >= _LEAST_TEXTS

    def dialect(self) -> Dialect | None:
        """The dialect that the texts show; None: they are undivided."""
        for delimiter in _DELIMITERS:
            named = self._named[delimiter] >= _LEAST_SHARE * self.texts
            if named or self._is_regular(delimiter):
                return Dialect(delimiter, self._inner(delimiter), named)
        return None

    def _is_regular(self, delimiter: str) -> bool:
        # A sentence has spaces too, and now and then as many as the next one.
        counts = self._columns[delimiter]
        return delimiter != " " and max(counts.values(), default=0) >= _LEAST_SHARE * self.texts

    def _inner(self, delimiter: str) -> str:
        least = _LEAST_SPLIT_SHARE * self.texts
        return next((each for each in _INNER if each != delimiter and self._split[each] >= least), "")


def is_undivided(text: str) -> bool:
    """Can no delimiter divide it?"""
    return _ANY_DELIMITER.search(text) is None


def parse_text(text: str, dialect: Dialect | None) -> object:
    """The text as its columns by number, as its named values, or as it is. A column may be a list of values."""
    if dialect is None:
        return text
    columns = _columns(text, dialect.delimiter)
    if dialect.named:
        pairs = (_PAIR.fullmatch(column) for column in columns)
        return {pair[1]: _divided(pair[2], dialect.inner) for pair in pairs if pair is not None}
    return {number: _divided(column, dialect.inner) for number, column in enumerate(columns)}


def _columns(text: str, delimiter: str) -> list[str]:
    if '"' in text:
        try:
            rows = list(csv.reader([text], delimiter=delimiter))
        except csv.Error:
            rows = []
        if len(rows) == 1:
            return rows[0][:_MOST_COLUMNS]
    return text.rstrip("\r\n").split(delimiter, _MOST_COLUMNS)[:_MOST_COLUMNS]


def _divided(column: str, inner: str) -> object:
    return column.split(inner, _MOST_COLUMNS)[:_MOST_COLUMNS] if inner and inner in column else column
