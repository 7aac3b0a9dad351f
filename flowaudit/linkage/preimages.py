"""Digests of a plaintext: who hashes an identifier hashes one of a few spellings of it, by one of a few functions.

A topic that holds `sha256(lower(email))` names the same people as the one that holds the e-mail. The spellings and
functions here are those that programs and data brokers use (case, blanks, a normal form, telephone numbers as they are
dialled here and abroad; MD5, SHA-1, SHA-2), whole or cut to 16 bytes; a salt, a key, or another function makes a digest
unlinkable, and that is said of the field instead.

Not so those that are cut to 8 bytes. No form can stand for all: other names of 16 bytes, sequential ones say, begin
alike and would be one. An alias of its own for each cut is two thirds more of them to make and to hold; and any field
of 16 hexadecimal digits, such as a span's id, would be taken for one of digests that nobody resolves.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from flowaudit.facts import Preimage
from flowaudit.linkage.canonical import Scalar
from flowaudit.linkage.phones import written_abroad
from flowaudit.linkage.rewritten import form_of_digest_bytes

_FUNCTIONS: Final = tuple(
    function(usedforsecurity=False)
    for function in (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha512, hashlib.sha384)
)
OFTEN: Final = 3
"""So many of the functions are used for whatever stands in a topic …"""
FUNCTIONS: Final = len(_FUNCTIONS)
"""… and all of them for people."""
_UUID_VERSIONS: Final = b"12345678"
_UUID_VARIANTS: Final = b"89ab"
_UUID_LENGTH: Final = 32
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-")
_HEX_DIGITS: Final = b"0123456789abcdef"
_DIGEST_LENGTHS: Final = frozenset({32, 40, 56, 64, 96, 128})
_ULID: Final = re.compile(r"(?<![0-9A-Za-z])[0-7][0-9A-HJKMNP-TV-Z]{25}\W*\Z", re.ASCII | re.IGNORECASE)
"""At the end of a text: 26 signs, where base64 of 16 bytes has 22 or, padded, 24."""


def digests_of(spelling: bytes, functions: int = FUNCTIONS) -> list[bytes]:
    """The canonical forms of a spelling's digests by the commonest functions, one each."""
    forms = []
    for function in _FUNCTIONS[:functions]:
        # A copy of an empty hash is had for half of what a new one costs.
        digest = function.copy()
        digest.update(spelling)
        forms.append(form_of_digest_bytes(digest.digest()))
    return forms


def text_of(value: Scalar | bytes) -> str:
    """How a value is spelled: whole numbers without a fraction, a record key without the quotes of a JSON string."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip('"')
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def other_spellings(text: str, form: bytes) -> list[tuple[Preimage, bytes]]:
    """Spellings of a plaintext that it does not have itself, each once; `form` is its canonical form.

    None of a UUID: machines mint them and machines write them, all in one way.
    """
    if len(form) == _UUID_LENGTH and _UUID.match(text):
        return []
    stripped = text.strip()
    spelled = (
        (Preimage.STRIPPED, stripped.encode("utf-8", "replace")),
        (Preimage.LOWER, stripped.lower().encode("utf-8", "replace")),
        (Preimage.UPPER, stripped.upper().encode("utf-8", "replace")),
        (Preimage.CANONICAL, form),
        *((Preimage.DIALLED, spelling.encode()) for spelling in written_abroad(stripped)),
    )
    first = {spelling: preimage for preimage, spelling in reversed(spelled)}
    first.pop(text.encode("utf-8", "replace"), None)
    return [(preimage, spelling) for spelling, preimage in first.items()]


def looks_like_digest(text: str, form: bytes) -> bool:
    """Whether a value can only be a digest or random: as long as one, no ULID, no UUID (RFC 9562) by its version."""
    if len(form) not in _DIGEST_LENGTHS or form.strip(_HEX_DIGITS) or form.isdigit():
        return False
    if _UUID.search(text) or (len(form) == _UUID_LENGTH and _ULID.search(text)):
        return False
    return len(form) != _UUID_LENGTH or form[12] not in _UUID_VERSIONS or form[16] not in _UUID_VARIANTS
