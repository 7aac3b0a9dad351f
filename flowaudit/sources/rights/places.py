"""Do the places outside of Kafka answer? Files that are to be read, REST addresses that are to be asked."""

from __future__ import annotations

import base64
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from typing_extensions import override

from flowaudit.rights import PlaceChecked

_TIMEOUT_S: Final = 8.0
_MOST_BYTES: Final = 16 * 1024 * 1024
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
        page = _get(f"{url.rstrip('/')}{path}", credentials)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in _REFUSED:
            return PlaceChecked(channel, place, f"it refuses the credentials (HTTP {error.code})")
        return PlaceChecked(channel, place, f"it answers with HTTP {error.code}; is this the right address?")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return PlaceChecked(channel, place, f"it does not answer ({type(error).__name__})")
    return PlaceChecked(channel, place, judge(page))


def _get(url: str, credentials: Credentials) -> bytes:
    headers = {"Accept": "*/*", "User-Agent": "flowaudit"}
    if credentials.username:
        token = base64.b64encode(f"{credentials.username}:{credentials.password}".encode()).decode()
        headers["Authorization"] = f"Basic {token}"
    context = ssl.create_default_context(cafile=credentials.ca_file or None)
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.HTTPSHandler(context=context))
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 (the settings allow http and https alone)
    with opener.open(request, timeout=_TIMEOUT_S) as answer:
        page: bytes = answer.read(_MOST_BYTES)
        return page


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    @override
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
