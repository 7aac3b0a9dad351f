"""The opaque bytes of group members → topics. Pure.

Layouts: Kafka's ConsumerProtocolSubscription and ConsumerProtocolAssignment messages, all versions. Decoding is
tolerant on purpose: Faust announces version 4 and writes the layout of version 0, so only the part that every
version shares (version, topics) is read, and the rest is left alone.
"""

from __future__ import annotations

import struct

_INT16 = struct.Struct(">h")
_INT32 = struct.Struct(">i")
_CONSUMER_PROTOCOL = "consumer"
_MOST_TOPICS = 100_000


class MemberUndecodable(ValueError):
    """The bytes are not of the consumer protocol."""


def subscribed_topics(protocol_type: str, metadata: bytes) -> tuple[str, ...]:
    """Topics that a member asks for; empty for protocols that carry none (Connect, Schema Registry).

    Raises:
        MemberUndecodable: a consumer's bytes end too soon or hold an impossible length.
    """
    if protocol_type != _CONSUMER_PROTOCOL or not metadata:
        return ()
    reader = _Reader(metadata)
    reader.int16()
    return tuple(reader.string() for _ in range(reader.length()))


def assigned_topics(protocol_type: str, assignment: bytes) -> tuple[str, ...]:
    """Topics of which a member holds at least one partition now.

    Raises:
        MemberUndecodable: as `subscribed_topics`.
    """
    if protocol_type != _CONSUMER_PROTOCOL or not assignment:
        return ()
    reader = _Reader(assignment)
    reader.int16()
    topics = []
    for _ in range(reader.length()):
        topic = reader.string()
        partitions = reader.length()
        reader.skip(partitions * _INT32.size)
        if partitions:
            topics.append(topic)
    return tuple(topics)


class _Reader:
    """Big-endian classic encoding."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def int16(self) -> int:
        return self._unpack(_INT16)

    def length(self) -> int:
        length = self._unpack(_INT32)
        if not -1 <= length <= _MOST_TOPICS:
            msg = f"an array of {length} elements"
            raise MemberUndecodable(msg)
        return max(length, 0)

    def string(self) -> str:
        size = self._unpack(_INT16)
        if size < 0:
            return ""
        start = self._at
        self.skip(size)
        return self._data[start : self._at].decode("utf-8", "replace")

    def skip(self, size: int) -> None:
        self._at += size
        if self._at > len(self._data):
            msg = f"ends {self._at - len(self._data)} bytes too soon"
            raise MemberUndecodable(msg)

    def _unpack(self, layout: struct.Struct) -> int:
        start = self._at
        self.skip(layout.size)
        value: int = layout.unpack_from(self._data, start)[0]
        return value
