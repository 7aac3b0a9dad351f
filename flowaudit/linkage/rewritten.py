"""Forms that are other forms written anew: a ULID is 128 bits as a UUID is, and text may stand as hexadecimal bytes.

A digest is often cut to its first 16 bytes, which tell as many values apart; so the first 16 are what stands for all.
"""

from __future__ import annotations

import re
from binascii import hexlify
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
_LONG_DIGESTS: Final = frozenset({40, 56, 64, 96, 128})
"""Hexadecimal digits of SHA-1 and of the SHA-2 family."""
_CUT: Final = 32
_LIKE_UUID: Final = re.compile(rb"[0-9a-f]{12}[1-8][0-9a-f]{3}[89ab]")
"""What begins so may be a UUID and something more (RFC 9562, 4): cut, it would name another thing."""
_VERSIONS: Final = (0x10, 0x8F)
_VARIANTS: Final = (0x80, 0xBF)
"""The bytes behind those two signs: the first and the last that they may be."""
_PREFIXED: Final = re.compile(
    rb"[a-z]{1,8}(?:(?P<ulid>01[0-9a-hjkmnp-tv-z]{24})|(?P<hex>[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}))"
)
"""`evt_01J…`, `usr-3f25…`: a ULID of these decades, a UUID or a digest behind a word that says what it names."""
_LONGEST_PREFIXED: Final = 72


def rewritten(form: bytes, form_of: FormOf) -> bytes | None:
    """The canonical form that stands behind a form in lower case without separators; None for nearly all."""
    length = len(form)
    if length < _MIN_HEX:
        return None
    if length == _ULID_LENGTH:
        return _from_ulid(form)
    if length in _LONG_DIGESTS and not form.strip(HEX_DIGITS):
        return None if form.isdigit() else form_of_digest(form)
    if _ULID_LENGTH < length <= _LONGEST_PREFIXED and (found := _PREFIXED.fullmatch(form)) and not _is_hex(form, _CUT):
        bare: bytes = found["ulid"] or found["hex"]
        return rewritten(bare, form_of) or bare
    return _from_hex(form, form_of)


def _is_hex(form: bytes, digits: int) -> bool:
    return len(form) == digits and not form.strip(HEX_DIGITS)


def form_of_digest(form: bytes) -> bytes:
    """The canonical form of a digest that is written in hexadecimal digits, in lower case."""
    return form if _LIKE_UUID.match(form) else form[:_CUT]


def form_of_digest_bytes(digest: bytes) -> bytes:
    """`form_of_digest` of a digest that is not written at all, at less cost."""
    like_uuid = _VERSIONS[0] <= digest[6] <= _VERSIONS[1] and _VARIANTS[0] <= digest[8] <= _VARIANTS[1]
    return hexlify(digest if like_uuid else digest[: _CUT // 2])


def cut_digests(signs: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """The canonical forms of digests of one length, NULs before them; None where some may be something else."""
    if signs.shape[1] not in _LONG_DIGESTS:
        return None
    is_digit = signs - ord("0") < 10
    is_hex = is_digit | (signs - ord("a") < 6)
    if not is_hex.all() or is_digit.all(axis=1).any():
        return None
    like_uuid = (signs[:, 12] - ord("1") < 8) & np.isin(signs[:, 16], list(b"89ab"))
    cut = np.zeros_like(signs)
    cut[:, -_CUT:] = signs[:, :_CUT]
    return np.where(like_uuid[:, None], signs, cut)


def may_be_rewritten(signs: NDArray[np.uint8]) -> bool:
    """Whether `rewritten` may find something in one of these forms of one length; false for sure when false."""
    length = signs.shape[1]
    if length == _ULID_LENGTH:
        return True
    if length < _MIN_HEX:
        return False
    if length in _LONG_DIGESTS and _are_hex(signs).any():
        return True
    if _ULID_LENGTH < length <= _LONGEST_PREFIXED and _may_be_prefixed(signs):
        return True
    if length % 2:
        return False
    likely = signs[_are_high_nibbles(signs[:, :_MIN_HEX:2])]
    likely = likely[_are_high_nibbles(likely[:, ::2])]
    return bool((likely > ord("9")).any())


def _may_be_prefixed(signs: NDArray[np.uint8]) -> bool:
    signs = signs[signs[:, 0] >= ord("a")]
    is_ulid = (signs[:, -_ULID_LENGTH] == ord("0")) & (signs[:, 1 - _ULID_LENGTH] == ord("1"))
    is_hex = _are_hex(signs[:, -_CUT:])
    if signs.shape[1] == _CUT:
        return bool((is_ulid & ~is_hex).any())
    return bool((is_ulid | is_hex).any()) if signs.shape[1] > _CUT else bool(is_ulid.any())


def _are_hex(signs: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether all signs may be hexadecimal digits; true for some that are none."""
    return np.asarray((signs <= ord("f")).all(axis=1))


def _are_high_nibbles(signs: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(((signs - _HIGH_NIBBLES[0]) < len(_HIGH_NIBBLES)).all(axis=1))


def _from_hex(form: bytes, form_of: FormOf) -> bytes | None:
    """The form of a text that stands as hexadecimal bytes. Digits alone are a number, whatever else they could be."""
    if len(form) % 2 or form[::2].strip(_HIGH_NIBBLES) or form.isdigit() or form.strip(HEX_DIGITS):
        return None
    return form_of_written(bytes.fromhex(form.decode()), form_of) or None


def _from_ulid(form: bytes) -> bytes | None:
    """The 128 bits as hexadecimal digits (github.com/ulid/spec); None for 26 signs that are no ULID."""
    if form[0] > ord("7") or form.isdigit() or form.isalpha() or form.strip(_CROCKFORD):
        return None
    return b"%032x" % int(form.translate(_BASE_32), 32)
