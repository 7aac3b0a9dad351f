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
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

MIN_LENGTH: Final = 6
"""Shorter canonical forms are too easy to guess and too easy to meet by chance."""
MIN_DIGITS: Final = 5
"""…but a bare number of five digits is taken, for many estates count their people so."""
MAX_LENGTH: Final = 128
"""Longer values are texts, images or templates, not names of things."""
WORD_BYTES: Final = 8
_MAX_CORE_LENGTH: Final = 24
"""Longer values are digests or UUIDs; their digits are no core."""

_SEPARATORS: Final = bytes(range(33)) + b"\x7f" + b"-_.:/\\|,;#+\"'"
_LOWER: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
_LETTERS: Final = string.ascii_lowercase.encode()
_PREFIX: Final = _LETTERS + b"0"
_SEPARATOR_CATEGORIES: Final = frozenset({"Cc", "Cf", "Pc", "Pd", "Zs", "Zl", "Zp"})

Scalar = str | int | float | bool | None
"""What a leaf of a JSON document can be."""


@dataclass(frozen=True, slots=True, eq=False)
class FormColumn:
    """Canonical forms as the rows of an array: each at the right of its row, with NULs (no form holds one) before it.

    Forms longer than `MAX_LENGTH` name nothing and are empty here.
    """

    signs: NDArray[np.uint8]
    """Contiguous; the width is a multiple of 8, so that a row is also a row of 64-bit words."""

    @classmethod
    def of(cls, forms: Sequence[bytes]) -> FormColumn:
        """The column of these forms."""
        width = _words(min(MAX_LENGTH, max(map(len, forms), default=0))) * WORD_BYTES
        rows = [form.rjust(width, b"\0") if len(form) <= width else bytes(width) for form in forms]
        return cls(np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(forms), width))

    @classmethod
    def aligned(cls, signs: NDArray[np.uint8]) -> FormColumn:
        """The column of forms of one length, NULs before shorter ones."""
        count, length = signs.shape
        width = _words(length if length <= MAX_LENGTH else 0) * WORD_BYTES
        column = np.zeros((count, width), dtype=np.uint8)
        if 0 < length <= MAX_LENGTH:
            column[:, width - length :] = signs
        return cls(column)

    def __len__(self) -> int:
        """How many forms there are."""
        return len(self.signs)

    def forms(self, rows: NDArray[np.intp] | None = None) -> list[bytes]:
        """The forms of these rows, or of all."""
        chosen = self.signs if rows is None else self.signs[rows]
        width, joined = chosen.shape[1], chosen.tobytes()
        return [joined[start : start + width].lstrip(b"\0") for start in range(0, len(joined), width)]


def _words(length: int) -> int:
    return max(1, -(-length // WORD_BYTES))


def canonical(value: Scalar) -> bytes:
    """The canonical form of one value, UTF-8; empty for what cannot be an identifier (fractions, flags, null)."""
    if type(value) is int:
        return b"" if value < 0 or value.bit_length() > 400 else b"%d" % value
    if type(value) is not str:
        return b""
    return _core(_without_separators(value))


def canonical_column(values: Sequence[Scalar]) -> FormColumn:
    """`FormColumn.of([canonical(v) for v in values])`, much cheaper when all values are plain text or plain numbers."""
    try:
        return _text_column(values)  # type: ignore[arg-type]  # when it is no text, joining fails
    except TypeError:
        kinds = set(map(type, values))
    if kinds == {str, type(None)}:
        return _text_column(["" if value is None else value for value in values])  # type: ignore[misc]
    if kinds == {int} and min(values) >= 0 and max(values) < 1 << 63:  # type: ignore[operator, type-var]
        return _lines_column("\n".join(map(str, values)).encode(), len(values))
    return FormColumn.of([canonical(value) for value in values])


def canonical_key_column(keys: Sequence[bytes | None]) -> FormColumn:
    """Canonical forms of record keys, which are UTF-8 text or a JSON string; empty for null and binary keys."""
    plain = [b"" if key is None else key for key in keys]
    joined = b"\n".join(plain)
    if joined.isascii() and joined.count(b"\n") == len(plain) - 1:
        return _lines_column(joined.translate(_LOWER, _SEPARATORS_IN_LINE), len(plain))
    return FormColumn.of([canonical_key(key) for key in plain])


def canonical_key(key: bytes | None) -> bytes:
    """The canonical form of one record key."""
    try:
        return canonical((key or b"").decode())
    except UnicodeDecodeError:
        return b""


def is_identifier(form: bytes) -> bool:
    """Whether a canonical form is long enough to name something, and short enough to be a name."""
    return MIN_LENGTH <= len(form) <= MAX_LENGTH or (len(form) == MIN_DIGITS and form.isdigit())


def _text_column(values: Sequence[str]) -> FormColumn:
    joined = "\n".join(values)
    if joined.isascii() and joined.count("\n") == len(values) - 1:
        return _lines_column(joined.encode().translate(_LOWER, _SEPARATORS_IN_LINE), len(values))
    return FormColumn.of([_core(_without_separators(value)) for value in values])


_SEPARATORS_IN_LINE: Final = _SEPARATORS.replace(b"\n", b"")


def _lines_column(lines: bytes, count: int) -> FormColumn:
    """The column of so many lines of ASCII text, in lower case and without separators."""
    length = lines.find(b"\n") if count > 1 else len(lines)
    if len(lines) == (length + 1) * count - 1 and lines[length :: length + 1].count(b"\n") == count - 1:
        return _same_length_column(lines, count, length)
    return FormColumn.of(list(map(_core, lines.split(b"\n"))))


def _same_length_column(lines: bytes, count: int, length: int) -> FormColumn:
    """Cores of lines of one length, found at once when all are letters followed by digits, as in `t0412345`."""
    signs = np.frombuffer(lines + b"\n", dtype=np.uint8).reshape(count, length + 1)[:, :length]
    if not 0 < length <= _MAX_CORE_LENGTH:
        return FormColumn.aligned(signs)
    digits = len(lines[:length].lstrip(_LETTERS))
    numbers = signs[:, length - digits :] - 48
    if not (digits and (numbers < 10).all() and (signs[:, : length - digits] - 97 < 26).all()):
        return FormColumn.of(list(map(_core, lines.split(b"\n"))))
    if digits < MIN_DIGITS:
        return FormColumn.aligned(signs)
    # What has fewer than five digits after its leading zeros is no core, and keeps its whole form.
    has_core = numbers[:, : digits - MIN_DIGITS + 1].any(axis=1, keepdims=True)
    is_core = np.zeros(signs.shape, dtype=np.bool_)
    np.logical_or.accumulate(numbers, axis=1, out=is_core[:, length - digits :])
    return FormColumn.aligned(np.where(is_core | ~has_core, signs, 0))


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
