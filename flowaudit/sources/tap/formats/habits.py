"""What the records of one topic have in common that no single record tells. Pure.

Three things: how its texts are divided, whether binary records without a schema are Protobuf (some other bytes can be
read as Protobuf too, and then nine in ten cannot), and whether its keys are UUIDs as sixteen bytes. All are learned
from sampled records and settled together with the decisions on fields, so they follow from the sequence of records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flowaudit.sources.tap.formats.delimited import Dialect, TextTally

_SETTLED_TEXTS: Final = 64
_LEAST_TRIED: Final = 8
_LEAST_SHARE: Final = 0.9
_FORMLESS_SHARE: Final = 0.8
"""Of random bytes, a few can be read as some format."""
UUID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Habits:
    """What is known as of now."""

    dialect: Dialect | None = None
    texts_are_known: bool = False
    """Has it been found out how texts are divided? Until then a text shows nothing."""
    fields_by_number: bool = True
    """May binary records be read as Protobuf without its schema?"""
    are_uuids: bool | None = None
    """Has every one sixteen bytes, and is hardly any of another format? None: not known yet."""


class HabitTally:
    """Counts of the sampled records of one span of a partition, of its keys or its values.

    `own` is what the span found out by itself; `habits` fills what it has not found out yet with what was known before.
    """

    def __init__(self, before: Habits | None = None) -> None:
        self._before = before or Habits()
        self._texts = TextTally()
        self._tried = 0
        self._read = 0
        self._keys = 0
        self._sixteen = 0
        self._formless = 0
        self.own = Habits()
        self.habits = self._before

    def add_text(self, text: str) -> None:
        """Count a record that is plain text."""
        if self._texts.texts < _SETTLED_TEXTS:
            self._texts.add(text)

    def add_binary(self, *, is_read: bool) -> None:
        """Count a record of no known format: could it be read by field numbers?"""
        self._tried += 1
        self._read += is_read

    def add_key(self, key: bytes, *, is_read: bool) -> None:
        """Count a record's key: could it be read?"""
        self._keys += 1
        self._sixteen += len(key) == UUID_BYTES
        self._formless += not is_read

    def settle(self) -> bool:
        """Make the habits those of what was counted; says whether they changed."""
        earlier, before = self.habits, self._before
        known, tried = self._texts.is_enough, self._tried >= _LEAST_TRIED
        by_number = self._read >= _LEAST_SHARE * self._tried
        are_uuids = None
        if self._keys >= _LEAST_TRIED:
            are_uuids = self._sixteen == self._keys and self._formless >= _FORMLESS_SHARE * self._keys
        self.own = Habits(self._texts.dialect() if known else None, known, by_number or not tried, are_uuids)
        self.habits = Habits(
            self.own.dialect if known else before.dialect,
            known or before.texts_are_known,
            by_number if tried else before.fields_by_number,
            before.are_uuids if are_uuids is None else are_uuids,
        )
        return self.habits != earlier
