"""Kafka's flexible encoding (KIP-482): compact strings and arrays, and tagged fields after every structure. Pure.

For the few messages that the client library does not know, or decodes too slowly.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

from flowaudit.errors import SourceUnreachable

INT8: Final = struct.Struct(">b")
INT16: Final = struct.Struct(">h")
INT32: Final = struct.Struct(">i")
INT64: Final = struct.Struct(">q")
UINT16: Final = struct.Struct(">H")
UUID_BYTES: Final = 16
NO_TAGS: Final = b"\x00"
NULL: Final = b"\x00"
_MORE: Final = 0x80
_LONGEST_VARINT: Final = 5


class AnswerUndecodable(SourceUnreachable):
    """An answer that ends too soon or holds an impossible length: the broker speaks another dialect than it said."""


class Reader:
    """Reads one message from its beginning to its end. Every method raises `AnswerUndecodable`."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def number(self, layout: struct.Struct) -> int:
        """A big-endian integer: `INT8` … `INT64`."""
        start = self.at
        self.skip(layout.size)
        value: int = layout.unpack_from(self.data, start)[0]
        return value

    def varint(self) -> int:
        """An unsigned integer of variable length (at most 32 bits)."""
        value = 0
        for index in range(_LONGEST_VARINT):
            if self.at >= len(self.data):
                break
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & ~_MORE) << (7 * index)
            if byte < _MORE:
                return value
        msg = "a number of variable length does not end"
        raise AnswerUndecodable(msg)

    def length(self) -> int:
        """Length of an array; a null array has none. No longer than what is left: each element has a byte."""
        data, at = self.data, self.at
        if at < len(data) and data[at] < _MORE:
            self.at = at + 1
            length = data[at] - 1
        else:
            length = self.varint() - 1
        if length > len(data) - self.at:
            msg = f"an array of {length} elements in {len(data) - self.at} bytes"
            raise AnswerUndecodable(msg)
        return max(length, 0)

    def blob(self) -> bytes:
        """A byte string; a null one is empty."""
        data, at = self.data, self.at
        if at < len(data) and data[at] < _MORE:
            size, at = data[at], at + 1
        else:
            size, at = self.varint(), self.at
        end = at + size - 1 if size else at
        if end > len(data):
            msg = f"ends {end - len(data)} bytes too soon"
            raise AnswerUndecodable(msg)
        self.at = end
        return data[at:end]

    def string(self) -> str:
        """A text; a null one is empty."""
        return self.blob().decode("utf-8", "replace")

    def strings(self) -> tuple[str, ...]:
        """An array of texts."""
        return tuple(self.string() for _ in range(self.length()))

    def skip(self, size: int) -> None:
        """Leave `size` bytes out."""
        self.at += size
        if self.at > len(self.data):
            msg = f"ends {self.at - len(self.data)} bytes too soon"
            raise AnswerUndecodable(msg)

    def skip_tags(self) -> None:
        """Leave the tagged fields at the end of a structure out."""
        if self.data[self.at : self.at + 1] == NO_TAGS:
            self.at += 1
            return
        for _ in range(self.varint()):
            self.varint()
            self.skip(self.varint())


def varint(value: int) -> bytes:
    """An unsigned integer of variable length."""
    out = bytearray()
    while value >= _MORE:
        out.append(value & ~_MORE & 0xFF | _MORE)
        value >>= 7
    out.append(value)
    return bytes(out)


def string(text: str) -> bytes:
    """A text, not null."""
    raw = text.encode()
    return varint(len(raw) + 1) + raw


def array(elements: Iterable[bytes]) -> bytes:
    """An array of encoded elements, not null."""
    encoded = list(elements)
    return varint(len(encoded) + 1) + b"".join(encoded)


def boolean(value: bool) -> bytes:
    """One byte."""
    return b"\x01" if value else b"\x00"
