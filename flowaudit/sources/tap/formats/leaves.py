"""Leaves of documents as scalars: what no JSON holds gets a text form. Pure."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Final
from uuid import UUID

from flowaudit.linkage.canonical import Scalar

_SCALARS: Final = frozenset({str, int, float, bool})
_SHOWN_BYTES: Final = 65
"""Of a byte string; longer than `MAX_LENGTH` in hex, so that what is cut never looks like a name."""


def plain(value: object) -> Scalar:
    """The leaf as a scalar: bytes in hex, a UUID, a number of exact decimals or a date as text; None: no leaf."""
    kind = type(value)
    if kind in _SCALARS:
        return value  # type: ignore[return-value]  # one of the four
    if isinstance(value, bytes | bytearray):
        return bytes(value[:_SHOWN_BYTES]).hex()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return None


def is_leaf(value: object) -> bool:
    """Is it something that `plain` gives a scalar for?"""
    return type(value) in _SCALARS or isinstance(value, bytes | bytearray | UUID | Decimal | datetime | date | time)
