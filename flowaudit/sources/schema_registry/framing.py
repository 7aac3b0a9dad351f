"""Which schema a key or a value says that it was written with. Pure.

In front of the payload: byte 0 and a number of 32 bits (Confluent's wire format), or byte 1 and a GUID (Schema
Registry 8). In headers: `__key_schema_id` and `__value_schema_id` with the same bytes, and Apicurio's
`apicurio.value.globalId` (64 bits). A header with such a name says enough. A first byte says little: many numbers begin
with 0, which is why payloads of 4 and 8 bytes never count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

_NUMBERED, _BY_GUID = 0, 1
_NUMBER_END: Final = 5
_GUID_END: Final = 17
_GLOBAL_ID_BYTES: Final = 8
PLAIN_NUMBERS: Final = frozenset({4, 8})
"""Lengths of payloads that are rather an int or a long than a schema id and three bytes."""


def id_in_header(headers: Mapping[str, bytes], part: str) -> str:
    """The schema of the `part` (`key` or `value`) by header: a number or a GUID; empty when none says it."""
    named = headers.get(f"__{part}_schema_id")
    if named is not None:
        return _prefix(named) if len(named) in (_NUMBER_END, _GUID_END) else ""
    number = headers.get(f"apicurio.{part}.globalId", b"")
    return str(int.from_bytes(number)) if len(number) == _GLOBAL_ID_BYTES and any(number) else ""


def is_registrys_own(headers: Mapping[str, bytes], part: str) -> bool:
    """Is the id in the header one of Confluent's registry? Apicurio counts its own."""
    return f"__{part}_schema_id" in headers


def id_in_front(payload: bytes) -> str:
    """What may be a schema id in front of a key or a value; empty when nothing can be one."""
    if len(payload) <= _NUMBER_END or len(payload) in PLAIN_NUMBERS or payload[0] > _BY_GUID:
        return ""
    return _prefix(payload)


def frame_bytes(payload: bytes) -> int:
    """How long the frame is of a payload in which `id_in_front` found an id."""
    return _NUMBER_END if payload[0] == _NUMBERED else _GUID_END


def _prefix(data: bytes) -> str:
    if data[0] == _NUMBERED:
        number = int.from_bytes(data[1:_NUMBER_END], signed=True)
        return str(number) if number > 0 else ""
    if data[0] == _BY_GUID and len(data) >= _GUID_END:
        return str(UUID(bytes=data[1:_GUID_END])) if any(data[1:_GUID_END]) else ""
    return ""
