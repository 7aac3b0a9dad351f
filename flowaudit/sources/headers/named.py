"""A record's headers by name, and names of Kafka in them. Pure. Values stay within this room."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

Headers = Mapping[str, bytes]
"""Name → value. Of several headers of one name the last stands, as for every consumer that asks for one."""

_TOPIC: Final = re.compile(r"[A-Za-z0-9._-]{1,249}")
_LONGEST_NAME: Final = 255
_LONGEST_TEXT_BYTES: Final = 1024


def by_name(headers: Iterable[tuple[str, bytes | None]]) -> Headers:
    """The headers that have a value."""
    return {name: value for name, value in headers if value is not None}


def text(headers: Headers, name: str) -> str:
    """A header as text; empty when there is none, when it is no UTF-8 or longer than a name can be.

    Spring's and Connect's serializers of JSON put texts into quotes; they are taken off.
    """
    value = headers.get(name, b"")
    if len(value) > _LONGEST_TEXT_BYTES:
        return ""
    try:
        found = value.decode()
    except UnicodeDecodeError:
        return ""
    if len(found) > 1 and found[0] == found[-1] == '"':
        found = found[1:-1]
    return found.strip()


def topic_name(headers: Headers, name: str) -> str:
    """A header that names a topic; empty when it cannot be one."""
    found = text(headers, name)
    return found if _TOPIC.fullmatch(found) and found not in (".", "..") else ""


def program_name(headers: Headers, name: str) -> str:
    """A header that names a group or a connector; empty when it is none, unprintable or an e-mail address."""
    found = text(headers, name)
    return found if 0 < len(found) <= _LONGEST_NAME and found.isprintable() and "@" not in found else ""
