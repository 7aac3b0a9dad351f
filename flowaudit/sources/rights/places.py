"""Do the places outside of Kafka answer? Files that are to be read, REST addresses that are to be asked."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from flowaudit.rights import PlaceChecked
from flowaudit.sources.bounded_http import (
    Answer,
    HttpLimits,
    NoAddress,
    NoAnswer,
    ask,
    basic_authentication,
    http_place,
)

_LIMITS: Final = HttpLimits(timeout_s=8.0, most_bytes=128 << 20)
_REFUSED: Final = frozenset({401, 403})

Judge = Callable[[bytes], str]
"""A page that answered → why it cannot be used all the same, in words of ours; empty when it can."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Basic authentication, and the authorities that sign the server's certificate."""

    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""


def check_file(channel: str, path: Path) -> PlaceChecked:
    """Can the file be opened and read?"""
    try:
        with path.open("rb") as file:
            file.read(1)
    except FileNotFoundError:
        return PlaceChecked(channel, str(path), "there is no such file")
    except IsADirectoryError:
        return PlaceChecked(channel, str(path), "it is a folder; name the file")
    except OSError:
        return PlaceChecked(channel, str(path), "it cannot be read; does this user have the right to?")
    return PlaceChecked(channel, str(path))


def check_page(channel: str, url: str, path: str, credentials: Credentials, judge: Judge) -> PlaceChecked:
    """Does `url` answer a GET of `path` below it? Redirects are not followed: they could carry credentials away."""
    place = _without_credentials(url)
    try:
        answer = _get(url, path, credentials)
    except (NoAddress, NoAnswer) as error:
        return PlaceChecked(channel, place, f"it does not answer ({error})")
    except OSError as error:
        return PlaceChecked(channel, place, f"it does not answer ({type(error).__name__})")
    if answer.status in _REFUSED:
        return PlaceChecked(channel, place, f"it refuses the credentials (HTTP {answer.status})")
    if answer.status != HTTPStatus.OK:
        return PlaceChecked(channel, place, f"it answers with HTTP {answer.status}; is this the right address?")
    return PlaceChecked(channel, place, judge(answer.body))


def _get(url: str, path: str, credentials: Credentials) -> Answer:
    tls = ssl.create_default_context(cafile=credentials.ca_file or None)
    headers = {"Accept": "*/*", **basic_authentication(credentials.username, credentials.password)}
    query = urlsplit(url).query
    return ask(http_place(url, tls), path + (f"?{query}" if query else ""), headers, _LIMITS)


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
