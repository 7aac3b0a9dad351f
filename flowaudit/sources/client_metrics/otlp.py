"""The part of OTLP metrics that KIP-714 clients push: numbers with their labels. Pure.

A small reader of the protocol buffers wire format instead of generated code: six message types, three fields each.
Field numbers: opentelemetry-proto, metrics/v1/metrics.proto and common/v1/common.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from flowaudit.errors import FlowAuditError

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_RESOURCE_METRICS: Final = 1
_RESOURCE, _SCOPE_METRICS = 1, 2
_METRICS: Final = 2
_NAME, _GAUGE, _SUM = 1, 5, 7
_DATA_POINTS: Final = 1
_TEMPORALITY: Final = 2
_CUMULATIVE: Final = 2
_AS_DOUBLE, _AS_INT, _ATTRIBUTES = 4, 6, 7
_KEY, _VALUE, _STRING_VALUE = 1, 2, 1
_DOUBLE: Final = struct.Struct("<d")
_INT: Final = struct.Struct("<q")
Value = int | bytes


class OtlpUndecodable(FlowAuditError):
    """The bytes are no OTLP metrics."""


@dataclass(frozen=True, slots=True)
class Point:
    """One number of a push."""

    metric: str
    value: float
    labels: Mapping[str, str]
    resource: Mapping[str, str] = field(default_factory=dict)
    is_cumulative: bool = False
    """Counted since the client began; else since its last push."""


def decode_points(payload: bytes) -> list[Point]:
    """All gauges and sums of a `MetricsData` message; histograms and summaries are left out.

    Raises:
        OtlpUndecodable: the bytes are not of that form.
    """
    try:
        return [
            point
            for resource_metrics in _messages(payload, _RESOURCE_METRICS)
            for point in _resource_points(resource_metrics)
        ]
    except (UnicodeDecodeError, struct.error, IndexError):
        msg = f"a push of {len(payload)} bytes is no OTLP metrics message"
        raise OtlpUndecodable(msg) from None


def _resource_points(message: bytes) -> Iterator[Point]:
    resource = {key: value for one in _messages(message, _RESOURCE) for key, value in _labels(one, 1).items()}
    for scope in _messages(message, _SCOPE_METRICS):
        for metric in _messages(scope, _METRICS):
            yield from _points(metric, resource)


def _points(metric: bytes, resource: Mapping[str, str]) -> Iterator[Point]:
    fields = list(_fields(metric))
    name = next((value.decode() for number, value in fields if number == _NAME and isinstance(value, bytes)), "")
    for number, value in fields:
        if number in {_GAUGE, _SUM} and isinstance(value, bytes):
            is_cumulative = number == _SUM and (_TEMPORALITY, _CUMULATIVE) in _fields(value)
            for point in _messages(value, _DATA_POINTS):
                yield Point(name, _number(point), _labels(point, _ATTRIBUTES), resource, is_cumulative)


def _number(point: bytes) -> float:
    for number, value in _fields(point):
        if number == _AS_DOUBLE and isinstance(value, bytes):
            return float(_DOUBLE.unpack(value)[0])
        if number == _AS_INT and isinstance(value, bytes):
            return float(_INT.unpack(value)[0])
    return 0.0


def _labels(message: bytes, field_number: int) -> dict[str, str]:
    labels: dict[str, str] = {}
    for pair in _messages(message, field_number):
        key = b"".join(_messages(pair, _KEY))
        value = b"".join(text for any_value in _messages(pair, _VALUE) for text in _messages(any_value, _STRING_VALUE))
        labels[key.decode()] = value.decode()
    return labels


def _messages(message: bytes, field_number: int) -> Iterator[bytes]:
    return (value for number, value in _fields(message) if number == field_number and isinstance(value, bytes))


def _fields(message: bytes) -> Iterator[tuple[int, Value]]:
    """Field numbers with a varint's number, or the bytes of everything else."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if wire_type == _BYTES:
            size, at = _varint(message, at)
        else:
            size = {_FIXED64: 8, _FIXED32: 4}.get(wire_type, -1)
        if size < 0 or at + size > len(message):
            raise IndexError
        yield number, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    first = message[at]
    if first < 0x80:
        return first, at + 1
    value = 0
    for shift in range(0, 70, 7):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise IndexError
