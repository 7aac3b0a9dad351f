"""UUIDs as machines write them: lower case, in five groups (RFC 9562, section 4). Most events are named so. Pure.

`canonical` would find the same forms; here they cost a fraction, alone and by the column.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

_LENGTH: Final = 36
_FORM_LENGTH: Final = 32
_TEXT: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_SIGNS: Final = b"0123456789abcdef-\n"
_PLACES: Final = ((8, b"-"), (13, b"-"), (18, b"-"), (23, b"-"), (14, b"12345678"), (19, b"89ab"), (_LENGTH, b"\n"))
"""Which signs may stand where in a line."""
_DASHES: Final = 4
_IN_LETTERS: Final = np.uint64(0x4040_4040_4040_4040)
"""Bits that ASCII's letters have and its digits have not."""


def uuid_form(text: str) -> bytes | None:
    """The canonical form of a UUID of a known version; None for all other texts, and for digits alone."""
    if len(text) != _LENGTH or not _TEXT.fullmatch(text):
        return None
    form = text.replace("-", "").encode()
    return None if form.isdigit() else form


def uuid_forms(lines: bytes, count: int) -> NDArray[np.uint8] | None:
    """The canonical forms of so many lines, one a row; None unless `uuid_form` finds one in each of them."""
    if len(lines) != (_LENGTH + 1) * count - 1 or lines.translate(None, _SIGNS):
        return None
    if lines.count(b"-") != _DASHES * count or lines.count(b"\n") != count - 1:
        return None
    if any(lines[place :: _LENGTH + 1].strip(signs) for place, signs in _PLACES):
        return None
    bare = np.frombuffer(lines.translate(None, b"-") + b"\n", dtype=np.uint8)
    forms = np.ascontiguousarray(bare.reshape(count, _FORM_LENGTH + 1)[:, :_FORM_LENGTH])
    has_letters = (forms.view(np.uint64) & _IN_LETTERS).any(axis=1)
    return forms if has_letters.all() else None
