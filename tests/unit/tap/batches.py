"""Producer batches as a broker stores them (record format v2), made by aiokafka's own builder."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

_CRC_AT = 17
_ATTRIBUTES_AT = 21
_CONTROL = 0x20
_APPEND_TIME = 0x08
ABORT = struct.pack(">hh", 0, 0)
COMMIT = struct.pack(">hh", 0, 1)


def batch(
    base_offset: int,
    values: Sequence[bytes | None],
    *,
    codec: int = 0,
    producer_id: int = -1,
    transactional: bool = False,
    keys: Sequence[bytes | None] = (),
) -> bytes:
    """One batch; records get consecutive offsets."""
    builder = DefaultRecordBatchBuilder(2, codec, int(transactional), producer_id, 0, 0, 1 << 24)
    for index, value in enumerate(values):
        builder.append(index, 1_000 + base_offset + index, keys[index] if keys else None, value, [])
    return _at(base_offset, bytes(builder.build()))


def marker(base_offset: int, producer_id: int, kind: bytes) -> bytes:
    """A control batch: the end of a transaction."""
    raw = bytearray(batch(base_offset, [b"\0" * 6], producer_id=producer_id, transactional=True, keys=[kind]))
    raw[_ATTRIBUTES_AT + 1] |= _CONTROL
    raw[_CRC_AT:_ATTRIBUTES_AT] = struct.pack(">I", calc_crc32c(bytes(raw[_ATTRIBUTES_AT:])))
    return bytes(raw)


def stamped_by_broker(raw: bytes) -> bytes:
    """The batch as the broker of a topic with `LogAppendTime` stores it."""
    return resealed(raw, _ATTRIBUTES_AT + 1, bytes([raw[_ATTRIBUTES_AT + 1] | _APPEND_TIME]))


def damaged(raw: bytes) -> bytes:
    """The batch with one bit of its records turned over."""
    return raw[:-1] + bytes([raw[-1] ^ 1])


def resealed(raw: bytes, at: int, replacement: bytes) -> bytes:
    """The batch with other bytes inside and a checksum that holds: what a broken producer writes."""
    changed = bytearray(raw)
    changed[at : at + len(replacement)] = replacement
    changed[_CRC_AT:_ATTRIBUTES_AT] = struct.pack(">I", calc_crc32c(bytes(changed[_ATTRIBUTES_AT:])))
    return bytes(changed)


def _at(base_offset: int, raw: bytes) -> bytes:
    return struct.pack(">q", base_offset) + raw[8:]
