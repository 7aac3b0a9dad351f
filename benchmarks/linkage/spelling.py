"""The spellings of identifiers. Each can be undone, given the kind: programs read what others write."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Final

Spell = Callable[[str], str]

CONSTANTS: Final = ("unknown", "SYSTEM", "n/a")
"""What stands where nobody is known: spelled the same everywhere."""
_LENGTHS: Final = {
    "national": 18, "account": 10, "lock": 7, "plate": 6, "device": 12, "uuid": 32, "ulid": 26, "surrogate": 12,
}  # fmt: skip
_HEX: Final = re.compile(r"[0-9a-fA-F]+")
_HEX_LENGTHS: Final = (32, 40, 64)


def _cut(*lengths: int, joint: str = "-") -> Spell:
    def spell(value: str) -> str:
        pieces, start = [], 0
        for length in lengths:
            pieces.append(value[start : start + length])
            start += length
        return joint.join([*pieces, value[start:]] if start < len(value) else pieces)

    return spell


def _base64(value: str) -> str:
    return base64.b64encode(bytes.fromhex(value)).decode()


def _base64_url(value: str) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(value)).decode().rstrip("=")


_NUMBERS: Final[dict[str, Spell]] = {
    "plain": str,
    "int": str,
    "letter": lambda v: f"T{v}",
    "lower-letter": lambda v: f"t-{v}",
    "zeros": lambda v: v.zfill(12),
    "urn": lambda v: f"urn:ref:{v}",
}
_WORDS: Final[dict[str, Spell]] = {
    "plain": str,
    "lower": str.lower,
    "dashed": _cut(2),
    "lower-dashed": lambda v: _cut(2)(v).lower(),
    "urn": lambda v: f"urn:id:{v}",
    "slash": lambda v: f"ref/{v}",
}
STYLES: Final[dict[str, dict[str, Spell]]] = {
    "tenant": _NUMBERS | {"dashed": _cut(3)},
    "counter": _NUMBERS | {"prefixed": lambda v: f"ORD-{v}"},
    "ticket": {"plain": str, "int": str},
    "zone": {"plain": str, "int": str},
    "node": {"plain": str},
    "national": {
        "plain": str, "lower": str.lower, "spaced": _cut(6, 8, joint=" "), "dashed": _cut(6, 8),
        "country": lambda v: f"CN{v}", "urn": lambda v: f"urn:nid:{v}",
    },
    "email": {
        "plain": str, "upper": str.upper, "title": str.title, "mailto": lambda v: f"mailto:{v}",
    },
    "phone": {
        "plain": str, "int": str, "plus": lambda v: f"+86{v}", "zeros": lambda v: f"0086{v}",
        "spaced": _cut(3, 4, joint=" "), "dashed": _cut(3, 4), "uri": lambda v: f"tel:+86-{_cut(3, 4)(v)}",
    },
    "account": _WORDS,
    "lock": _WORDS,
    "plate": _WORDS,
    "surrogate": _WORDS,
    "device": {"plain": str, "lower": str.lower, "colons": _cut(2, 2, 2, 2, 2, joint=":"), "dashed": _cut(4, 4)},
    "uuid": {
        "plain": _cut(8, 4, 4, 4), "bare": str, "upper": lambda v: _cut(8, 4, 4, 4)(v).upper(),
        "urn": lambda v: f"urn:uuid:{_cut(8, 4, 4, 4)(v)}", "braces": lambda v: f"{{{_cut(8, 4, 4, 4)(v)}}}",
    },
    "ulid": {"plain": str, "lower": str.lower, "prefixed": lambda v: f"evt_{v}"},
    "digest": {
        "plain": str, "upper": str.upper, "base64": _base64, "base64-url": _base64_url,
        "named": lambda v: f"digest:{v}",
    },
}  # fmt: skip
"""Kind → style → how a plain value is spelled. The plain value is `unspell` of any of them."""
JOINABLE: Final = ("plain", "lower", "upper", "bare", "letter", "int")
"""Styles without a separator: two of them can stand in one string."""


def spell(kind: str, style: str, value: str) -> str:
    """A plain value in a style of its kind."""
    return value if value in CONSTANTS else STYLES[kind][style](value)


def unspell(kind: str, text: str) -> str:
    """The plain value of a spelling."""
    if text in CONSTANTS:
        return text
    undo = _UNDONE.get(kind)
    if undo is not None:
        return undo(text)
    bare = re.sub(r"[^0-9A-Za-z]", "", text)[-_LENGTHS[kind] :]
    return bare.lower() if kind == "uuid" else bare.upper()


def digest(algorithm: str, text: str) -> str:
    """The digest of a spelling, as plain hexadecimal digits."""
    return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()


def _plain_digest(text: str) -> str:
    if len(text) in _HEX_LENGTHS and _HEX.fullmatch(text):
        return text.lower()
    return base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "=" * (-len(text) % 4)).hex()


def _number(text: str) -> str:
    return re.sub(r"\D", "", text).lstrip("0")


_UNDONE: Final[dict[str, Spell]] = {
    "tenant": _number,
    "counter": _number,
    "ticket": _number,
    "zone": _number,
    "phone": lambda text: re.sub(r"\D", "", text)[-11:],
    "email": lambda text: text.lower().removeprefix("mailto:"),
    "digest": lambda text: _plain_digest(text.removeprefix("digest:")),
    "node": str,
}
