"""The opaque bytes of a classic group's members → topics. Pure.

Only the part that all versions of the consumer protocol share is read: Faust announces version 4 and writes the layout
of version 0.
"""

from __future__ import annotations

from typing import Final

from flowaudit.sources.kafka_log.wire import INT16, INT32, WireReader, WireUndecodable

_CONSUMER_PROTOCOL: Final = "consumer"


def subscribed_topics(protocol_type: str, subscription: bytes) -> tuple[str, ...] | None:
    """Topics that a member asks for; none for protocols that carry none; None when the bytes cannot be read."""
    if protocol_type != _CONSUMER_PROTOCOL or not subscription:
        return ()
    reader = WireReader(subscription)
    try:
        reader.number(INT16)
        return reader.strings()
    except WireUndecodable:
        return None


def assigned_topics(protocol_type: str, assignment: bytes) -> tuple[str, ...] | None:
    """Topics of which a member holds a partition; else as `subscribed_topics`."""
    if protocol_type != _CONSUMER_PROTOCOL or not assignment:
        return ()
    reader = WireReader(assignment)
    topics = []
    try:
        reader.number(INT16)
        for _ in range(reader.length()):
            topic, partitions = reader.string(), reader.length()
            reader.skip(partitions * INT32.size)
            topics += [topic] if partitions else []
    except WireUndecodable:
        return None
    return tuple(topics)
