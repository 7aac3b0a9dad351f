"""Addresses that members announce of themselves, without what they should not have said. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_LONGEST: Final = 512
_SCHEMES: Final = frozenset({"http", "https"})
_HOST: Final = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")


def announced_url(url: str) -> str:
    """`scheme://host:port` of an HTTP address. Empty if it is none.

    A path, a query and a fragment are left out with the user and the password: a secret that is written carelessly
    lands in one of them.
    """
    if len(url) > _LONGEST:
        return ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in _SCHEMES or not _HOST.fullmatch(host):
        return ""
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" if port is None else f"{parts.scheme}://{name}:{port}"
