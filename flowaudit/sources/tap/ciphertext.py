"""Ciphertext in text: long base64 or hexadecimal digits whose bytes are neither text nor a simple pattern. Pure."""

from __future__ import annotations

import binascii
import math
import re
from typing import Final

_LOOKED_AT: Final = 4_096
_RUN: Final = re.compile(r"[A-Za-z0-9+/_-]{96,}={0,2}|(?:[A-Za-z0-9+/]{60,76}\s+){2,}", re.ASCII)
_URL_SAFE: Final = str.maketrans("-_", "+/")
_MOST_OF_IT: Final = 0.75
"""What stands beside names the key or the form (`vault:v1:…`, the armour of PGP)."""
_SPREAD: Final = 0.75
"""Of the byte values that random bytes would show: so many different ones at least."""


def looks_encrypted(text: str) -> bool:
    """Whether long text can only be encrypted, compressed or otherwise packed; nothing that can be read looks so."""
    start = text[:_LOOKED_AT]
    run = max((found.group() for found in _RUN.finditer(start)), key=len, default="")
    return len(run) >= _MOST_OF_IT * len(start) and _is_random(_decoded("".join(run.split())))


def _decoded(run: str) -> bytes:
    """The bytes; none of what uses only a part of the alphabet, as numbers, words and sequences do."""
    digits = run.rstrip("=")
    if digits.isdigit() or digits.isalpha():
        return b""
    try:
        return bytes.fromhex(digits[: len(digits) // 2 * 2])
    except ValueError:
        if digits in {digits.lower(), digits.upper()}:
            return b""
        return binascii.a2b_base64(digits[: len(digits) // 4 * 4].translate(_URL_SAFE))


def _is_random(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        expected = 256 * (1 - math.exp(-len(data) / 256))
        return len(set(data)) >= _SPREAD * expected
    return False
