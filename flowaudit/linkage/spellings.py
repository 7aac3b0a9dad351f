"""Spellings that need more than dropping separators: addresses, e-mail, telephone, UUID, URN, percent, base64, masks.

Each rule either finds what a value names or leaves it alone. Most rewrite one to one, so a false hit may miss a link
and makes nobody somebody else. Two drop what can tell names apart, because one name is written with it here and without
it there: the country of a telephone number (`phones`), and the word before a name (`person/…`, `urn:tenant:…`).
docs/canonical-forms.md says what is one by this, and by what `canonical` drops, although it may be two.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from flowaudit.linkage.addresses import IPV4_DOTS, IPV6_COLONS, address_form
from flowaudit.linkage.phones import national_number
from flowaudit.linkage.plain import BASE64, SEPARATORS

FormOf = Callable[[str], bytes]
"""The canonical form of a text, for what is found inside another."""

_MASKED: Final = re.compile(r"[*•●▪█∗]{2,}|#{3,}|(?<![A-Za-z])[xX]{3,}(?![A-Za-z])")
_PERCENT: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_EMAIL: Final = re.compile(
    r"(?:[A-Za-z][\w.+-]*[:/=])*(?:[^<>]*<)?(?P<mailbox>[\w.!#$%&'*+/?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+)>?"
)
_WRAPPING: Final = frozenset(":/={")
_HOLDS_NUMBERS: Final = re.compile(r"[-+(.,\d]|tel:", re.ASCII | re.IGNORECASE)
_WHOLE_NUMBER: Final = re.compile(r"(?P<whole>\d+)[.,]0+", re.ASCII)
_DECIMAL: Final = re.compile(r"-?\d*[.,]\d+(?:[eE][+-]?\d+)?", re.ASCII)
"""With a plus sign it is a telephone number (RFC 5733, section 2.5)."""
_SCIENTIFIC: Final = re.compile(r"(?P<lead>\d)\.(?P<rest>\d+)[eE]\+?(?P<power>\d{1,2})", re.ASCII)
_UUID: Final = re.compile(
    r"(?:[a-z][a-z_.+-]*[:/=])*\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?",
    re.IGNORECASE | re.ASCII,
)
_DIGEST: Final = re.compile(
    r"\{?(?:md5|sha-?\d*|blake2[bs]?)\}?[:=]\s*(?P<rest>[0-9a-zA-Z+/_=-]{22,})", re.IGNORECASE | re.ASCII
)
_PREFIXED: Final = re.compile(r"(?:[a-z][a-z_.+-]*[:/=])+(?P<rest>[^:/=].*)", re.IGNORECASE | re.ASCII)
_URL: Final = re.compile(r"[a-z][a-z0-9.+-]*://.*[/=](?P<rest>[^/=?#]+)/?", re.IGNORECASE | re.ASCII)
_BASE64: Final = re.compile(BASE64)
_PLAIN_TEXT: Final = re.compile(r"[A-Za-z0-9@ ._:/|+-]{6,}", re.ASCII)
_DIGESTS_BYTES: Final = frozenset({16, 20, 28, 32, 48, 64})
_UUID_BYTES: Final = 16
HEX_LENGTHS: Final = frozenset(2 * size for size in _DIGESTS_BYTES)
HEX_DIGITS: Final = b"0123456789abcdef"
_URL_SAFE: Final = str.maketrans("-_", "+/")
_STRONG_DIGITS: Final = 4
_NUMBER_DIGITS: Final = 5
_MIXED_SIGNS: Final = 6
"""Letters and digits mixed, so many of them: a plate, a code that somebody was given; no word."""
_CASE_CHANGES: Final = 6
_CASE_CHANGE: Final = re.compile(r"[a-z](?=[A-Z])|[A-Z](?=[a-z])")
_URN: Final = "urn:"
_PAIRS: Final = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5,}", re.IGNORECASE | re.ASCII)
"""The bytes of a network card's name (IEEE 802), or of a fingerprint: of those, `ae:` is no word before a name."""
_BLANKED: Final = bytes(32 if sign in SEPARATORS else sign for sign in range(256))
"""Every separator as a blank, at which bytes are split."""


def form_of_spelling(text: str, form_of: FormOf) -> bytes | None:
    """The canonical form of a spelling that one of the rules knows; None for all others.

    Empty for what names nothing: a masked value, a fraction.
    """
    text = text.strip(" \t\r\n\"'")
    if _MASKED.search(text):
        return b""
    if "%" in text and _PERCENT.search(text):
        return form_of(unquote(text))
    if "@" in text and (email := _EMAIL.fullmatch(text)):
        # Dots and plus-tags tell mailboxes apart for all but a few providers (RFC 5321, 2.3.11: only the host knows).
        return email["mailbox"].lower().encode()
    if _HOLDS_NUMBERS.match(text) and (number := _number(text)) is not None:
        return number
    found = _encoded(text, form_of)
    return found if found or _WRAPPING.isdisjoint(text) else _wrapped(text, form_of)


def _number(text: str) -> bytes | None:
    if _DECIMAL.fullmatch(text):
        return _whole(text)
    if text.count(".") == IPV4_DOTS and (address := address_form(text)) is not None:
        return address
    return national_number(text)


def _whole(decimal: str) -> bytes:
    """The whole number that is written with decimals; empty for a fraction."""
    if whole := _WHOLE_NUMBER.fullmatch(decimal):
        return whole["whole"].lstrip("0").encode()
    if number := _SCIENTIFIC.fullmatch(decimal):
        digits, zeros = number["rest"].rstrip("0"), int(number["power"])
        if number["lead"] != "0" and len(digits) <= zeros:
            return (number["lead"] + digits.ljust(zeros, "0")).encode()
    return b""


def groups_of(text: str) -> bytes:
    """A text without its separators, but for one dash where it had any between others."""
    return b"-".join(text.encode().translate(_BLANKED).split())


def _wrapped(text: str, form_of: FormOf) -> bytes | None:
    """What stands after a prefix of words (`person/…`, `urn:tenant:…`, a URL), when it names something by itself."""
    if _PAIRS.fullmatch(text):
        return None
    if uuid := _UUID.fullmatch(text):
        return "".join(uuid.groups()).lower().encode()
    if text[: len(_URN)].lower() == _URN:
        return form_of(text[len(_URN) :])
    if ("." in text or "::" in text or text.count(":") >= IPV6_COLONS) and (address := address_form(text)) is not None:
        return address
    prefixed = _URL.fullmatch(text) or _DIGEST.fullmatch(text) or _PREFIXED.fullmatch(text)
    if prefixed is None:
        return None
    rest = form_of(prefixed["rest"])
    return rest if _names_by_itself(rest) else None


def _names_by_itself(form: bytes) -> bool:
    if len(form) in HEX_LENGTHS and not form.strip(HEX_DIGITS):
        return True
    digits = form.replace(b"-", b"")
    digits = digits if digits.isdigit() else digits[:-1]
    if len(digits) >= _NUMBER_DIGITS and digits.isdigit():
        return True
    return len(form) >= _MIXED_SIGNS and form.isalnum() and not form.isalpha() and not form.isdigit()


def _encoded(text: str, form_of: FormOf) -> bytes | None:
    """What base64 (RFC 4648, either alphabet, padded or not) hides: a UUID, a digest, or another spelling."""
    if text in {text.lower(), text.upper()} or not _BASE64.fullmatch(text):
        return None
    decoded = _from_base64(text)
    if decoded is None:
        return None
    if len(decoded) in _DIGESTS_BYTES and _looks_random(text):
        return decoded.hex().encode() if len(decoded) == _UUID_BYTES else form_of(decoded.hex())
    return form_of_written(decoded, form_of)


def form_of_written(decoded: bytes, form_of: FormOf) -> bytes | None:
    """The form of a spelling that was written as bytes; None unless they are plain text with four digits or more."""
    if not decoded.isascii() or not _PLAIN_TEXT.fullmatch(text := decoded.decode()):
        return None
    return form_of(text) if sum(map(str.isdigit, text)) >= _STRONG_DIGITS else None


def _from_base64(text: str) -> bytes | None:
    bare = text.rstrip("=").translate(_URL_SAFE)
    try:
        decoded = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    # Bits that no encoder sets, or padding of another length: it is no base64.
    right = base64.b64encode(decoded).decode()
    return decoded if right in {text.translate(_URL_SAFE), bare + "=" * (len(right) - len(bare))} else None


def _looks_random(text: str) -> bool:
    return text.endswith("=") or any(map(str.isdigit, text)) or len(_CASE_CHANGE.findall(text)) >= _CASE_CHANGES
