"""What a single key may hold: patterns, addresses, paths; lists of them are written in one environment variable too."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from flowaudit.linkage.phones import is_region


def _split(value: object) -> object:
    """`a,b` → `["a", "b"]`: how a list is written in one environment variable. `["a{1,2}"]` (JSON) works too."""
    if not isinstance(value, str):
        return value
    if re.match(r'\s*\[\s*["\]]', value):
        return json.loads(value)
    return [part.strip() for part in value.split(",") if part.strip()]


def _compiles(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        msg = f"is not a regular expression: {error.msg} at position {error.pos}"
        raise ValueError(msg) from error
    return value


_FIELD_PATH: Final = re.compile(
    r"\$(key|headers)?((\.(<json>|<[|#~;,/:_.-]>(?=\[\d)|[A-Za-z0-9_][\w-]*)|\[(\*|\d+|'([^'\\]|\\.)*')\])*)"
)


def _field_path(value: str) -> str:
    if not _FIELD_PATH.fullmatch(value):
        msg = "must be the path of a field, for example $.tenant.id, $.guests[*].id_no or $key"
        raise ValueError(msg)
    return value


def _phone_region(value: str) -> str:
    if not is_region(value):
        msg = "must be a country in two capital letters, for example GB"
        raise ValueError(msg)
    return value


def from_json(value: object) -> object:
    """How a list of mappings is written in one environment variable."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        msg = "is not JSON"
        raise ValueError(msg) from error


def _own_name(value: object) -> object:
    if isinstance(value, str) and not value.startswith("flowaudit"):
        msg = "must begin with flowaudit"
        raise ValueError(msg)
    return value


def _host_name(value: str) -> str:
    if not re.fullmatch(r"\*|(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]", value):
        msg = "must be a name or an address without a port, for example audit.example.org"
        raise ValueError(msg)
    return value.lower()


def _server(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        msg = "must be host:port, for example kafka.example.org:9092"
        raise ValueError(msg)
    return value


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = "must be an address with http:// or https://, for example https://connect.example.org:8083"
        raise ValueError(msg)
    if parts.username or parts.password:
        msg = "must not hold credentials: give username and password_file"
        raise ValueError(msg)
    return value.rstrip("/")


HostName = Annotated[str, AfterValidator(_host_name)]
HostNames = Annotated[tuple[HostName, ...], BeforeValidator(_split)]
Pattern = Annotated[str, BeforeValidator(_compiles)]
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(_split)]
Url = Annotated[str, AfterValidator(_url)]
Urls = Annotated[tuple[Url, ...], BeforeValidator(_split)]
FieldPath = Annotated[str, AfterValidator(_field_path)]
Paths = Annotated[tuple[Path, ...], BeforeValidator(_split)]
Server = Annotated[str, BeforeValidator(_server)]
OwnName = Annotated[str, BeforeValidator(_own_name)]
PhoneRegion = Annotated[str, AfterValidator(_phone_region)]
Servers = Annotated[tuple[Server, ...], BeforeValidator(_split)]
