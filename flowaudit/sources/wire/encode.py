"""Values → bytes of the compact encoding, for the few requests that the client library does not know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flowaudit.sources.wire.numbers import MORE

NO_TAGS: Final = b"\x00"
NULL: Final = b"\x00"


def varint(value: int) -> bytes:
    """An unsigned number of variable length."""
    out = bytearray()
    while value >= MORE:
        out.append(value & ~MORE & 0xFF | MORE)
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
