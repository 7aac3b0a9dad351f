"""Questions to a schema registry: where an id is registered, and what it stands for. GET only, to the host named.

Confluent's REST API, which Apicurio and Karapace serve as well.
"""

from __future__ import annotations

import json
import ssl
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from flowaudit.errors import SourceUnreachable, UsageError
from flowaudit.sources.bounded_http import HttpLimits, NoAddress, NoAnswer, ask, basic_authentication, http_place
from flowaudit.sources.schema_registry.registered import Reference, RegisteredSchema

_LIMITS: Final = HttpLimits(timeout_s=5.0, most_bytes=1 << 20)
_MOST_HELD: Final = 10_000
_LONGEST_SUBJECT: Final = 300
_OK, _NOT_FOUND = 200, 404
_PROTOBUF: Final = "PROTOBUF"
_MOST_REFERENCES: Final = 64
_SERIALIZED: Final = "?format=serialized"


class RegistryUnreachable(SourceUnreachable):
    """The registry does not answer, or not as a registry does, or refuses. Its message names no id."""


class SchemaRegistry:
    """Asks one registry, and remembers the answers for ten thousand ids. For one thread at a time."""

    def __init__(
        self, url: str, username: str = "", password: str = "", ssl_context: ssl.SSLContext | None = None
    ) -> None:
        """`url` is `http[s]://host[:port][/path]`; credentials, if any, are sent as basic authentication.

        Raises:
            UsageError: it is no such address.
        """
        try:
            self._place = http_place(url, ssl_context)
        except NoAddress:
            msg = "the schema registry's address is no http:// or https:// address with a host and a valid port"
            raise UsageError(msg) from None
        self._headers = {"Accept": "application/json", **basic_authentication(username, password)}
        self._known: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        scheme = "http" if self._place.tls is None else "https"
        self.url = f"{scheme}://{self._place.host}:{self._place.port}{self._place.path}"
        """How reports name it: without credentials and query."""

    def knows(self, schema_id: str) -> bool:
        """Would `subjects` answer from memory?"""
        return schema_id in self._known

    def subjects(self, schema_id: str) -> tuple[str, ...]:
        """Subjects under which a number or a GUID is registered, sorted; none when the registry does not know it.

        Raises:
            RegistryUnreachable: no answer in time, or none of use.
        """
        if schema_id not in self._known:
            self._known[schema_id] = self._ask(schema_id)
            if len(self._known) > _MOST_HELD:
                self._known.popitem(last=False)
        return self._known[schema_id]

    def schema(self, schema_id: str) -> RegisteredSchema | None:
        """The schema of a number or a GUID, with all that it refers to; None when the registry does not know it.

        Nothing is remembered: that is the caller's to do.

        Raises:
            RegistryUnreachable: no answer in time, or none of use.
        """
        path = f"/schemas/ids/{schema_id}" if schema_id.isdecimal() else f"/schemas/guids/{quote(schema_id, safe='')}"
        answer = self._get(path)
        if not isinstance(answer, dict) or not isinstance(answer.get("schema"), str):
            return None
        kind = answer.get("schemaType", "AVRO")
        references = self._references(answer, kind == _PROTOBUF)
        serialized = self._serialized(path) if kind == _PROTOBUF else b""
        return RegisteredSchema(kind if isinstance(kind, str) else "", answer["schema"], serialized, references)

    def _references(self, answer: dict[str, object], is_protobuf: bool) -> tuple[Reference, ...]:
        """What a schema refers to, directly and on, each after what it refers to itself."""
        found: dict[str, Reference] = {}
        self._collect(answer, is_protobuf, found, set())
        return tuple(found.values())

    def _collect(
        self,
        answer: dict[str, object],
        is_protobuf: bool,
        found: dict[str, Reference],
        asked: set[str],
    ) -> None:
        for name, path in _references_in(answer):
            if name in asked or len(asked) >= _MOST_REFERENCES:
                continue
            asked.add(name)
            referred = self._get(path)
            if not isinstance(referred, dict) or not isinstance(referred.get("schema"), str):
                continue
            self._collect(referred, is_protobuf, found, asked)
            found[name] = Reference(name, referred["schema"], self._serialized(path) if is_protobuf else b"")

    def _serialized(self, path: str) -> bytes:
        """Protobuf's descriptor; empty when the registry answers with something else, for not all of them know this."""
        try:
            answer = self._get(path + _SERIALIZED)
        except RegistryUnreachable:
            return b""
        text = answer.get("schema") if isinstance(answer, dict) else None
        try:
            return b64decode(text, validate=True) if isinstance(text, str) else b""
        except ValueError:
            return b""

    def _ask(self, schema_id: str) -> tuple[str, ...]:
        numbers = [schema_id] if schema_id.isdecimal() else self._numbers(schema_id)
        found: set[str] = set()
        for number in numbers:
            answer = self._get(f"/schemas/ids/{number}/versions")
            if answer is None:
                # Registries before version 5.5 have only this one.
                answer = self._get(f"/schemas/ids/{number}/subjects")
            found.update(subjects_in(answer))
        return tuple(sorted(found))

    def _numbers(self, guid: str) -> list[str]:
        answer = self._get(f"/schemas/guids/{quote(guid, safe='')}/ids")
        entries = answer if isinstance(answer, list) else []
        numbers = {entry.get("id") for entry in entries if isinstance(entry, dict)}
        return sorted(str(number) for number in numbers if type(number) is int and number > 0)[:4]

    def _get(self, path: str) -> object:
        """The answer's JSON; None: not found."""
        try:
            answer = ask(self._place, path, self._headers, _LIMITS)
        except NoAnswer as error:
            raise self._unreachable(str(error)) from None
        if answer.status == _NOT_FOUND:
            return None
        if answer.status != _OK:
            reason = f"HTTP status {answer.status}"
            raise self._unreachable(reason)
        return self._json(answer.body)

    def _json(self, body: bytes) -> object:
        try:
            answer: object = json.loads(body)
        except (ValueError, RecursionError):
            reason = "no JSON"
            raise self._unreachable(reason) from None
        return answer

    def _unreachable(self, reason: str) -> RegistryUnreachable:
        msg = (
            f"the schema registry at {self.url} does not answer ({reason}): is the address right, is it up, and may "
            "these credentials read it?"
        )
        return RegistryUnreachable(msg)


def _references_in(answer: dict[str, object]) -> Iterator[tuple[str, str]]:
    """The names of what a schema refers to, and where each is found."""
    entries = answer.get("references")
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            continue
        name, subject, version = entry.get("name"), entry.get("subject"), entry.get("version")
        if isinstance(name, str) and isinstance(subject, str) and type(version) is int:
            yield name, f"/subjects/{quote(subject, safe='')}/versions/{version}"


def subjects_in(answer: object) -> set[str]:
    """The subjects of an answer of `/versions` (objects) or `/subjects` (names). What is neither is passed over."""
    entries = answer if isinstance(answer, list) else []
    names = {entry.get("subject") if isinstance(entry, dict) else entry for entry in entries if _is_plain(entry)}
    return {
        name for name in names if isinstance(name, str) and 0 < len(name) <= _LONGEST_SUBJECT and name.isprintable()
    }


def _is_plain(entry: object) -> bool:
    return isinstance(entry, str) or (isinstance(entry, dict) and isinstance(entry.get("subject"), str))
