"""The protocols that members speak among themselves.

Layouts: Kafka's ConsumerProtocolSubscription and ConsumerProtocolAssignment messages (all versions), Connect's worker
protocol (versions 0 to 2), Schema Registry's JSON. Decoding is tolerant on purpose: Faust announces version 4 and
writes the layout of version 0, so only the part that every version shares is read, and the rest is left alone.
"""

from __future__ import annotations

import re
from typing import Final, TypeVar

import msgspec
from typing_extensions import override

from flowaudit.errors import FlowAuditError
from flowaudit.sources.member_bytes.urls import announced_url
from flowaudit.sources.wire import INT16, ClassicReader

CONNECT: Final = "connect"
_CONSUMER: Final = "consumer"
_SCHEMA_REGISTRY: Final = "sr"
_FAUST: Final = "faust"
_MOST_ELEMENTS: Final = 100_000
_LONGEST_JSON_BYTES: Final = 1 << 20
_TOPIC: Final = re.compile(r"[a-zA-Z0-9._-]{1,249}")
T = TypeVar("T")


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
    return _subscription(_MemberReader(metadata))


def assigned_topics(protocol_type: str, assignment: bytes) -> tuple[str, ...]:
    """Topics of which a member holds at least one partition now.

    Raises:
        MemberUndecodable: as `subscribed_topics`.
    """
    if protocol_type != _CONSUMER or not assignment:
        return ()
    reader = _MemberReader(assignment)
    reader.skip(INT16.size)
    topics = []
    for _ in range(reader.length()):
        topic = reader.topic()
        if reader.skip_int32s():
            topics.append(topic)
    return tuple(topics)


def member_url(protocol_type: str, protocol: str, metadata: bytes) -> str:
    """The address that a Connect worker, a Schema Registry or a Faust worker announces; empty for everybody else.

    Raises:
        MemberUndecodable: the bytes are not of that protocol.
    """
    if not metadata:
        return ""
    if protocol_type == CONNECT:
        reader = _MemberReader(metadata)
        reader.skip(INT16.size)
        return announced_url(reader.string())
    if protocol_type == _SCHEMA_REGISTRY:
        registry = _json(metadata, _Registry)
        return announced_url(f"{registry.scheme}://{registry.host}:{registry.port}")
    if protocol_type == _CONSUMER and protocol == _FAUST:
        reader = _MemberReader(metadata)
        _subscription(reader)
        return announced_url(_json(reader.blob() or b"{}", _FaustWorker).url)
    return ""


class _MemberReader(ClassicReader):
    __slots__ = ()
    undecodable = MemberUndecodable
    keeps_broken_texts = True

    @override
    def length(self) -> int:
        length = super().length()
        if length > _MOST_ELEMENTS:
            self.refuse(f"an array of {length} elements")
        return length

    def topic(self) -> str:
        name = self.string()
        if not _TOPIC.fullmatch(name):
            self.refuse("a name that no topic can have")
        return name


def _subscription(reader: _MemberReader) -> tuple[str, ...]:
    reader.skip(INT16.size)
    return tuple([reader.topic() for _ in range(reader.length())])


def _json(data: bytes, kind: type[T]) -> T:
    if len(data) > _LONGEST_JSON_BYTES:
        msg = f"JSON of {len(data)} bytes"
        raise MemberUndecodable(msg)
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        msg = "JSON that the protocol does not know"
        raise MemberUndecodable(msg) from None
