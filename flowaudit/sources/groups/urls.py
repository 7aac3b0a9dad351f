"""Addresses that members announce of themselves, without what they should not have said. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_LONGEST: Final = 512
_SCHEMES: Final = frozenset({"http", "https"})


def announced_url(url: str) -> str:
    """`scheme://host:port/path` of an HTTP address: no user, password, query or fragment. Empty if it is none."""
    if len(url) > _LONGEST or not url.isascii() or not url.isprintable():
        return ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in _SCHEMES or not host or " " in url:
        return ""
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}{'' if port is None else f':{port}'}{parts.path}"
