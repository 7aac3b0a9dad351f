"""Canonical forms: one spelling of an identifier, whatever a topic writes.

`T-0012345`, `"0012345"` and the number `12345` are one person in three topics. A canonical form is casefolded,
NFKC-normalised text without separators, its digits those of ASCII; a short one that ends in a core of digits (and at
most one check letter, as in an 18-digit identity number) is that core alone, without its letter prefix and leading
zeros. `spellings` knows what needs more than that. Pure. The tap applies this before tokens are made, so nothing after
the tap ever sees a value.

What is dropped may have told two things apart. So it is dropped only where the same name is usually written without it:
- Letters before a core of seven digits or more, zeros included: `T-0012345` and `0012345` are one, and so are the
  passports `X1234567` and `Y1234567`. `A-100123` and `B-100123` are two, and so are `AB123456C` and `CD123456C`. One
  letter before digits and a check letter belongs to them (`X1234567L`, `Y1234567L`), unless they are ten or more.
- The groups of seven digits or more: `078-05-1120` is `078051120`. Of fewer, groups may be all that tells two apart,
  and stay: `12-3456` is neither `1-23456` nor `123456`.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.form_column import MAX_LENGTH, FormColumn
from flowaudit.linkage.phones import dialled_abroad, may_be_dialled_abroad, national_number_in
from flowaudit.linkage.plain import LOWER, SEPARATORS, is_plain
from flowaudit.linkage.rewritten import cut_digests, may_be_rewritten, rewritten
from flowaudit.linkage.spellings import form_of_spelling, groups_of
from flowaudit.linkage.uuid_text import uuid_form, uuid_forms

MIN_LENGTH: Final = 6
"""Shorter canonical forms are too easy to guess and too easy to meet by chance."""
MIN_DIGITS: Final = 5
"""…but a bare number of five digits is taken, for many estates count their people so."""
_MIN_DIGITS_AFTER_LETTERS: Final = 7
_MIN_DIGITS_BETWEEN_LETTERS: Final = 10
"""Spain's foreigners and Singapore's residents have seven between a letter of their class and one that checks."""
_MOST_GROUPED: Final = 6
"""So many digits keep their groups."""
_MAX_CORE_LENGTH: Final = 24
"""Longer values are digests or UUIDs; their digits are no core."""
_MAX_TEXT: Final = 4 * MAX_LENGTH

_FEW: Final = 24
"""So many values are read sooner one by one than as an array."""
_MAX_BITS: Final = 400
_EXACT_BELOW: Final = 1 << 53
"""Every whole number below it is a float of its own (IEEE 754, binary64)."""

_LETTERS: Final = string.ascii_lowercase.encode()
_INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf"})
_SIGN_OF_CATEGORY: Final = {"Pc": "_", "Pd": "-", "Zs": " ", "Zl": " ", "Zp": " "}
_SEPARATORS_IN_LINE: Final = SEPARATORS.replace(b"\n", b"")
_SHORT_NUMBER: Final = re.compile(rb"\n[0-9]{%d,%d}(?=\n)" % (MIN_DIGITS, _MOST_GROUPED))

Scalar = str | int | float | bool | None
"""What a leaf of a JSON document can be."""


def canonical(value: Scalar, region: str | None = None) -> bytes:
    """The canonical form of one value, UTF-8; empty for what cannot be an identifier (fractions, flags, null).

    `region` (ISO 3166, two letters) says that the value may be a telephone number, and how numbers are dialled there.
    """
    if type(value) is str:
        return _form_of_text(value, region)
    if type(value) is float and value.is_integer() and abs(value) < _EXACT_BELOW:
        value = int(value)
    if type(value) is not int or value < 0 or value.bit_length() > _MAX_BITS:
        return b""
    return _form_of_text(str(value), region) if region else b"%d" % value


def canonical_column(values: Sequence[Scalar], region: str | None = None) -> FormColumn:
    """`FormColumn.of([canonical(v, region) for v in values])`, much cheaper for plain text or numbers alone."""
    if region or len(values) <= _FEW:
        return FormColumn.of([canonical(value, region) for value in values])
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
    if len(plain) > _FEW and joined.isascii() and joined.count(b"\n") == len(plain) - 1 and is_plain(joined):
        bare = joined.translate(LOWER, _SEPARATORS_IN_LINE)
        if len(bare) == len(joined) or not _may_be_grouped(bare, len(plain)):
            return _lines_column(bare, len(plain))
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
        lines = joined.encode()
        if (uuids := uuid_forms(lines, len(values))) is not None:
            return FormColumn(uuids)
        if is_plain(lines):
            bare = lines.translate(LOWER, _SEPARATORS_IN_LINE)
            if len(bare) == len(lines) or not _may_be_grouped(bare, len(values)):
                return _lines_column(bare, len(values))
    return FormColumn.of(list(map(_form_of_text, values)))


def _lines_column(lines: bytes, count: int) -> FormColumn:
    """The column of so many lines of ASCII text, in lower case and without separators."""
    if (length := _length_of_all(lines, count)) is not None:
        return _same_length_column(lines, count, length)
    return FormColumn.of(list(map(_named, lines.split(b"\n"))))


def _length_of_all(lines: bytes, count: int) -> int | None:
    """The length of each of so many lines; None when they differ."""
    length = lines.find(b"\n") if count > 1 else len(lines)
    is_one = len(lines) == (length + 1) * count - 1 and lines[length :: length + 1].count(b"\n") == count - 1
    return length if is_one else None


def _may_be_grouped(lines: bytes, count: int) -> bool:
    """Whether one of these lines without separators may be a number that keeps its groups."""
    length = _length_of_all(lines, count)
    return (length is None or MIN_DIGITS <= length <= _MOST_GROUPED) and (
        _SHORT_NUMBER.search(b"\n%b\n" % lines) is not None
    )


def _same_length_column(lines: bytes, count: int, length: int) -> FormColumn:
    """Cores of lines of one length, found at once when all are letters followed by digits, as in `t0412345`."""
    signs = np.frombuffer(lines + b"\n", dtype=np.uint8).reshape(count, length + 1)[:, :length]
    if (cut := cut_digests(signs)) is not None:
        return FormColumn.aligned(cut)
    if may_be_rewritten(signs):
        return FormColumn.of(list(map(_named, lines.split(b"\n"))))
    if not 0 < length <= _MAX_CORE_LENGTH:
        return FormColumn.aligned(signs)
    digits = len(lines[:length].lstrip(_LETTERS))
    numbers = signs[:, length - digits :] - 48
    is_core = digits and (numbers < 10).all() and (signs[:, : length - digits] - 97 < 26).all()
    if not is_core or (digits == length and _may_be_dialled_abroad(numbers)):
        return FormColumn.of(list(map(_named, lines.split(b"\n"))))
    if digits < (MIN_DIGITS if digits == length else _MIN_DIGITS_AFTER_LETTERS):
        return FormColumn.aligned(signs)
    return FormColumn.aligned(_cores(signs, numbers))


def _may_be_dialled_abroad(numbers: NDArray[np.uint8]) -> bool:
    if not may_be_dialled_abroad(numbers.shape[1]):
        return False
    return bool(((numbers[:, :2] == 0).all(axis=1) & (numbers[:, 2] > 0)).any())


def _cores(signs: NDArray[np.uint8], numbers: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Each row's digits after its leading zeros, NULs before them."""
    digits, length = numbers.shape[1], signs.shape[1]
    # What has fewer than five digits after its leading zeros is no core, and keeps its whole form.
    has_core = numbers[:, : digits - MIN_DIGITS + 1].any(axis=1, keepdims=True)
    is_core = np.zeros(signs.shape, dtype=np.bool_)
    np.logical_or.accumulate(numbers, axis=1, out=is_core[:, length - digits :])
    return np.where(is_core | ~has_core, signs, 0)


def _form_of_text(value: str, region: str | None = None) -> bytes:
    if (uuid := uuid_form(value)) is not None:
        return uuid
    if len(value) > _MAX_TEXT:
        # No spelling of a name; dropping separators keeps it too long, or it was mostly separators.
        return _without_separators(value)
    return _form_of_short_text(value, region)


@lru_cache(maxsize=16_384)
def _form_of_short_text(value: str, region: str | None) -> bytes:
    text = value if value.isascii() else _folded(value)
    if region and (number := national_number_in(text.strip(), region)):
        return number
    if text.isascii() and is_plain(plain := text.encode()):
        bare = plain.translate(LOWER, SEPARATORS)
    elif (found := form_of_spelling(text, _form_of_text)) is not None:
        return found
    else:
        bare = _without_separators(text)
    return (len(bare) <= _MOST_GROUPED and _in_groups(text, bare)) or _named(bare)


def _in_groups(text: str, bare: bytes) -> bytes | None:
    """The form of a short number in groups; None for all others. `bare` is the same text without separators."""
    if bare.isdigit() and len(bare) < len(text) and len(bare.lstrip(b"0")) >= MIN_DIGITS:
        return groups_of(text)
    return None


def _folded(value: str) -> str:
    """NFKC, with every digit, dash, space and connector as the ASCII one, and without what cannot be seen."""
    normal = unicodedata.normalize("NFKC", value)
    if not normal.isascii():
        normal = "".join(
            str(unicodedata.decimal(sign)) if sign.isdecimal() else _SIGN_OF_CATEGORY.get(category, sign)
            for sign in normal
            if (category := unicodedata.category(sign)) not in _INVISIBLE_CATEGORIES
        )
    return normal


def _without_separators(text: str) -> bytes:
    if not text.isascii():
        folded = unicodedata.normalize("NFKC", text.casefold())
        text = _folded(folded)
    # A lone surrogate has no UTF-8 form; `replace` gives it one instead of failing the run.
    return text.encode("utf-8", "replace").translate(LOWER, SEPARATORS)


def _named(form: bytes) -> bytes:
    """What a form in lower case and without separators names: another form that was written so, its core, or itself."""
    if form.isdigit():
        return _number_named(form)
    if other := rewritten(form, _form_of_text):
        return other
    if len(form) > _MAX_CORE_LENGTH:
        return form
    core = form.lstrip(_LETTERS + b"0")
    digits = core if core[-1:].isdigit() else core[:-1]
    if len(digits) < MIN_DIGITS or not digits.isdigit() or not (core is digits or core[-1:].isalpha()):
        return form
    prefix = form[: len(form) - len(core)]
    letters = prefix.rstrip(b"0")
    if letters:
        is_between = core is not digits and len(letters) == 1
        least = _MIN_DIGITS_BETWEEN_LETTERS if is_between else _MIN_DIGITS_AFTER_LETTERS
        if len(digits) + len(prefix) - len(letters) < least:
            return form
    return core


def _number_named(form: bytes) -> bytes:
    if form.startswith(b"00") and (abroad := dialled_abroad(form)):
        return abroad
    number = form.lstrip(b"0")
    return number if len(number) >= MIN_DIGITS and len(form) <= _MAX_CORE_LENGTH else form
