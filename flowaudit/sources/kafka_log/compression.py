"""Decompressing a batch's records, with a bound on what comes out. Pure.

A batch of a few kilobytes may claim to hold gigabytes: every decoder here stops at `limit_bytes`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any, Final

import cramjam

from flowaudit.errors import FlowAuditError

LIMIT_BYTES: Final = 64 << 20
"""So much may come out of one batch: far above what brokers accept in, far below what hurts."""
_GZIP_WINDOW: Final = 31
_XERIAL_MAGIC: Final = b"\x82SNAPPY\x00"
_XERIAL_HEADER_BYTES: Final = 16
_BLOCK_LENGTH: Final = struct.Struct(">i")
_FIRST_GUESS: Final = 8
"""Times the compressed size: room for most batches at the first attempt."""


class CompressionUndecodable(FlowAuditError):
    """The bytes are not of their codec, or what they hold is larger than the limit."""


def decompress(codec: int, data: bytes, limit_bytes: int = LIMIT_BYTES) -> bytes:
    """What `data` holds; `codec` as in a batch's attributes: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.

    Raises:
        CompressionUndecodable: see there; also for a codec that Kafka does not have.
    """
    if not codec:
        return data
    decoder = _DECODERS.get(codec)
    if decoder is None:
        msg = f"codec {codec} is none of Kafka's"
        raise CompressionUndecodable(msg)
    try:
        return decoder(data, limit_bytes)
    except (zlib.error, struct.error, cramjam.DecompressionError, OverflowError, ValueError) as error:
        msg = f"{len(data)} bytes are not of codec {codec}, or hold more than {limit_bytes} bytes"
        raise CompressionUndecodable(msg) from error


def _gzip(data: bytes, limit_bytes: int) -> bytes:
    found = b""
    while data:
        member = zlib.decompressobj(_GZIP_WINDOW)
        found += member.decompress(data, limit_bytes - len(found) + 1)
        if not member.eof or len(found) > limit_bytes:
            raise _too_large(limit_bytes)
        data = member.unused_data
    return found


def _snappy(data: bytes, limit_bytes: int) -> bytes:
    if not data.startswith(_XERIAL_MAGIC):
        return _snappy_block(data, limit_bytes)
    found: list[bytes] = []
    room, at = limit_bytes, _XERIAL_HEADER_BYTES
    while at < len(data):
        (size,) = _BLOCK_LENGTH.unpack_from(data, at)
        at += _BLOCK_LENGTH.size
        if not 0 < size <= len(data) - at:
            raise ValueError
        found.append(_snappy_block(data[at : at + size], room))
        room -= len(found[-1])
        at += size
    return b"".join(found)


def _snappy_block(data: bytes, limit_bytes: int) -> bytes:
    if cramjam.snappy.decompress_raw_len(data) > limit_bytes:
        raise _too_large(limit_bytes)
    return bytes(cramjam.snappy.decompress_raw(data))


def _into(decoder: Callable[[bytes, bytearray], Any]) -> Callable[[bytes, int], bytes]:
    """A decoder that writes into a given buffer, tried with ever larger ones up to the limit."""

    def decode(data: bytes, limit_bytes: int) -> bytes:
        size = min(_FIRST_GUESS * len(data) + 1024, limit_bytes)
        while True:
            room = bytearray(size)
            try:
                return bytes(memoryview(room)[: decoder(data, room)])
            except cramjam.DecompressionError:
                if size >= limit_bytes:
                    raise
                size = min(size * 8, limit_bytes)

    return decode


def _too_large(limit_bytes: int) -> ValueError:
    return ValueError(f"not complete within {limit_bytes} bytes")


_DECODERS: Final[dict[int, Callable[[bytes, int], bytes]]] = {
    1: _gzip,
    2: _snappy,
    3: _into(cramjam.lz4.decompress_into),
    4: _into(cramjam.zstd.decompress_into),
}
