"""Schema ids that a topic's keys or values begin with. Pure.

A single first byte says little (see `schema_registry.framing`), so `SchemaTally` believes what repeats. A longer binary
payload that begins with a 64-bit number may still look like it; where a registry answers, its word stands.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from flowaudit.sources.schema_registry.framing import id_in_front

_LEAST_RECORDS: Final = 8
_LEAST_OF_AN_ID: Final = 3
_MOST_IDS: Final = 8
_MOST_HELD: Final = 64
_LEAST_SHARE: Final = 0.9
_RECORDS_AT_ONCE: Final = 10_000


class SchemaTally:
    """The keys, or the values, of one topic: how many begin with what may be a schema id, and with which."""

    def __init__(self) -> None:
        self._records = 0
        self._framed = 0
        self._ids: Counter[str] = Counter()

    def add(self, payload: bytes) -> bool:
        """Take in one record; says whether it may begin with a schema id.

        After ten thousand the tally begins anew: producers change.
        """
        if self._records >= _RECORDS_AT_ONCE:
            self._records = self._framed = 0
            self._ids.clear()
        self._records += 1
        schema_id = id_in_front(payload)
        if schema_id:
            self._framed += 1
            if schema_id in self._ids or len(self._ids) < _MOST_HELD:
                self._ids[schema_id] += 1
        return bool(schema_id)

    def certain(self) -> set[str]:
        """Ids that repeat: at least 8 records, nine in ten of them framed, with 8 different ids at most."""
        if self._records < _LEAST_RECORDS or len(self._ids) > _MOST_IDS or not self._is_framed():
            return set()
        return {schema_id for schema_id, records in self._ids.items() if records >= _LEAST_OF_AN_ID}

    def possible(self) -> set[str]:
        """Ids that a registry may be asked for: those of a topic that is framed throughout, and few."""
        few = len(self._ids) <= _MOST_IDS
        return set(self._ids) if few and self._is_framed() else set()

    def _is_framed(self) -> bool:
        return self._framed >= _LEAST_SHARE * self._records > 0
