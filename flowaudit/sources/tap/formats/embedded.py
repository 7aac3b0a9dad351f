"""Documents inside texts: an envelope's payload is often JSON that was written as a string. Pure."""

from __future__ import annotations

from typing import Final

import orjson

_LEAST_LENGTH: Final = 2
_ENDS: Final = {"{": "}", "[": "]"}


def may_be_embedded(text: str) -> bool:
    """Does a text begin and end as a JSON object or array does?"""
    return len(text) >= _LEAST_LENGTH and text[0] in _ENDS and text[-1] == _ENDS[text[0]]


def embedded_text(value: object) -> str | None:
    """The text, or the bytes as text, that may be a JSON object or array; None when they cannot be."""
    if isinstance(value, str):
        return value if may_be_embedded(value) else None
    if isinstance(value, bytes) and value[:1] in (b"{", b"["):
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return None
        return text if may_be_embedded(text) else None
    return None


def embedded_document(value: object) -> object:
    """The object or array that a text, or a byte string, holds as JSON; None when it holds none."""
    text = embedded_text(value)
    if text is None:
        return None
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, RecursionError):
        return None
