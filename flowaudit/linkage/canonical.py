"""Canonical forms: one spelling of an identifier, whatever a topic writes.

`T-0012345`, `"0012345"` and the number `12345` are one person in three topics. A canonical form is casefolded,
NFKC-normalised text without separators; a short one that ends in a core of five or more digits (and at most one
check letter, as in an 18-digit identity number) is that core alone, without its letter prefix and leading zeros.
Pure. The tap applies this before tokens are made, so nothing after the tap ever sees a value.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Sequence
from typing import Final

import numpy as np

MIN_LENGTH: Final = 6
"""Shorter canonical forms are too easy to guess and too easy to meet by chance."""
MIN_DIGITS: Final = 5
"""…but a bare number of five digits is taken, for many estates count their people so."""
MAX_LENGTH: Final = 128
"""Longer values are texts, images or templates, not names of things."""
_MAX_CORE_LENGTH: Final = 24
"""Longer values are digests or UUIDs; their digits are no core."""

_SEPARATORS: Final = bytes(range(33)) + b"\x7f" + b"-_.:/\\|,;#+\"'"
_LOWER: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
_LETTERS: Final = string.ascii_lowercase.encode()
_PREFIX: Final = _LETTERS + b"0"
_SEPARATOR_CATEGORIES: Final = frozenset({"Cc", "Cf", "Pc", "Pd", "Zs", "Zl", "Zp"})

Scalar = str | int | float | bool | None
"""What a leaf of a JSON document can be."""


def canonical(value: Scalar) -> bytes:
    """The canonical form of one value, UTF-8; empty for what cannot be an identifier (fractions, flags, null)."""
    if type(value) is int:
        return b"" if value < 0 or value.bit_length() > 400 else b"%d" % value
    if type(value) is not str:
        return b""
    return _core(_without_separators(value))


def canonical_column(values: Sequence[Scalar]) -> list[bytes]:
    """`[canonical(v) for v in values]`, at a fraction of the cost when all values are plain text or numbers."""
    try:
        return _text_column(values)  # type: ignore[arg-type]  # when it is no text, joining fails
    except TypeError:
        kinds = set(map(type, values))
    if kinds == {str, type(None)}:
        return _text_column(["" if value is None else value for value in values])  # type: ignore[misc]
    if kinds == {int} and min(values) >= 0 and max(values) < 1 << 63:  # type: ignore[operator, type-var]
        return "\n".join(map(str, values)).encode().split(b"\n")
    return [canonical(value) for value in values]


def canonical_key_column(keys: Sequence[bytes | None]) -> list[bytes]:
    """Canonical forms of record keys, which are UTF-8 text or a JSON string; empty for null and binary keys."""
    plain = [b"" if key is None else key for key in keys]
    joined = b"\n".join(plain)
    if joined.isascii() and joined.count(b"\n") == len(plain) - 1:
        return _ascii_column(joined)
    return [canonical_key(key) for key in plain]


def canonical_key(key: bytes | None) -> bytes:
    """The canonical form of one record key."""
    try:
        return canonical((key or b"").decode())
    except UnicodeDecodeError:
        return b""


def is_identifier(form: bytes) -> bool:
    """Whether a canonical form is long enough to name something, and short enough to be a name."""
    return MIN_LENGTH <= len(form) <= MAX_LENGTH or (len(form) == MIN_DIGITS and form.isdigit())


def _text_column(values: Sequence[str]) -> list[bytes]:
    joined = "\n".join(values)
    if joined.isascii() and joined.count("\n") == len(values) - 1:
        return _ascii_column(joined.encode())
    return [_core(_without_separators(value)) for value in values]


def _ascii_column(joined: bytes) -> list[bytes]:
    """Canonical forms of lines of ASCII text that hold no line breaks of their own."""
    lines = joined.translate(_LOWER, _SEPARATORS_IN_LINE)
    forms = lines.split(b"\n")
    length = len(forms[0])
    if (
        length
        and len(lines) == (length + 1) * len(forms) - 1
        and lines[length :: length + 1].count(b"\n") == len(forms) - 1
    ):
        return _same_length_column(lines, forms, length)
    return list(map(_core, forms))


def _same_length_column(lines: bytes, forms: list[bytes], length: int) -> list[bytes]:
    """Cores of forms of one length, found at once when all are letters followed by digits, as in `t0412345`."""
    if length > _MAX_CORE_LENGTH:
        return forms
    digits = len(forms[0].lstrip(_LETTERS))
    signs = np.frombuffer(lines + b"\n", dtype=np.uint8).reshape(len(forms), length + 1)
    numbers = signs[:, length - digits : length] - 48
    if not (digits and (numbers < 10).all() and (signs[:, : length - digits] - 97 < 26).all()):
        return list(map(_core, forms))
    if digits < MIN_DIGITS:
        return forms
    # What has fewer than five digits after its leading zeros is no core, and keeps its whole form.
    has_core = numbers[:, : digits - MIN_DIGITS + 1].any(axis=1)
    cores = [form.lstrip(b"0") for form in signs[:, length - digits :].tobytes()[:-1].split(b"\n")]
    for index in np.flatnonzero(~has_core).tolist():
        cores[index] = forms[index]
    return cores


_SEPARATORS_IN_LINE: Final = _SEPARATORS.replace(b"\n", b"")


def _without_separators(value: str) -> bytes:
    if value.isascii():
        return value.encode().translate(_LOWER, _SEPARATORS)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
    kept = (c for c in folded if unicodedata.category(c) not in _SEPARATOR_CATEGORIES)
    # A lone surrogate has no UTF-8 form; `replace` gives it one instead of failing the run.
    return "".join(kept).encode("utf-8", "replace").translate(None, _SEPARATORS)


def _core(form: bytes) -> bytes:
    if len(form) > _MAX_CORE_LENGTH:
        return form
    core = form.lstrip(_PREFIX)
    if len(core) >= MIN_DIGITS and core.isdigit():
        return core
    if len(core) > MIN_DIGITS and core[:-1].isdigit() and core[-1:].isalpha():
        return core
    return form
