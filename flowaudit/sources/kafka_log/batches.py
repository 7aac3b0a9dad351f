"""Record batches as the log holds them: producer ids, transactions and all. Pure.

No consumer of the common client libraries hands out a batch's header, and it is the header that says who wrote. The
layout is that of KIP-98 (magic 2, Kafka 0.11 and later).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from typing_extensions import override

from flowaudit.facts import Outcome
from flowaudit.sources.kafka_log.compression import LIMIT_BYTES, CompressionUndecodable, decompress
from flowaudit.sources.kafka_log.entries import (
    BatchUndecodable,
    Entry,
    Frame,
    has_c_parser,
    parse_by_hand,
    parse_in_c,
)

try:
    from crc32c import crc32c
except ImportError:  # slower, and always there
    from aiokafka.record.util import calc_crc32c as crc32c  # type: ignore[no-redef]

__all__ = ["Batch", "BatchUndecodable", "LogRecord", "read_batches", "readable_batches"]

_HEADER: Final = struct.Struct(">qiibIhiqqqhii")
_PREFIX: Final = struct.Struct(">qiib")
"""Offset, length, one field that differs, and the magic byte: at one place in all layouts."""
_CRC_END: Final = 21
_LOG_OVERHEAD: Final = 12
_LEAST_OLD_LENGTH: Final = 14
_MAGIC: Final = 2
_ATTRIBUTES_AT: Final = 21
_CRC, _ATTRIBUTES, _LAST_DELTA = 4, 5, 6
"""Places in the unpacked header."""
_CODEC: Final = 0x07
_TRANSACTIONAL: Final = 0x10
_CONTROL: Final = 0x20
_CONTROL_KEY: Final = struct.Struct(">hh")
_ABORT, _COMMIT = 0, 1
_USE_C: Final = has_c_parser()


class LogRecord(NamedTuple):
    """One record of a log. Key, value and headers are the owner's data: they go nowhere as they are."""

    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]

    @override
    def __repr__(self) -> str:
        return f"LogRecord(offset={self.offset})"


class Batch:
    """One batch of a partition.

    A batch with `damage` keeps its place in the log (`base_offset`, `last_offset`) and says nothing else: no producer,
    no records, neither transactional nor control. So a reader that only goes by the fields need not look at `damage`.
    """

    __slots__ = ("_data", "_header", "base_offset", "damage", "is_control", "is_transactional", "last_offset")

    base_offset: int
    last_offset: int
    """Of the batch as it was written: compaction may have taken the record away. The next offset is one more."""
    is_transactional: bool
    is_control: bool
    damage: str
    """Empty; `checksum`, `length`; `old-layout` for messages of magic 0 and 1 (before Kafka 0.11), `unknown-layout`."""

    def __init__(self, header: tuple[int, ...], data: bytes) -> None:
        """`header` is the unpacked header of `data`, the bytes of the whole batch."""
        attributes = header[_ATTRIBUTES]
        self.base_offset = header[0]
        self.last_offset = header[0] + header[_LAST_DELTA]
        self.is_transactional = attributes & _TRANSACTIONAL != 0
        self.is_control = attributes & _CONTROL != 0
        self.damage = ""
        self._header = header
        self._data = data

    @classmethod
    def damaged(cls, base_offset: int, last_offset: int, damage: str) -> Batch:
        """The place of a batch that cannot be read."""
        header = (base_offset, 0, 0, _MAGIC, 0, 0, last_offset - base_offset, -1, -1, -1, -1, -1, 0)
        batch = cls(header, b"")
        batch.damage = damage
        return batch

    @property
    def max_timestamp_ms(self) -> int:
        """Unix time; -1: not known."""
        return self._header[8]

    @property
    def producer_id(self) -> int:
        """-1: the producer is not idempotent."""
        return self._header[9]

    @property
    def producer_epoch(self) -> int:
        """-1 without a producer id."""
        return self._header[10]

    @property
    def base_sequence(self) -> int:
        """-1 without a producer id."""
        return self._header[11]

    @property
    def record_count(self) -> int:
        """By the header; 1 for a control batch."""
        return self._header[12]

    @property
    def size_bytes(self) -> int:
        """As it lies in the log."""
        return len(self._data)

    def records(self, limit_bytes: int = LIMIT_BYTES) -> list[LogRecord]:
        """All records, decompressed and parsed at this call. Of a control batch: its marker.

        Raises:
            BatchUndecodable: the batch is damaged, its records do not fit their header, or there are more than
                `limit_bytes` of them once decompressed.
        """
        return [
            LogRecord(entry.offset, entry.timestamp, entry.key, entry.value, entry.headers)
            for entry in self.entries(limit_bytes)
        ]

    def entries(self, limit_bytes: int = LIMIT_BYTES) -> Sequence[Entry]:
        """The records as the parser makes them: the same, at half the price.

        Raises:
            BatchUndecodable: as `records`.
        """
        if self.damage:
            msg = f"the batch at offset {self.base_offset} cannot be read: {self.damage}"
            raise BatchUndecodable(msg)
        data, header = self._data, self._header
        codec = header[_ATTRIBUTES] & _CODEC
        if not codec and _USE_C:
            return _in_c(data, b"", self.base_offset)
        try:
            payload = decompress(codec, data[_HEADER.size :], limit_bytes)
        except CompressionUndecodable as error:
            msg = f"the batch at offset {self.base_offset} cannot be decompressed"
            raise BatchUndecodable(msg) from error
        if _USE_C:
            return _in_c(_uncompressed_header(data), payload, self.base_offset)
        frame = Frame(header[_ATTRIBUTES], self.base_offset, header[7], self.max_timestamp_ms, self.record_count)
        return parse_by_hand(frame, payload)

    def control_outcome(self) -> Outcome | None:
        """How a control batch ends its producer's transaction; None for all other batches and markers.

        Raises:
            BatchUndecodable: a control batch without a marker that can be read.
        """
        if not self.is_control:
            return None
        for entry in self.entries():
            key = entry.key
            if key is None or len(key) < _CONTROL_KEY.size:
                msg = f"the control batch at offset {self.base_offset} holds no marker"
                raise BatchUndecodable(msg)
            return {_ABORT: Outcome.ABORTED, _COMMIT: Outcome.COMMITTED}.get(_CONTROL_KEY.unpack_from(key)[1])
        return None


def readable_batches(data: bytes) -> Iterator[Batch]:
    """As `read_batches`, ending quietly before a length that no batch has: for readers that sample and go on later."""
    try:
        yield from read_batches(data)
    except BatchUndecodable:
        return


def read_batches(data: bytes) -> Iterator[Batch]:
    """The batches of a fetched stretch of log, in its order. A last batch that is cut off is left out.

    Damaged batches and those of old layouts are told by their offsets (`Batch.damage`), and the rest goes on: where
    a damaged one ends is taken from the next batch's begin, or for the last one from its own header as far as
    that can be believed. The first batch may begin before the offset that was asked for.

    Raises:
        BatchUndecodable: a length that no batch has, so that the next one cannot be found.
    """
    at, size, view = 0, len(data), memoryview(data)
    damaged: tuple[int, int] | None = None
    while at + _PREFIX.size <= size:
        base_offset, length, _, magic = _PREFIX.unpack_from(data, at)
        end = at + _LOG_OVERHEAD + length
        if length < _LEAST_OLD_LENGTH or (magic >= _MAGIC and length < _HEADER.size - _LOG_OVERHEAD):
            msg = f"a batch of {length} bytes at offset {base_offset}"
            raise BatchUndecodable(msg)
        if end > size:
            break
        if damaged is not None:
            low, high = damaged
            yield Batch.damaged(low, max(base_offset - 1, low) if base_offset > low else high, "checksum")
            damaged = None
        if magic == _MAGIC:
            header = _HEADER.unpack_from(data, at)
            if crc32c(view[at + _CRC_END : end]) == header[_CRC] and header[_LAST_DELTA] >= 0:
                yield Batch(header, data[at:end])
            else:
                damaged = base_offset, base_offset + _believable_delta(header[_LAST_DELTA], end - at)
        else:
            yield Batch.damaged(base_offset, base_offset, "old-layout" if magic < _MAGIC else "unknown-layout")
        at = end
    if damaged is not None:
        yield Batch.damaged(*damaged, "checksum")


def _believable_delta(delta: int, size_bytes: int) -> int:
    """Of a damaged batch: no batch holds more records than bytes."""
    return delta if 0 <= delta < size_bytes else 0


def _uncompressed_header(data: bytes) -> bytes:
    header = bytearray(data[: _HEADER.size])
    header[_ATTRIBUTES_AT + 1] &= ~_CODEC & 0xFF
    return bytes(header)


def _in_c(header: bytes, payload: bytes, base_offset: int) -> Sequence[Entry]:
    try:
        return list(parse_in_c(header, payload))
    except Exception as error:
        msg = f"the records of the batch at offset {base_offset} do not fit their header"
        raise BatchUndecodable(msg) from error
