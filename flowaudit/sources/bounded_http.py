"""Questions over HTTP: GET only, bounded in time and size, to the host named and no other.

The standard library's client is enough: it follows no redirect, reads no proxy settings and keeps no cookies.
"""

from __future__ import annotations

import http.client
import ssl
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from flowaudit.errors import FlowAuditError

_CHUNK_BYTES: Final = 1 << 16
_PORTS: Final = {"http": 80, "https": 443}


class NoAnswer(FlowAuditError):
    """Nothing came that could be an answer. The message is ours, never a text of the other side's."""


class NoAddress(FlowAuditError):
    """It is no `http://` or `https://` address with a host and a valid port."""


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """How long and how much to listen to one answer."""

    timeout_s: float = 10.0
    """For the connection and for the whole answer, each."""
    most_bytes: int = 64 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, whatever its status; its body is not in its repr."""

    status: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class HttpPlace:
    """Where to ask. Credentials and query of an address are left out."""

    host: str
    port: int
    path: str
    """Without the slash at its end; what is asked for comes behind it."""
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    """None: the address is an `http://` one."""


def http_place(url: str, tls: ssl.SSLContext | None = None) -> HttpPlace:
    """The place of `http[s]://host[:port][/path]`; `tls` counts for https, where None is the system's own trust.

    Raises:
        NoAddress: it is none.
    """
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        host, port = None, 0
    if not host:
        msg = "an entry is no http:// or https:// address with a host and a valid port"
        raise NoAddress(msg)
    is_secure = parts.scheme == "https"
    return HttpPlace(host, port, parts.path.rstrip("/"), (tls or ssl.create_default_context()) if is_secure else None)


def basic_authentication(username: str, password: str) -> Mapping[str, str]:
    """The header that carries credentials (RFC 7617); none without a user."""
    if not username:
        return {}
    return {"Authorization": f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}"}


def ask(place: HttpPlace, path: str, headers: Mapping[str, str], limits: HttpLimits) -> Answer:
    """GET `path` (quoted, with its query) below the place. Every question opens a connection of its own.

    Raises:
        NoAnswer: none in time, or too large a one.
    """
    connection = _connection(place, limits.timeout_s)
    try:
        target = place.path + path
        target = target if target.startswith("/") else f"/{target}"
        connection.request("GET", target, headers={"User-Agent": "flowaudit", **headers})
        response = connection.getresponse()
        return Answer(response.status, _body(response, limits))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(type(error).__name__) from None
    finally:
        connection.close()


def _connection(place: HttpPlace, timeout_s: float) -> http.client.HTTPConnection:
    if place.tls is None:
        return http.client.HTTPConnection(place.host, place.port, timeout=timeout_s)
    return http.client.HTTPSConnection(place.host, place.port, timeout=timeout_s, context=place.tls)


def _body(response: http.client.HTTPResponse, limits: HttpLimits) -> bytes:
    deadline_s = time.monotonic() + limits.timeout_s
    body = bytearray()
    while chunk := response.read1(_CHUNK_BYTES):
        body += chunk
        if len(body) > limits.most_bytes:
            msg = f"more than {limits.most_bytes} bytes"
            raise NoAnswer(msg)
        if time.monotonic() > deadline_s:
            msg = "too slow an answer"
            raise NoAnswer(msg)
    return bytes(body)
