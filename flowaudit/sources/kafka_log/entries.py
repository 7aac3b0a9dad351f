"""The records inside one batch, by two parsers of the same answer: aiokafka's in C, and one in Python. Pure.

Layout: KIP-98 (magic 2). Lengths are zigzag varints, -1 stands for null.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Protocol

from flowaudit.errors import FlowAuditError

try:
    from aiokafka.record._crecords.default_records import DefaultRecordBatch as _CBatch
except ImportError:  # aiokafka's wheels have it on the common platforms only
    _CBatch = None

_LOG_APPEND_TIME: Final = 0x08
_LONGEST_VARINT_BITS: Final = 63
_LEAST_RECORD_BYTES: Final = 7
"""Length, attributes, time, offset, key length, value length, header count."""


class BatchUndecodable(FlowAuditError):
    """Bytes that are no record batch of this layout, or a batch whose records cannot be taken out of it."""


class Entry(Protocol):
    """A record as a parser makes it: cheap, read-only."""

    @property
    def offset(self) -> int:
        """In the partition."""

    @property
    def timestamp(self) -> int:
        """Unix time in milliseconds; the broker's own for topics with log-append time."""

    @property
    def key(self) -> bytes | None:
        """None: no key."""

    @property
    def value(self) -> bytes | None:
        """None: a tombstone."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]:
        """In the order of the record."""


class Frame(NamedTuple):
    """What a parser needs of a batch's header."""

    attributes: int
    base_offset: int
    first_timestamp_ms: int
    max_timestamp_ms: int
    record_count: int


class _HandEntry(NamedTuple):
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


def parse_by_hand(frame: Frame, payload: bytes) -> list[Entry]:
    """All records of an uncompressed payload.

    Raises:
        BatchUndecodable: lengths do not add up, or a header's key is not UTF-8.
    """
    if frame.record_count * _LEAST_RECORD_BYTES > len(payload):
        raise _undecodable(payload)
    found: list[Entry] = []
    at = 0
    try:
        for _ in range(frame.record_count):
            entry, at = _record(frame, payload, at)
            found.append(entry)
    except (IndexError, ValueError) as error:
        raise _undecodable(payload) from error
    if at != len(payload):
        raise _undecodable(payload)
    return found


def parse_in_c(header: bytes, payload: bytes) -> Iterable[Entry]:
    """The same by aiokafka's parser; `header` are the 61 bytes of the batch's header, marked as uncompressed.

    What it raises on damaged payloads are errors of many kinds, and it may do so in the midst of the records.
    """
    entries: Iterable[Entry] = _CBatch(header + payload)
    return entries


def has_c_parser() -> bool:
    """Whether aiokafka's C parser is installed."""
    return _CBatch is not None


def _record(frame: Frame, data: bytes, start: int) -> tuple[_HandEntry, int]:
    length, at = _varint(data, start)
    end = at + length
    if length < 0 or end > len(data):
        raise ValueError
    # The attributes: always zero so far; taken as aiokafka takes them.
    _, at = _varint(data, at)
    delta_ms, at = _varint(data, at)
    offset_delta, at = _varint(data, at)
    key, at = _bytes(data, at)
    value, at = _bytes(data, at)
    count, at = _varint(data, at)
    headers: list[tuple[str, bytes | None]] = []
    if not 0 <= count <= len(data):
        raise ValueError
    for _ in range(count):
        name, at = _bytes(data, at)
        content, at = _bytes(data, at)
        if name is None:
            raise ValueError
        headers.append((name.decode(), content))
    if at != end:
        raise ValueError
    timestamp_ms = frame.first_timestamp_ms + delta_ms
    if frame.attributes & _LOG_APPEND_TIME:
        timestamp_ms = frame.max_timestamp_ms
    return _HandEntry(frame.base_offset + offset_delta, timestamp_ms, key, value, headers), end


def _bytes(data: bytes, at: int) -> tuple[bytes | None, int]:
    size, at = _varint(data, at)
    if size < 0:
        return None, at
    end = at + size
    if end > len(data):
        raise ValueError
    return data[at:end], end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    byte = data[at]
    at += 1
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at
    value, shift = byte & 0x7F, 7
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at
        shift += 7
        if shift > _LONGEST_VARINT_BITS:
            raise ValueError


def _undecodable(payload: bytes) -> BatchUndecodable:
    return BatchUndecodable(f"{len(payload)} bytes are not the records that their header announces")
