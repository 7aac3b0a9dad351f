"""Bare binary numbers, as Kafka's own serializers of int and long write keys and counts. Pure."""

from __future__ import annotations

from typing import Final

from flowaudit.sources.tap.formats.port import Reason, Undecodable

_SMALL: Final = {4: (b"\0", b"\xff"), 8: (b"\0\0", b"\xff\xff")}


def may_be_number(data: bytes) -> bool:
    """Is it as long as an int or a long, and small enough not to be anything else of that length?"""
    return data.startswith(_SMALL.get(len(data), ()))


def parse_number(data: bytes) -> int:
    """The number, big-endian and signed.

    Raises:
        Undecodable: `encrypted-or-unknown`.
    """
    if not may_be_number(data):
        raise Undecodable(Reason.ENCRYPTED_OR_UNKNOWN)
    return int.from_bytes(data, signed=True)
