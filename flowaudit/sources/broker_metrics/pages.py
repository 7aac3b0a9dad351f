"""Reads pages of metrics over HTTP: GET only, bounded in time and size."""

from __future__ import annotations

import http.client
import ssl
import time
from typing import Final
from urllib.parse import urlsplit

from flowaudit.errors import SourceUnreachable

_TIMEOUT_S: Final = 10.0
_MOST_BYTES: Final = 128 << 20
_CHUNK_BYTES: Final = 1 << 16


def fetch_page(url: str) -> bytes:
    """The page at `url` (`http://` or `https://`, without credentials). Redirects are not followed.

    Raises:
        SourceUnreachable: no answer in time, too large a one, or not the page.
    """
    parts = urlsplit(url)
    host, target = parts.hostname or "", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts.scheme, host, parts.port)
    try:
        connection.request("GET", target, headers={"Accept": "text/plain;version=0.0.4", "User-Agent": "flowaudit"})
        response = connection.getresponse()
        body = _body(response)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unreachable(host, type(error).__name__) from None
    finally:
        connection.close()
    if response.status != http.HTTPStatus.OK:
        raise _unreachable(host, f"HTTP status {response.status}")
    return body


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=_TIMEOUT_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)


def _body(response: http.client.HTTPResponse) -> bytes:
    deadline_s = time.monotonic() + _TIMEOUT_S
    body = bytearray()
    while chunk := response.read1(_CHUNK_BYTES):
        body += chunk
        if len(body) > _MOST_BYTES or time.monotonic() > deadline_s:
            raise TimeoutError
    return bytes(body)


def _unreachable(host: str, reason: str) -> SourceUnreachable:
    msg = f"the page of broker metrics at {host!r} cannot be read ({reason}): is the address right, is the exporter up?"
    return SourceUnreachable(msg)
