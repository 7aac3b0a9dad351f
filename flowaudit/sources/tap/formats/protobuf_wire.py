"""Protobuf without its schema: fields by their numbers. Pure.

The encoding (protobuf.dev, "Encoding") says of a field only its number and how its bytes are laid out. What is laid out
with a length is text when it is printable UTF-8, a message when it can be one, and bytes otherwise; so one field may be
read as text here and as a message there. Numbers of variable length are taken as unsigned.
"""

from __future__ import annotations

from typing import Final

from flowaudit.sources.tap.formats.port import Reason, Undecodable, refuse_larger

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_MOST_VARINT_BYTES: Final = 10
_LIKELY_FIELD_NUMBER: Final = 10_000
"""Larger ones are allowed and hardly ever used; in other bytes than Protobuf's they abound."""
_MOST_DEPTH: Final = 16
_MOST_FIELDS: Final = 10_000
Fields = dict[str, object]


def parse_fields(data: bytes) -> Fields:
    """The message as field number → value, or a list of values where a field is repeated.

    Raises:
        Undecodable: `too-large`, `encrypted-or-unknown`.
    """
    refuse_larger(data)
    budget = [_MOST_FIELDS]
    fields = _message(data, 0, budget)
    if not fields:
        raise Undecodable(Reason.TOO_LARGE if budget[0] < 0 else Reason.ENCRYPTED_OR_UNKNOWN)
    return fields


def _message(data: bytes, depth: int, budget: list[int]) -> Fields:
    """The fields; empty when it is no message."""
    fields: Fields = {}
    at, end = 0, len(data)
    while at < end:
        tag, at = _varint(data, at)
        number, layout = tag >> 3, tag & 7
        budget[0] -= 1
        if not 0 < number <= _LIKELY_FIELD_NUMBER or budget[0] < 0:
            return {}
        value, at = _value(data, at, layout, depth, budget)
        if at < 0:
            return {}
        _add(fields, str(number), value)
    return fields


def _value(data: bytes, at: int, layout: int, depth: int, budget: list[int]) -> tuple[object, int]:
    """A value and where it ends; -1: there is none."""
    if layout == _VARINT:
        return _varint(data, at)
    if layout in (_FIXED64, _FIXED32):
        end = at + (8 if layout == _FIXED64 else 4)
        return (data[at:end], end) if end <= len(data) else (None, -1)
    if layout != _LENGTH:
        return None, -1
    length, at = _varint(data, at)
    if at < 0 or length > len(data) - at:
        return None, -1
    return _told_by_length(data[at : at + length], depth, budget), at + length


def _told_by_length(content: bytes, depth: int, budget: list[int]) -> object:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = "\0"
    if text.isprintable():
        return text
    inner = _message(content, depth + 1, budget) if depth < _MOST_DEPTH else {}
    return inner or content


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends; (0, -1): there is none."""
    number = shift = 0
    for byte in data[at : at + _MOST_VARINT_BYTES] if at >= 0 else b"":
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return number, at + shift // 7
    return 0, -1


def _add(fields: Fields, name: str, value: object) -> None:
    if name not in fields:
        fields[name] = value
        return
    known = fields[name]
    if isinstance(known, list):
        known.append(value)
    else:
        fields[name] = [known, value]
