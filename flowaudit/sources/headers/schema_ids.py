"""Schema ids in headers and in front of keys and values. Pure.

In front of the payload: byte 0 and a number of 32 bits (Confluent's wire format), or byte 1 and a GUID (Schema
Registry 8). In headers: `__key_schema_id` and `__value_schema_id` with the same bytes, and Apicurio's
`apicurio.value.globalId` (64 bits). A header with such a name says enough. A first byte says little: many numbers begin
with 0. So `SchemaTally` believes what repeats, and payloads of 4 and 8 bytes are not counted. A longer binary payload
that begins with a 64-bit number may still look like it; where a registry answers, its word stands.
"""

from __future__ import annotations

from collections import Counter
from typing import Final
from uuid import UUID

from flowaudit.sources.headers.named import Headers

_NUMBERED, _BY_GUID = 0, 1
_NUMBER_END: Final = 5
_GUID_END: Final = 17
_GLOBAL_ID_BYTES: Final = 8
_PLAIN_NUMBERS: Final = frozenset({4, 8})
"""Lengths of payloads that are rather an int or a long than a schema id and three bytes."""
_LEAST_RECORDS: Final = 8
_LEAST_OF_AN_ID: Final = 3
_MOST_IDS: Final = 8
_MOST_HELD: Final = 64
_LEAST_SHARE: Final = 0.9
_RECORDS_AT_ONCE: Final = 10_000


def id_in_header(headers: Headers, part: str) -> str:
    """The schema of the `part` (`key` or `value`) by header: a number or a GUID; empty when none says it."""
    named = headers.get(f"__{part}_schema_id")
    if named is not None:
        return _prefix(named) if len(named) in (_NUMBER_END, _GUID_END) else ""
    number = headers.get(f"apicurio.{part}.globalId", b"")
    return str(int.from_bytes(number)) if len(number) == _GLOBAL_ID_BYTES and any(number) else ""


def is_registrys_own(headers: Headers, part: str) -> bool:
    """Is the id in the header one of Confluent's registry? Apicurio counts its own."""
    return f"__{part}_schema_id" in headers


def id_in_front(payload: bytes) -> str:
    """What may be a schema id in front of a key or a value; empty when nothing can be one."""
    if len(payload) <= _NUMBER_END or len(payload) in _PLAIN_NUMBERS or payload[0] > _BY_GUID:
        return ""
    return _prefix(payload)


def _prefix(data: bytes) -> str:
    if data[0] == _NUMBERED:
        number = int.from_bytes(data[1:_NUMBER_END], signed=True)
        return str(number) if number > 0 else ""
    if data[0] == _BY_GUID and len(data) >= _GUID_END:
        return str(UUID(bytes=data[1:_GUID_END])) if any(data[1:_GUID_END]) else ""
    return ""


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
