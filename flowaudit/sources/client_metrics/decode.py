"""Lines that a broker plugin wrote of clients' own metrics (KIP-714) → who reads and who writes. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from flowaudit.facts import ClientAction
from flowaudit.sources.client_log import ANONYMOUS, Access, LineUndecodable, topic_name
from flowaudit.sources.client_log.words import short
from flowaudit.sources.client_metrics.otlp import OtlpUndecodable, Point, decode_points

_READ_PREFIX: Final = "org.apache.kafka.consumer.fetch.manager."
_READ_ENDINGS: Final = (".consumed.total", ".consumed.rate")
_READ_BYTES: Final = "org.apache.kafka.consumer.fetch.manager.bytes.consumed.total"
_WRITE_PREFIX: Final = "org.apache.kafka.producer.topic."
_WRITE_ENDINGS: Final = (".send.total", ".send.rate", "producer.topic.byte.total", "producer.topic.byte.rate")


class Push(msgspec.Struct, frozen=True):
    """One line: what `docs/client-metrics.md` lays down."""

    time_ms: int
    otlp: str
    """Base64 of the pushed OTLP payload, decompressed."""
    client_id: str = ""
    principal: str = ""
    software: str = ""


class TopicUse(msgspec.Struct, frozen=True):
    """What a push says of one topic."""

    access: Access
    at_ms: int
    read_bytes: int


_PUSH: Final = msgspec.json.Decoder(Push)


def decode_push(line: bytes, reference: str = "client metrics") -> list[TopicUse]:
    """The topics that the client read or wrote since its last push.

    Raises:
        LineUndecodable: the line is not of the form, or its payload is no OTLP.
    """
    try:
        push = _PUSH.decode(line)
        points = decode_points(base64.b64decode(push.otlp, validate=True))
    except (msgspec.MsgspecError, UnicodeDecodeError, binascii.Error, ValueError, OtlpUndecodable):
        msg = "a line is no push of client metrics"
        raise LineUndecodable(msg) from None
    return list(_uses(push, points, reference))


def _uses(push: Push, points: Iterable[Point], reference: str) -> Iterator[TopicUse]:
    used: dict[tuple[ClientAction, str], int] = {}
    resource: dict[str, str] = {}
    for point in points:
        action = _action(point)
        topic = point.labels.get("topic", "")
        if action is None or not topic:
            continue
        resource |= point.resource
        read_bytes = int(point.value) if point.metric == _READ_BYTES and not point.is_cumulative else 0
        used[action, topic] = max(used.get((action, topic), 0), read_bytes)
    for (action, topic), read_bytes in used.items():
        if not _is_double(topic, [other for does, other in used if does is action]):
            yield TopicUse(_access(push, action, topic, resource, reference), push.time_ms, read_bytes)


def _action(point: Point) -> ClientAction | None:
    """A series that stands still at nothing is no use of a topic."""
    if not 0 < point.value < 2**62:
        return None
    if point.metric.startswith(_READ_PREFIX) and point.metric.endswith(_READ_ENDINGS):
        return ClientAction.READS
    if point.metric.startswith(_WRITE_PREFIX) and point.metric.endswith(_WRITE_ENDINGS):
        return ClientAction.WRITES
    return None


def _is_double(topic: str, others: Iterable[str]) -> bool:
    """Java consumers push each topic's series a second time, with underscores for its dots.

    Kafka itself refuses two topics whose names differ in that alone.
    """
    return any("." in other and other != topic and other.replace(".", "_") == topic for other in others)


def _access(push: Push, action: ClientAction, topic: str, resource: dict[str, str], reference: str) -> Access:
    is_read = action is ClientAction.READS
    return Access(
        client_id=short(push.client_id),
        principal="" if push.principal == ANONYMOUS else short(push.principal),
        topic=topic_name(topic),
        action=action,
        reference=reference,
        software=short(push.software),
        group=short(resource.get("group_id", "")) if is_read else "",
        transactional_id="" if is_read else short(resource.get("transactional_id", "")),
    )
