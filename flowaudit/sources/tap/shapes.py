"""The shape of one value: does it look like the name of something, or like a clock, a measure, a flag? Pure."""

from __future__ import annotations

import base64
import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from flowaudit.linkage.canonical import MIN_DIGITS, Scalar, canonical, is_identifier
from flowaudit.linkage.form_column import MAX_LENGTH
from flowaudit.linkage.preimages import looks_like_digest
from flowaudit.linkage.uuid_text import uuid_form
from flowaudit.sources.tap.ciphertext import looks_encrypted
from flowaudit.sources.tap.clock_tally import clock_ms
from flowaudit.sources.tap.quantities import is_fraction, is_version, says_how_much, says_when


class Shape(StrEnum):
    """What a value looks like; the words are the reasons that `FieldProfiled` gives."""

    # An enumeration's own hash is Python code, and every value that is looked at is counted by its shape.
    __hash__ = str.__hash__

    STRONG = "identifier"
    """Text or a number with four or more digits: hard to guess, hard to meet by chance."""
    DIGEST = "digest"
    """Hexadecimal digits or base64, as long as a digest: strong, and maybe of something that stands elsewhere."""
    WEAK = "name"
    """Text of letters."""
    CLOCK = "clock"
    FRACTION = "fraction"
    FLAG = "flag"
    SHORT = "short"
    LONG = "long"
    ENCRYPTED = "encrypted"
    """Long, and nothing that can be read: ciphertext, or packed."""
    OPAQUE = "opaque"
    """A binary or structured record key."""
    KEYED_BY_DATA = "keyed-by-data"
    """Members of an object whose names are data themselves: each person has one."""


IDENTIFIERS: Final = frozenset({Shape.STRONG, Shape.DIGEST, Shape.WEAK})
STRONG: Final = frozenset({Shape.STRONG, Shape.DIGEST})

_STRONG_DIGITS: Final = 4
_HEX_OF_DIGITS: Final = re.compile(rb"(?:3[0-9])+")
_BASE64_OF_FOUR: Final = re.compile(r"([MNO][DTjz][A-Za-z0-5]{2}[MNO][AQgw])(?:==)?")
"""…digits, or of what is near them in ASCII."""


def shape_of(value: Scalar, timestamp_ms: int, form: bytes | None = None) -> Shape:
    """The shape of a leaf's value in a record of that time; `form` is its canonical form, for who has it already."""
    if isinstance(value, bool) or value is None:
        return Shape.FLAG
    if isinstance(value, float):
        # Some encoders have no integers: 12345.0 is a name, 12.0 a measure.
        return Shape.FRACTION if _shape_of_form(canonical(value)) is Shape.SHORT else Shape.STRONG
    if isinstance(value, int):
        is_clock = clock_ms(value, timestamp_ms) is not None or says_when(str(value))
        return Shape.CLOCK if is_clock else _shape_of_form(canonical(value))
    return _shape_of_text(value, timestamp_ms, form)


def shape_of_key(key: bytes, timestamp_ms: int) -> Shape:
    """The shape of a record key: UTF-8 text, a JSON string or number; anything else is opaque."""
    try:
        text = key.decode()
    except UnicodeDecodeError:
        return Shape.OPAQUE
    if not text.isprintable() or any(sign in text for sign in "{}[]"):
        return Shape.OPAQUE
    return _shape_of_text(text.strip('"'), timestamp_ms)


def _shape_of_text(text: str, timestamp_ms: int, form: bytes | None = None) -> Shape:
    if len(text) > 4 * MAX_LENGTH:
        return Shape.ENCRYPTED if looks_encrypted(text) else Shape.LONG
    if (uuid := uuid_form(text)) is not None:
        return _shape_of_form(uuid)
    if text.isascii() and text.isdigit() and len(text) < 20 and clock_ms(int(text), timestamp_ms) is not None:
        return Shape.CLOCK
    return _timeless_shape(text, canonical(text) if form is None else form)


@lru_cache(maxsize=16_384)
def _timeless_shape(text: str, form: bytes) -> Shape:
    """The shape of a text that is no number near the record's time."""
    if says_when(text):
        return Shape.CLOCK
    if says_how_much(text) or (is_fraction(text) and not _is_whole(text)):
        return Shape.FRACTION
    if is_version(text) or _is_short_number(text, form):
        return Shape.SHORT
    if looks_like_digest(text, form):
        return Shape.DIGEST
    shape = _shape_of_form(form)
    return Shape.ENCRYPTED if shape is Shape.LONG and looks_encrypted(text) else shape


def _is_short_number(text: str, form: bytes) -> bool:
    """Whether it is a number too short for a name: padded with zeros, or written as the bytes of its text, too."""
    digits = form[1::2] if _HEX_OF_DIGITS.fullmatch(form) else form
    if encoded := _BASE64_OF_FOUR.fullmatch(text):
        digits = base64.b64decode(encoded[1] + "==")
    return digits.isdigit() and len(digits.lstrip(b"0")) < MIN_DIGITS


def _is_whole(text: str) -> bool:
    """Whether decimal text such as `12345.0` stands for a whole number that could name something."""
    _, _, decimals = text.replace(",", ".").rpartition(".")
    return not decimals.strip("0") and is_identifier(canonical(text))


def _shape_of_form(form: bytes) -> Shape:
    if not is_identifier(form):
        return Shape.LONG if len(form) > MAX_LENGTH else Shape.SHORT
    digits = len(form) - len(form.translate(None, b"0123456789"))
    return Shape.STRONG if digits >= _STRONG_DIGITS else Shape.WEAK
