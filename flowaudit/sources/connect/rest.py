"""Questions to one Connect worker over HTTP: GET only, bounded in time and size, to the host named and no other.

The standard library's client is enough: it follows no redirect, reads no proxy settings and keeps no cookies.
"""

from __future__ import annotations

import http.client
import ssl
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from flowaudit.errors import SourceUnreachable, UsageError

_CHUNK_BYTES: Final = 1 << 16
_USER_AGENT: Final = "flowaudit"


class WorkerUnreachable(SourceUnreachable):
    """A worker does not answer, or not as a worker does; another of its cluster may."""


@dataclass(frozen=True, slots=True)
class RestLimits:
    """How long and how much to listen to one answer."""

    timeout_s: float = 10.0
    """For the connection and for the whole answer, each."""
    most_bytes: int = 64 << 20
    """The listing of ten thousand connectors has some 30 MB."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Basic authentication. The password is never in its repr."""

    username: str = ""
    password: str = field(default="", repr=False)

    def headers(self) -> Mapping[str, str]:
        """The header that carries them; none without a user."""
        if not self.username:
            return {}
        return {"Authorization": f"Basic {b64encode(f'{self.username}:{self.password}'.encode()).decode()}"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A worker's answer; its body is not in its repr."""

    status: int
    body: bytes = field(repr=False)


class WorkerClient:
    """Asks one worker. Every question opens a connection of its own: there are few, and minutes may lie between."""

    def __init__(
        self, url: str, credentials: Credentials, ca_file: Path | None = None, limits: RestLimits | None = None
    ) -> None:
        """`url` is `http[s]://host[:port][/path]`.

        Raises:
            UsageError: it is no such address, or the CA file cannot be read.
        """
        parts = urlsplit(url)
        self._host, self._port = _place(parts)
        self._base = parts.path.rstrip("/")
        self._headers = {"Accept": "application/json", "User-Agent": _USER_AGENT, **credentials.headers()}
        self._limits = limits or RestLimits()
        self._tls = _tls(ca_file) if parts.scheme == "https" else None
        self.url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{self._base}"
        """How reports name the worker: without credentials and query."""
        self.address = f"{self._host}:{self._port}"
        """How the worker names itself, if it goes by the same name there."""

    def get(self, path: str) -> Answer:
        """Ask for `path` (quoted, beginning with a slash). A redirect is no answer: nobody else is asked.

        Raises:
            WorkerUnreachable: no answer in time, too large a one, or a redirect.
        """
        connection = self._connection()
        try:
            connection.request("GET", self._base + path, headers=dict(self._headers))
            response = connection.getresponse()
            body = self._read(response)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self.unreachable(type(error).__name__) from None
        finally:
            connection.close()
        if 300 <= response.status < 400:
            reason = f"HTTP status {response.status}"
            raise self.unreachable(reason)
        return Answer(response.status, body)

    def _connection(self) -> http.client.HTTPConnection:
        timeout_s = self._limits.timeout_s
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=timeout_s)
        return http.client.HTTPSConnection(self._host, self._port, timeout=timeout_s, context=self._tls)

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        deadline_s = time.monotonic() + self._limits.timeout_s
        body = bytearray()
        while chunk := response.read1(_CHUNK_BYTES):
            body += chunk
            if len(body) > self._limits.most_bytes:
                reason = f"more than {self._limits.most_bytes} bytes"
                raise self.unreachable(reason)
            if time.monotonic() > deadline_s:
                reason = "too slow an answer"
                raise self.unreachable(reason)
        return bytes(body)

    def unreachable(self, reason: str) -> WorkerUnreachable:
        """The error of this worker; `reason` is ours, never a text of the worker's."""
        msg = (
            f"the Connect worker at {self.url} does not answer ({reason}): is the address right, is the worker up, "
            "are the credentials and the CA file those of its REST listener?"
        )
        return WorkerUnreachable(msg)


def _place(parts: SplitResult) -> tuple[str, int]:
    try:
        host, port = parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        host, port = None, 0
    if not host:
        msg = "connect.urls holds an entry that is no http:// or https:// address with a host and a valid port"
        raise UsageError(msg)
    return host, port


def _tls(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        msg = f"connect.ssl_ca_file {str(ca_file)!r} cannot be read as PEM certificates ({type(error).__name__})"
        raise UsageError(msg) from None
