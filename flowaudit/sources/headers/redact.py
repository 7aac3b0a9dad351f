"""Names of systems without what could name a person, an order or a device. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

_LONGEST: Final = 200
_MOST_KEPT: Final = 256
"""Most topics name one origin, over and over."""
_ANY: Final = "*"
_UUID: Final = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_PHONE: Final = re.compile(r"\+?\(?\d[\d ().-]{5,}\d")
_TOKEN: Final = re.compile(r"[^\W_]+")
_LAST_WORD: Final = re.compile(r"[^\W_]+$|$")
_HEX: Final = re.compile(r"[0-9a-f]{8,}", re.IGNORECASE)
_MOST_DIGITS: Final = 3
_MOST_QUOTED: Final = 8
_SEPARATORS: Final = re.compile(r"([/:\\|,])")
_USERINFO: Final = re.compile(r"((?:^|:)//)[^/?#\\]*@")
_PORT: Final = re.compile(r"(?<=[A-Za-z0-9.*\]]):(\d{1,5})$")


@lru_cache(maxsize=_MOST_KEPT)
def redacted(name: str) -> str:
    """`name` without query, fragment and credentials, and with `*` for what looks like an identifier.

    Those are e-mail addresses and what stays quoted (the whole segment of the path), phone numbers, UUIDs, numbers, 8
    and more hexadecimal digits, and words with more than three digits. Unprintable characters are dropped, what is
    longer than 200 characters is cut. Redacting twice changes nothing. Personal names are words like others: they stay.
    """
    plain = re.split(r"[?#;]", _unquoted(name), maxsplit=1)[0].strip()
    scheme, mark, rest = plain.partition("://")
    if not mark:
        return _cut(_segments(plain))
    authority, slash, path = rest.partition("/")
    host = authority.rpartition("@")[2]
    port = _PORT.search(host)
    shown = _segments(host[: port.start()] + port[0].replace(port[1], "")) if port else _segments(host)
    return _cut(f"{_segments(scheme)}://{shown}{port[1] if port else ''}{slash}{_segments(path)}")


def _unquoted(name: str) -> str:
    """Quoted once or more often: `%2540` is an `@` to somebody. Unprintable letters are dropped on the way.

    Credentials go before each unquoting: a `%2F` in a password would end the authority, and show what stands before.
    """
    name = _USERINFO.sub(r"\1", name)
    for _ in range(_MOST_QUOTED):
        plain = _USERINFO.sub(r"\1", "".join(letter for letter in unquote(name) if letter.isprintable()))
        if plain == name:
            break
        name = plain
    return name


def _segments(path: str) -> str:
    return "".join(part if _SEPARATORS.fullmatch(part) else _segment(part) for part in _SEPARATORS.split(path) if part)


def _segment(segment: str) -> str:
    # What is still quoted could be anything.
    if "@" in segment or "%" in segment or _PHONE.fullmatch(segment.strip()):
        return _ANY
    return _TOKEN.sub(_token, _UUID.sub(_ANY, segment))


def _token(match: re.Match[str]) -> str:
    token = match[0]
    digits = sum(letter.isdigit() for letter in token)
    return _ANY if digits == len(token) or digits > _MOST_DIGITS or _HEX.fullmatch(token) else token


def _cut(name: str) -> str:
    # Half a word may look like something else than the whole.
    return name if len(name) <= _LONGEST else _LAST_WORD.sub(_ANY, name[: _LONGEST - 1], count=1)
