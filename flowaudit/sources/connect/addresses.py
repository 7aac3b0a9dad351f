"""Addresses in connector configurations → who is there, without any credential. Pure.

An address is taken apart strictly and put together again from host, port and database alone. What could be read in two
ways (a password with an `@` or a `/` in it looks like a host) is not read at all: rather a system that stays unnamed
than a piece of a password in a report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from flowaudit.sources.connect.addresses_table import DEFAULT_PORTS, SCHEMES

_HOST: Final = re.compile(
    r"(?P<host>[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>\d{1,5}))?"
)
_DATABASE: Final = re.compile(r"/+(?P<name>[A-Za-z0-9_$.-]{1,128})(?=[/?;:#]|$)")
_JDBC: Final = re.compile(r"jdbc:(?P<drivers>[a-z][a-z0-9+:-]*):(?://)(?P<rest>.*)", re.IGNORECASE)
_ORACLE: Final = re.compile(
    r"jdbc:oracle:(?:thin|oci8?):[^@]*@(?://|tcps?://)?(?P<place>[^@:/?]+:\d+)[:/](?P<name>[^@:/?]+)(?:[:?][^@]*)?",
    re.IGNORECASE,
)
_URL: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<rest>.*)", re.IGNORECASE)
_DATABASE_SETTING: Final = re.compile(
    r";\s*database(?:name)?\s*=\s*(?P<name>[A-Za-z0-9_$.-]{1,128})\s*(?=;|$)", re.IGNORECASE
)
_WORD: Final = re.compile(r"[A-Za-z0-9_$.-]{1,255}")
_MOST_HOSTS: Final = 20


@dataclass(frozen=True, slots=True)
class Address:
    """Where a system is."""

    scheme: str
    """As OpenLineage spells it: `postgres`, `mssql`, `mongodb` …"""
    authority: str
    """`host:port`, several joined by commas in alphabetical order, as every connector would list them."""
    database: str = ""

    @property
    def namespace(self) -> str:
        """What OpenLineage calls the system: `postgres://db.example.org:5432`."""
        return f"{self.scheme}://{self.authority}"


def is_word(text: str) -> bool:
    """May the text be a name (of a database, bucket, table, account)? Nothing that is more than one may pass for it."""
    return _WORD.fullmatch(text) is not None


def address_of(text: str) -> Address | None:
    """Read a URL, a MongoDB connection string or a JDBC address; None when it cannot be read with certainty."""
    if text[:5].lower() != "jdbc:":
        matched = _URL.fullmatch(text)
        return _read(matched["scheme"].lower(), matched["rest"]) if matched else None
    if oracle := _ORACLE.fullmatch(text):
        return _with_database("oracle", oracle["place"], oracle["name"])
    matched = _JDBC.fullmatch(text)
    return _read(_driver(matched["drivers"].lower().split(":")), matched["rest"]) if matched else None


def host_and_port(host: str, port: str, scheme: str) -> str:
    """`host:port` with the scheme's usual port filled in; empty when it is no address."""
    return authority_of([f"{host}:{port}" if port else host], scheme)


def authority_of(servers: Iterable[str], scheme: str) -> str:
    """`host:port[,host:port …]` with the scheme's usual port filled in; empty when any of them is no address."""
    places: set[str] = set()
    for server in servers:
        matched = _HOST.fullmatch(server.strip())
        if matched is None:
            return ""
        port = matched["port"] or DEFAULT_PORTS.get(scheme, "")
        places.add(matched["host"].lower() + (f":{port}" if port else ""))
    return ",".join(sorted(places)) if len(places) <= _MOST_HOSTS else ""


def _driver(words: list[str]) -> str:
    """`mysql:replication` and `aws-wrapper:postgresql` are a MySQL and a PostgreSQL."""
    return next((word for word in words if word in SCHEMES or word in DEFAULT_PORTS), words[-1])


def _read(scheme: str, rest: str) -> Address | None:
    scheme = SCHEMES.get(scheme, scheme)
    end = next((at for at, sign in enumerate(rest) if sign in "/?;#"), len(rest))
    authority, tail = rest[:end], rest[end:]
    return _read_sql_server(authority, tail) if scheme == "mssql" else _read_url(scheme, authority, tail)


def _read_url(scheme: str, authority: str, tail: str) -> Address | None:
    credentials, _, servers = authority.rpartition("@")
    if "@" in credentials or "@" in tail:
        return None
    places = authority_of(servers.split(","), scheme)
    database = _DATABASE.match(tail)
    return Address(scheme, places, database["name"] if database else "") if places else None


def _read_sql_server(authority: str, tail: str) -> Address | None:
    """Credentials stand among the settings, never before the host; an instance's name is left out for its port."""
    if "@" in authority or not _are_settings(tail):
        return None
    places = authority_of([authority.partition("\\")[0] + _port_behind_instance(authority)], "mssql")
    database = _DATABASE_SETTING.search(tail)
    return Address("mssql", places, database["name"] if database else "") if places else None


def _port_behind_instance(authority: str) -> str:
    _, instance, behind = authority.partition("\\")
    return f":{behind.rpartition(':')[2]}" if instance and ":" in behind else ""


def _are_settings(tail: str) -> bool:
    """`;key=value;key=value`, as SQL Server has it. A value in braces may hold a `;`: such a tail is not read."""
    return "{" not in tail and all("=" in setting for setting in tail.strip("/;").split(";") if setting.strip())


def _with_database(scheme: str, place: str, name: str) -> Address | None:
    authority = authority_of([place], scheme)
    return Address(scheme, authority, name if is_word(name) else "") if authority else None
