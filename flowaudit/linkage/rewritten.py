"""Forms that are other forms written anew: a ULID is 128 bits as a UUID is, and text may stand as hexadecimal bytes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from flowaudit.linkage.spellings import HEX_DIGITS, FormOf, form_of_written

_ULID_LENGTH: Final = 26
_CROCKFORD: Final = b"0123456789abcdefghjkmnpqrstvwxyz"
_BASE_32: Final = bytes.maketrans(_CROCKFORD, b"0123456789abcdefghijklmnopqrstuv")
_MIN_HEX: Final = 12
_HIGH_NIBBLES: Final = b"234567"
"""The first of the two digits of every printable ASCII character."""


def rewritten(form: bytes, form_of: FormOf) -> bytes | None:
    """The canonical form that stands behind a form in lower case without separators; None for nearly all."""
    if len(form) == _ULID_LENGTH:
        return _from_ulid(form)
    if len(form) < _MIN_HEX or len(form) % 2 or form[::2].strip(_HIGH_NIBBLES):
        return None
    # Digits alone are a number, whatever else they could be.
    if form.isdigit() or form.strip(HEX_DIGITS):
        return None
    return form_of_written(bytes.fromhex(form.decode()), form_of) or None


def may_be_rewritten(signs: NDArray[np.uint8]) -> bool:
    """Whether `rewritten` may find something in one of these forms of one length; false for sure when false."""
    length = signs.shape[1]
    if length == _ULID_LENGTH:
        return True
    if length < _MIN_HEX or length % 2:
        return False
    likely = signs[_are_high_nibbles(signs[:, :_MIN_HEX:2])]
    likely = likely[_are_high_nibbles(likely[:, ::2])]
    return bool((likely > ord("9")).any())


def _are_high_nibbles(signs: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(((signs - _HIGH_NIBBLES[0]) < len(_HIGH_NIBBLES)).all(axis=1))


def _from_ulid(form: bytes) -> bytes | None:
    """The 128 bits as hexadecimal digits (github.com/ulid/spec); None for 26 signs that are no ULID."""
    if form[0] > ord("7") or form.isdigit() or form.isalpha() or form.strip(_CROCKFORD):
        return None
    return b"%032x" % int(form.translate(_BASE_32), 32)
