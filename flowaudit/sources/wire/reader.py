"""Bytes → values, one after another."""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from typing import ClassVar, Final, NoReturn, Self

from typing_extensions import override

from flowaudit.errors import FlowAuditError
from flowaudit.sources.wire.numbers import INT16, INT32, MORE

_VARINT_MOST_BYTES: Final = 5
_NULL_LENGTH: Final = -1


class WireUndecodable(FlowAuditError):
    """The bytes end before the value does, or hold what cannot be one."""


class Reader(ABC):
    """Takes one value after another off `data`; null texts, byte strings and arrays are read as empty.

    Every method raises `undecodable` when it cannot. A room whose bytes have an error of their own, or whose texts may
    be broken, says so in a subclass.
    """

    __slots__ = ("at", "data")
    undecodable: ClassVar[type[FlowAuditError]] = WireUndecodable
    keeps_broken_texts: ClassVar[bool] = False
    """Are bytes that are no UTF-8 replaced in a text, or is the text refused?"""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    @abstractmethod
    def length(self) -> int:
        """How many elements follow. Each takes a byte at least: more of them than bytes cannot be."""

    @abstractmethod
    def blob(self) -> bytes:
        """A byte string."""

    @abstractmethod
    def raw_text(self) -> bytes:
        """The bytes of a text."""

    @abstractmethod
    def tags(self) -> dict[int, bytes]:
        """The tagged fields that end a structure; the classic encoding has none."""

    @abstractmethod
    def skip_tags(self) -> None:
        """Leave the tagged fields out."""

    def copy(self) -> Self:
        """A reader that goes on from here by itself."""
        return type(self)(self.data, self.at)

    def rest(self) -> bytes:
        """All that was not read yet."""
        return self.data[self.at :]

    def number(self, layout: struct.Struct) -> int:
        """A number of fixed size: `INT8` … `INT64`."""
        start = self.at
        self.at = start + layout.size
        if self.at > len(self.data):
            self._refuse_end()
        value: int = layout.unpack_from(self.data, start)[0]
        return value

    def string(self) -> str:
        """A text."""
        raw = self.raw_text()
        try:
            return raw.decode()
        except UnicodeDecodeError:
            pass
        if not self.keeps_broken_texts:
            self.refuse("a text that is no UTF-8")
        return raw.decode("utf-8", "replace")

    def strings(self) -> tuple[str, ...]:
        """An array of texts."""
        return tuple([self.string() for _ in range(self.length())])

    def skip(self, size: int) -> None:
        """Leave `size` bytes out."""
        self.at += size
        if self.at > len(self.data):
            self._refuse_end()

    def skip_int32s(self) -> int:
        """Leave an array of 32-bit numbers out; returns how many."""
        length = self.length()
        self.skip(length * INT32.size)
        return length

    def refuse(self, why: str) -> NoReturn:
        """Raise `undecodable`."""
        raise self.undecodable(why)

    def _take(self, size: int) -> bytes:
        start = self.at
        self.at = start + size
        if self.at > len(self.data):
            self._refuse_end()
        return self.data[start : self.at]

    def _refuse_end(self) -> NoReturn:
        self.refuse(f"ends {self.at - len(self.data)} bytes too soon")


class ClassicReader(Reader):
    """Lengths of fixed size: 16 bits for texts, 32 for byte strings and arrays."""

    __slots__ = ()

    @override
    def length(self) -> int:
        length = self.number(INT32)
        left = len(self.data) - self.at
        if not _NULL_LENGTH <= length <= left:
            self.refuse(f"an array of {length} elements in {left} bytes")
        return max(length, 0)

    @override
    def blob(self) -> bytes:
        return self._take(max(self.number(INT32), 0))

    @override
    def raw_text(self) -> bytes:
        return self._take(max(self.number(INT16), 0))

    @override
    def tags(self) -> dict[int, bytes]:
        return {}

    @override
    def skip_tags(self) -> None:
        return


class CompactReader(Reader):
    """Lengths of variable size, one more than they are; tagged fields after every structure.

    Most lengths take one byte: it is read in place, because the longest answers are made of nothing else.
    """

    __slots__ = ()

    def varint(self) -> int:
        """An unsigned number of at most 32 bits."""
        value = 0
        for index, byte in enumerate(self.data[self.at : self.at + _VARINT_MOST_BYTES]):
            value |= (byte & ~MORE) << (7 * index)
            if byte < MORE:
                self.at += index + 1
                return value
        return self.refuse("a number of variable length does not end")

    @override
    def length(self) -> int:
        data, at = self.data, self.at
        if at < len(data) and data[at] < MORE:
            self.at = at + 1
            length = data[at] - 1
        else:
            length = self.varint() - 1
        if length > len(data) - self.at:
            self.refuse(f"an array of {length} elements in {len(data) - self.at} bytes")
        return max(length, 0)

    @override
    def blob(self) -> bytes:
        data, at = self.data, self.at
        if at < len(data) and data[at] < MORE:
            size, at = data[at], at + 1
        else:
            size, at = self.varint(), self.at
        end = at + size - 1 if size else at
        if end > len(data):
            self.refuse(f"ends {end - len(data)} bytes too soon")
        self.at = end
        return data[at:end]

    raw_text = blob

    @override
    def tags(self) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for _ in range(self.varint()):
            tag = self.varint()
            found[tag] = self._take(self.varint())
        return found

    @override
    def skip_tags(self) -> None:
        data, at = self.data, self.at
        if at < len(data) and not data[at]:
            self.at = at + 1
            return
        for _ in range(self.varint()):
            self.varint()
            self.skip(self.varint())


def reader_of(data: bytes, *, flexible: bool, at: int = 0) -> Reader:
    """A reader of the encoding that a version of a message has."""
    return CompactReader(data, at) if flexible else ClassicReader(data, at)
