"""Kafka's primitive types, big-endian, in the classic and in the flexible (KIP-482) encoding. Pure."""

from __future__ import annotations

import struct
from typing import Final

from flowaudit.errors import FlowAuditError

INT8: Final = struct.Struct(">b")
INT16: Final = struct.Struct(">h")
INT32: Final = struct.Struct(">i")
INT64: Final = struct.Struct(">q")
UUID_BYTES: Final = 16
_VARINT_MOST_BYTES: Final = 5
_MORE: Final = 0x80


class WireUndecodable(FlowAuditError):
    """The bytes end before the value does, or hold what cannot be one."""


class WireReader:
    """Takes one value after another off some bytes. Every method raises `WireUndecodable` when it cannot.

    `flexible` chooses the encoding of texts, byte strings and arrays; null ones are read as empty.
    """

    __slots__ = ("_at", "_data", "flexible")

    def __init__(self, data: bytes, *, flexible: bool = False, at: int = 0) -> None:
        self._data = data
        self._at = at
        self.flexible = flexible

    def copy(self) -> WireReader:
        """A reader that goes on from here by itself."""
        return WireReader(self._data, flexible=self.flexible, at=self._at)

    @property
    def left_bytes(self) -> int:
        """Bytes that were not read yet."""
        return len(self._data) - self._at

    def number(self, layout: struct.Struct) -> int:
        """A number of fixed size."""
        start = self._at
        self.skip(layout.size)
        value: int = layout.unpack_from(self._data, start)[0]
        return value

    def varint(self) -> int:
        """An unsigned number of at most 32 bits."""
        value = 0
        for shift in range(0, 7 * _VARINT_MOST_BYTES, 7):
            byte = self.number(INT8) & 0xFF
            value |= (byte & ~_MORE) << shift
            if byte < _MORE:
                return value
        msg = "a number of variable length without an end"
        raise WireUndecodable(msg)

    def length(self) -> int:
        """How many elements follow. Each takes a byte at least: more of them than bytes cannot be."""
        length = self.varint() - 1 if self.flexible else self.number(INT32)
        if length > self.left_bytes:
            msg = f"an array of {length} elements in {self.left_bytes} bytes"
            raise WireUndecodable(msg)
        return max(length, 0)

    def string(self) -> str:
        """A text."""
        size = self.varint() - 1 if self.flexible else self.number(INT16)
        try:
            return self._take(max(size, 0)).decode()
        except UnicodeDecodeError:
            msg = "a text that is no UTF-8"
            raise WireUndecodable(msg) from None

    def strings(self) -> tuple[str, ...]:
        """An array of texts."""
        return tuple([self.string() for _ in range(self.length())])

    def blob(self) -> bytes:
        """A byte string."""
        size = self.varint() - 1 if self.flexible else self.number(INT32)
        return self._take(max(size, 0))

    def skip(self, size: int) -> None:
        """Leave `size` bytes out."""
        self._at += size
        if self._at > len(self._data):
            msg = f"ends {self._at - len(self._data)} bytes too soon"
            raise WireUndecodable(msg)

    def skip_int32s(self) -> None:
        """Leave an array of 32-bit numbers out."""
        self.skip(self.length() * INT32.size)

    def tags(self) -> dict[int, bytes]:
        """The tagged fields that end a structure of the flexible encoding; in the classic one there are none."""
        found: dict[int, bytes] = {}
        if self.flexible:
            for _ in range(self.varint()):
                tag = self.varint()
                found[tag] = self._take(self.varint())
        return found

    def _take(self, size: int) -> bytes:
        start = self._at
        self.skip(size)
        return self._data[start : self._at]
