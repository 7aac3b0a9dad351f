"""Reads pages of metrics over HTTP."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from flowaudit.errors import SourceUnreachable
from flowaudit.sources.bounded_http import HttpLimits, NoAddress, NoAnswer, ask, http_place

_LIMITS: Final = HttpLimits(most_bytes=128 << 20)
_HEADERS: Final = {"Accept": "text/plain;version=0.0.4"}


def fetch_page(url: str) -> bytes:
    """The page at `url` (`http://` or `https://`, without credentials). Redirects are not followed.

    Raises:
        SourceUnreachable: no answer in time, too large a one, or not the page.
    """
    parts = urlsplit(url)
    page = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        answer = ask(http_place(f"{parts.scheme}://{parts.netloc}"), page, _HEADERS, _LIMITS)
    except (NoAddress, NoAnswer) as error:
        raise _unreachable(parts.hostname or "", str(error)) from None
    if answer.status != HTTPStatus.OK:
        raise _unreachable(parts.hostname or "", f"HTTP status {answer.status}")
    return answer.body


def _unreachable(host: str, reason: str) -> SourceUnreachable:
    msg = f"the page of broker metrics at {host!r} cannot be read ({reason}): is the address right, is the exporter up?"
    return SourceUnreachable(msg)
