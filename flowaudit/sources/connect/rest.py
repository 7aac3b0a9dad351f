"""Questions to one Connect worker."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from flowaudit.errors import SourceUnreachable, UsageError
from flowaudit.sources.bounded_http import (
    Answer,
    HttpLimits,
    NoAddress,
    NoAnswer,
    ask,
    basic_authentication,
    http_place,
)


class WorkerUnreachable(SourceUnreachable):
    """A worker does not answer, or not as a worker does; another of its cluster may."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Basic authentication. The password is never in its repr."""

    username: str = ""
    password: str = field(default="", repr=False)


class WorkerClient:
    """Asks one worker. Every question opens a connection of its own: there are few, and minutes may lie between."""

    def __init__(
        self, url: str, credentials: Credentials, ca_file: Path | None = None, limits: HttpLimits | None = None
    ) -> None:
        """`url` is `http[s]://host[:port][/path]`. The listing of ten thousand connectors has some 30 MB.

        Raises:
            UsageError: it is no such address, or the CA file cannot be read.
        """
        parts = urlsplit(url)
        try:
            self._place = http_place(url, _tls(ca_file) if parts.scheme == "https" else None)
        except NoAddress:
            msg = "connect.urls holds an entry that is no http:// or https:// address with a host and a valid port"
            raise UsageError(msg) from None
        login = basic_authentication(credentials.username, credentials.password)
        self._headers = {"Accept": "application/json", **login}
        self._limits = limits or HttpLimits()
        self.url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{self._place.path}"
        """How reports name the worker: without credentials and query."""
        self.address = f"{self._place.host}:{self._place.port}"
        """How the worker names itself, if it goes by the same name there."""

    def get(self, path: str) -> Answer:
        """Ask for `path` (quoted, beginning with a slash). A redirect is no answer: nobody else is asked.

        Raises:
            WorkerUnreachable: no answer in time, too large a one, or a redirect.
        """
        try:
            answer = ask(self._place, path, self._headers, self._limits)
        except NoAnswer as error:
            raise self.unreachable(str(error)) from None
        if 300 <= answer.status < 400:
            reason = f"HTTP status {answer.status}"
            raise self.unreachable(reason)
        return answer

    def unreachable(self, reason: str) -> WorkerUnreachable:
        """The error of this worker; `reason` is ours, never a text of the worker's."""
        msg = (
            f"the Connect worker at {self.url} does not answer ({reason}): is the address right, is the worker up, "
            "are the credentials and the CA file those of its REST listener?"
        )
        return WorkerUnreachable(msg)


def _tls(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        msg = f"connect.ssl_ca_file {str(ca_file)!r} cannot be read as PEM certificates ({type(error).__name__})"
        raise UsageError(msg) from None
