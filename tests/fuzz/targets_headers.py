"""Fuzz targets of the headers source: header values, what stands in front of payloads, and what a registry answers."""

from __future__ import annotations

import json
import struct
from typing import Final

from flowaudit.errors import FlowAuditError
from flowaudit.facts import encode_fact
from flowaudit.sources.headers.decode import Place, RecordScan
from flowaudit.sources.headers.redact import redacted
from flowaudit.sources.kafka_log import LogRecord
from flowaudit.sources.schema_registry import subjects_in
from tests.fuzz.target import Target

_TRACING: Final = ("traceparent", "b3", "X-B3-TraceId", "uber-trace-id", "sentry-trace")
_DEAD_LETTERS: Final = (
    ("__connect.errors.topic", "__connect.errors.connector.name"),
    ("kafka_dlt-original-topic", "kafka_dlt-original-consumer-group"),
    ("__dlq.errors.topic", "__dlq.errors.group"),
)
_OTHERS: Final = ("ce_specversion", "ce_source", "__TypeId__", "openlineage-job", "__value_schema_id")
_TRACE: Final = b"4bf92f3577b34da6a3ce929d0e0e4736"
_SPAN: Final = b"00f067aa0ba902b7"
_GUID: Final = bytes.fromhex("0c8a2c5e3f5b4a529b3e8d1a6b6c0f11")


def _scan(data: bytes) -> list[bytes]:
    """A record with `data` in every known header, as key and as value; what is told must be writable."""
    lines = data.split(b"\n")
    groups = [*((name,) for name in _TRACING), *_DEAD_LETTERS, _OTHERS]
    records = [
        LogRecord(1, 1, data, data, [(name, lines[number % len(lines)]) for number, name in enumerate(names)])
        for names in groups
    ]
    scan = RecordScan(b"k" * 16)
    scan.take(Place("fuzzed", 0, 1_000), records)
    list(scan.schemas())
    return [encode_fact(fact) for fact in (*(fact for _, fact in scan.named()), *scan.traces(1_000))]


def _redacted(data: bytes) -> str:
    shown = redacted(data.decode(errors="replace"))
    assert redacted(shown) == shown
    return shown


def _subjects(data: bytes) -> set[str]:
    try:
        answer: object = json.loads(data)
    except (ValueError, RecursionError):
        return set()
    return subjects_in(answer)


TARGETS: Final = (
    Target(
        "headers-records",
        _scan,
        FlowAuditError,
        (
            b"00-" + _TRACE + b"-" + _SPAN + b"-01",
            _TRACE + b"-" + _SPAN + b"-1\n" + _TRACE + b":" + _SPAN + b":0:1",
            b"orders\narchive\n1.0\nhttps://shop.example/a?b=c\norg.example.Order",
            struct.pack(">bi", 0, 17) + b"payload",
            b"\1" + _GUID,
        ),
    ),
    Target(
        "headers-redacted",
        _redacted,
        FlowAuditError,
        (
            b"https://kim:secret@host:8443/users/kim%40example.org/4711?x=y#z",
            b"urn:uuid:0c8a2c5e-3f5b-4a52-9b3e-8d1a6b6c0f11",
            b"/calls/+49 151 234567/deadbeef00",
        ),
    ),
    Target(
        "headers-registry",
        _subjects,
        FlowAuditError,
        (b'[{"subject":"orders-value","version":1}]', b'["orders-value","copy"]'),
    ),
)
