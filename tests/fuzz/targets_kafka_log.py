"""Record batches, as brokers and librdkafka write them, with checksums as they come and with mended ones."""

from __future__ import annotations

import struct
import zlib
from typing import Final

import cramjam
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from flowaudit.sources.kafka_log.batches import BatchUndecodable, read_batches
from flowaudit.sources.kafka_log.compression import CompressionUndecodable, decompress
from flowaudit.sources.kafka_log.entries import Frame, parse_by_hand
from tests.fuzz.target import Target

_HEADER_BYTES: Final = 61
_LENGTH: Final = struct.Struct(">i")
_CRC: Final = struct.Struct(">I")
_LIMIT_BYTES: Final = 1 << 20


def batch(codec: int = 0, *, transactional: bool = False) -> bytes:
    """A batch of three records with all that a record can have."""
    builder = DefaultRecordBatchBuilder(2, codec, int(transactional), 7, 1, 0, 1 << 16)
    builder.append(0, 1_700_000_000_000, b"key", b"value", [("trace", b"1"), ("empty", None)])
    builder.append(1, 1_700_000_000_123, None, b"v" * 200, [])
    builder.append(2, 1_700_000_000_001, b"gone", None, [])
    return bytes(builder.build())


def control(*, commit: bool, base_offset: int = 9) -> bytes:
    """A marker that ends a transaction of producer 7."""
    key, value = struct.pack(">hh", 0, int(commit)), struct.pack(">hi", 0, 0)
    record = b"\x00\x00\x00" + _varint(len(key)) + key + _varint(len(value)) + value + b"\x00"
    body = struct.pack(">hiqqqhii", 0x30, 0, 1_700_000_000_500, 1_700_000_000_500, 7, 1, -1, 1)
    body += _varint(len(record)) + record
    crc = calc_crc32c(body)
    return struct.pack(">qiibI", base_offset, 9 + len(body), 0, 2, crc) + body


def mended(data: bytes) -> bytes:
    """The same with lengths and checksums that fit, so that what they guard is reached."""
    if len(data) < _HEADER_BYTES:
        return data
    whole = bytearray(data)
    whole[16] = 2
    _LENGTH.pack_into(whole, 8, len(whole) - 12)
    _CRC.pack_into(whole, 17, calc_crc32c(bytes(whole[21:])))
    return bytes(whole)


def read_all(data: bytes) -> int:
    """Headers, records and markers of everything that is whole."""
    total = 0
    for one in read_batches(data):
        try:
            total += len(one.records(_LIMIT_BYTES)) + len(str(one.control_outcome()))
        except BatchUndecodable:
            total += 1
    return total


def read_mended(data: bytes) -> int:
    """The records behind a checksum that holds."""
    return read_all(mended(data))


def by_hand(data: bytes) -> object:
    """The hand parser alone; the first byte is the number of records."""
    return parse_by_hand(Frame(0, 0, 0, 0, data[0] if data else 0), data[1:])


def inflate(data: bytes) -> object:
    """Every codec; the first byte chooses."""
    return decompress(data[0] % 6 if data else 5, data[1:], _LIMIT_BYTES)


def _varint(value: int) -> bytes:
    return bytes([value << 1])


_PLAIN: Final = b"flowaudit " * 50
_XERIAL: Final = b"\x82SNAPPY\x00" + struct.pack(">ii", 1, 1)
_BLOCK: Final = bytes(cramjam.snappy.compress_raw(_PLAIN))

TARGETS: Final = (
    Target(
        "log-batches",
        read_all,
        BatchUndecodable,
        (batch(), batch(4) + batch(), batch(transactional=True) + control(commit=True), control(commit=False)),
    ),
    Target(
        "log-batches-mended",
        read_mended,
        BatchUndecodable,
        (batch(), batch(1), batch(2), batch(3), batch(4), control(commit=True)),
    ),
    Target(
        "log-records-by-hand",
        by_hand,
        BatchUndecodable,
        (b"\x03" + batch()[_HEADER_BYTES:], b"\x01" + control(commit=True)[_HEADER_BYTES:]),
    ),
    Target(
        "log-compression",
        inflate,
        CompressionUndecodable,
        (
            b"\x01" + zlib.compress(_PLAIN, wbits=31),
            b"\x02" + _BLOCK,
            b"\x02" + _XERIAL + struct.pack(">i", len(_BLOCK)) + _BLOCK,
            b"\x03" + bytes(cramjam.lz4.compress(_PLAIN)),
            b"\x04" + bytes(cramjam.zstd.compress(_PLAIN)),
        ),
    ),
)
