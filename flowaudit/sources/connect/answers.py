"""Answers of Connect's REST API: bytes → the parts of them that may be kept. Pure.

Fields that are not named here (traces, task configurations, messages) are skipped by the parser: they never become
objects. Configurations do, for as long as one connector is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec
from typing_extensions import override

from flowaudit.errors import FlowAuditError


class AnswerUndecodable(FlowAuditError):
    """A worker's answer is not what its API promises."""


class Worker(msgspec.Struct, frozen=True):
    """`GET /`."""

    version: str = ""
    kafka_cluster_id: str = ""


class Task(msgspec.Struct, frozen=True):
    """A task of a status."""

    state: str = ""
    worker_id: str = ""


class Status(msgspec.Struct, frozen=True):
    """A connector's status."""

    connector: Task = Task()
    tasks: tuple[Task, ...] = ()


class Info(msgspec.Struct, frozen=True):
    """A connector's configuration, every key of it: it must not leave the function that asked for it."""

    config: dict[str, object]
    type: str = ""

    @override
    def __repr__(self) -> str:
        """Nothing of the configuration."""
        return f"Info({self.type})"


class Expanded(msgspec.Struct, frozen=True):
    """One connector of `GET /connectors?expand=info&expand=status`. Either part may be missing for a moment."""

    info: Info | None = None
    status: Status | None = None


class _Active(msgspec.Struct, frozen=True):
    topics: tuple[str, ...] = ()


class Offset(msgspec.Struct, frozen=True):
    """An element of `GET /connectors/{name}/offsets` (KIP-875)."""

    partition: dict[str, object] | None = None
    offset: dict[str, object] | None = None


class _Offsets(msgspec.Struct, frozen=True):
    offsets: tuple[Offset, ...] = ()


_WORKER: Final = msgspec.json.Decoder(Worker)
_LISTING: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_EXPANDED: Final = msgspec.json.Decoder(Expanded)
_TOPICS: Final = msgspec.json.Decoder(dict[str, _Active])
_OFFSETS: Final = msgspec.json.Decoder(_Offsets)
_T = TypeVar("_T")
_ERRORS: Final = (msgspec.MsgspecError, RecursionError, ValueError)


def read_worker(data: bytes) -> Worker:
    """Read `GET /`.

    Raises:
        AnswerUndecodable: it is no such answer.
    """
    return _read(_WORKER, data, "/")


def read_listing(data: bytes) -> Mapping[str, Expanded | None]:
    """Read `GET /connectors?expand=info&expand=status`; None for a connector whose part of it cannot be read.

    Raises:
        AnswerUndecodable: it is no such answer.
    """
    return {name: _expanded(part) for name, part in _read(_LISTING, data, "/connectors").items()}


def read_topics(data: bytes, connector: str) -> tuple[str, ...]:
    """Read `GET /connectors/{name}/topics`.

    Raises:
        AnswerUndecodable: it is no such answer.
    """
    return _read(_TOPICS, data, "/connectors/{name}/topics").get(connector, _Active()).topics


def read_offsets(data: bytes) -> tuple[Offset, ...]:
    """Read `GET /connectors/{name}/offsets`.

    Raises:
        AnswerUndecodable: it is no such answer.
    """
    return _read(_OFFSETS, data, "/connectors/{name}/offsets").offsets


def _expanded(part: msgspec.Raw) -> Expanded | None:
    try:
        return _EXPANDED.decode(part)
    except _ERRORS:
        return None


def _read(decoder: msgspec.json.Decoder[_T], data: bytes, path: str) -> _T:
    try:
        return decoder.decode(data)
    except _ERRORS:
        msg = f"the answer to GET {path} is not what Connect's API says; is the address that of a Connect worker?"
        raise AnswerUndecodable(msg) from None
