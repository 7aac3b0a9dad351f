"""Can a value be read as JSON? One rule for all fields, so that a verdict never depends on what is looked for.

It is readable when it is a JSON value (RFC 8259) in UTF-8, not larger, deeper or with longer numbers than the limits
here. Whether an *unreadable* one breaks several rules or one, it gets the first reason in the order below.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

MAX_DEPTH: Final = 500
MAX_NUMBER_DIGITS: Final = 1_000
PLAIN_BYTES: Final = 2 * MAX_DEPTH
"""A value of at most so many bytes can break neither limit."""

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_LONG_NUMBER = re.compile(rb"[0-9]{%d}" % (MAX_NUMBER_DIGITS + 1))
_DIGITS_AS_ZERO: Final = bytes.maketrans(b"123456789", b"000000000")
_LONG_ZEROS: Final = b"0" * (MAX_NUMBER_DIGITS + 1)
_BRACKETS = re.compile(rb"[\[\]{}]")


_SKIP = msgspec.json.Decoder(msgspec.Raw).decode
"""Checks the syntax and nothing else."""


def why_unreadable(value: bytes, max_value_bytes: int) -> str | None:
    """The reason why a value cannot be read, a short stable code; None when it can. Never raises."""
    if len(value) > max_value_bytes:
        return "too-large"
    if not is_utf8(value):
        return "not-utf8"
    return _which_limit(value) if breaks_a_limit(value) else _why_no_json(value)


def is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8 (RFC 3629: no surrogates, shortest forms)."""
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _why_no_json(value: bytes) -> str | None:
    try:
        _SKIP(value)
    except msgspec.MsgspecError:
        return "not-json"
    except RecursionError:
        return "too-deep"
    return None


def breaks_a_limit(value: bytes) -> bool:
    """Whether a value may be too deep or hold too long a number; false for sure when false."""
    if len(value) <= PLAIN_BYTES:
        return False
    if value.count(b"[") + value.count(b"{") > MAX_DEPTH:
        return _which_limit(value) is not None
    return _LONG_ZEROS in value.translate(_DIGITS_AS_ZERO) and _which_limit(value) is not None


def _which_limit(value: bytes) -> str | None:
    bare = _STRINGS.sub(b"", value)
    depth = 0
    for bracket in _BRACKETS.findall(bare):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            return "too-deep"
    return "number-too-long" if _LONG_NUMBER.search(bare) else None
