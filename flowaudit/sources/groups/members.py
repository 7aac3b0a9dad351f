"""The opaque bytes of classic group members → topics, addresses, connectors. Pure.

Layouts: Kafka's ConsumerProtocolSubscription and ConsumerProtocolAssignment messages (all versions), Connect's worker
protocol (versions 0 to 2), Schema Registry's JSON. Decoding is tolerant on purpose: Faust announces version 4 and
writes the layout of version 0, so only the part that every version shares is read, and the rest is left alone.
"""

from __future__ import annotations

import re
import struct
from typing import Final, TypeVar

import msgspec

from flowaudit.errors import FlowAuditError
from flowaudit.sources.groups.urls import announced_url

_INT16: Final = struct.Struct(">h")
_INT32: Final = struct.Struct(">i")
_INT64_BYTES: Final = 8
_CONSUMER: Final = "consumer"
_CONNECT: Final = "connect"
_SCHEMA_REGISTRY: Final = "sr"
_FAUST: Final = "faust"
_MOST_ELEMENTS: Final = 100_000
_LONGEST_JSON_BYTES: Final = 1 << 20
T = TypeVar("T")
_TOPIC: Final = re.compile(r"[a-zA-Z0-9._-]{1,249}")


class MemberUndecodable(FlowAuditError):
    """The bytes are not of the protocol that the group agreed on."""


class _FaustWorker(msgspec.Struct):
    url: str = ""


class _Registry(msgspec.Struct):
    host: str
    port: int
    scheme: str = "http"


def subscribed_topics(protocol_type: str, metadata: bytes) -> tuple[str, ...]:
    """Topics that a member asks for; empty for protocols that carry none (Connect, Schema Registry).

    Raises:
        MemberUndecodable: a consumer's bytes end too soon, hold an impossible length, or name what is no topic.
    """
    if protocol_type != _CONSUMER or not metadata:
        return ()
    return _subscription(_Reader(metadata))


def assigned_topics(protocol_type: str, assignment: bytes) -> tuple[str, ...]:
    """Topics of which a member holds at least one partition now.

    Raises:
        MemberUndecodable: as `subscribed_topics`.
    """
    if protocol_type != _CONSUMER or not assignment:
        return ()
    reader = _Reader(assignment)
    reader.int16()
    topics = []
    for _ in range(reader.length()):
        topic = reader.topic()
        partitions = reader.length()
        reader.skip(partitions * _INT32.size)
        if partitions:
            topics.append(topic)
    return tuple(topics)


def member_url(protocol_type: str, protocol: str, metadata: bytes) -> str:
    """The address that a Connect worker, a Schema Registry or a Faust worker announces; empty for everybody else.

    Raises:
        MemberUndecodable: the bytes are not of that protocol.
    """
    if not metadata:
        return ""
    if protocol_type == _CONNECT:
        reader = _Reader(metadata)
        reader.int16()
        return announced_url(reader.string())
    if protocol_type == _SCHEMA_REGISTRY:
        registry = _json(metadata, _Registry)
        return announced_url(f"{registry.scheme}://{registry.host}:{registry.port}")
    if protocol_type == _CONSUMER and protocol == _FAUST:
        reader = _Reader(metadata)
        _subscription(reader)
        return announced_url(_json(reader.blob() or b"{}", _FaustWorker).url)
    return ""


def assigned_connectors(protocol_type: str, assignment: bytes) -> tuple[str, ...]:
    """Connectors that a Connect worker runs, itself or a task of them.

    Raises:
        MemberUndecodable: the bytes are not of Connect's protocol.
    """
    if protocol_type != _CONNECT or not assignment:
        return ()
    reader = _Reader(assignment)
    reader.skip(2 * _INT16.size)
    reader.string()
    reader.string()
    reader.skip(_INT64_BYTES)
    connectors = []
    for _ in range(reader.length()):
        connectors.append(reader.string())
        reader.skip(reader.length() * _INT32.size)
    return tuple(connectors)


def _subscription(reader: _Reader) -> tuple[str, ...]:
    reader.int16()
    return tuple(reader.topic() for _ in range(reader.length()))


def _json(data: bytes, kind: type[T]) -> T:
    if len(data) > _LONGEST_JSON_BYTES:
        msg = f"JSON of {len(data)} bytes"
        raise MemberUndecodable(msg)
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        msg = "JSON that the protocol does not know"
        raise MemberUndecodable(msg) from None


class _Reader:
    """Big-endian classic encoding."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def int16(self) -> int:
        return self._unpack(_INT16)

    def length(self) -> int:
        length = self._unpack(_INT32)
        if not -1 <= length <= _MOST_ELEMENTS:
            msg = f"an array of {length} elements"
            raise MemberUndecodable(msg)
        return max(length, 0)

    def string(self) -> str:
        return self._take(self._unpack(_INT16)).decode("utf-8", "replace")

    def topic(self) -> str:
        name = self.string()
        if not _TOPIC.fullmatch(name):
            msg = "a name that no topic can have"
            raise MemberUndecodable(msg)
        return name

    def blob(self) -> bytes:
        return self._take(self._unpack(_INT32))

    def skip(self, size: int) -> None:
        self._at += size
        if self._at > len(self._data):
            msg = f"ends {self._at - len(self._data)} bytes too soon"
            raise MemberUndecodable(msg)

    def _take(self, size: int) -> bytes:
        start = self._at
        self.skip(max(size, 0))
        return self._data[start : self._at]

    def _unpack(self, layout: struct.Struct) -> int:
        start = self._at
        self.skip(layout.size)
        value: int = layout.unpack_from(self._data, start)[0]
        return value
