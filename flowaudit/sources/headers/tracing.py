"""Trace context in record headers → the trace id. Pure.

W3C Trace Context (`traceparent`), B3 of Zipkin (single and multi), Jaeger (`uber-trace-id`), Sentry (`sentry-trace`).
OpenTelemetry does not prescribe for Kafka how context travels; these are the headers that its propagators write.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from flowaudit.sources.headers.named import Headers, text

_W3C: Final = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")
_B3: Final = re.compile(r"([0-9a-f]{32}|[0-9a-f]{16})-[0-9a-f]{16}(-[01d])?(-[0-9a-f]{16})?", re.IGNORECASE)
_B3_ID: Final = re.compile(r"([0-9a-f]{32}|[0-9a-f]{16})", re.IGNORECASE)
_JAEGER: Final = re.compile(r"([0-9a-f]{1,32}):[0-9a-f]{1,16}:[0-9a-f]{1,16}:[0-9a-f]{1,2}", re.IGNORECASE)
_SENTRY: Final = re.compile(r"([0-9a-f]{32})-[0-9a-f]{16}(-[01])?")
_BYTES: Final = 16
_NAMES: Final = frozenset({"traceparent", "ce_traceparent", "b3", "x-b3-traceid", "uber-trace-id", "sentry-trace"})


def trace_id(headers: Headers) -> bytes | None:
    """The 16 bytes of the trace that the record belongs to; shorter ids are filled up with zeros in front.

    None without a valid one. Where several conventions are there, the first of the module's list that is valid stands.
    """
    there = {low: value for name, value in headers.items() if (low := name.lower()) in _NAMES}
    if not there:
        return None
    found = _w3c(there) or _b3(there) or _match(_JAEGER, unquote(text(there, "uber-trace-id")))
    return _filled(found or _match(_SENTRY, text(there, "sentry-trace")))


def _w3c(headers: Headers) -> str:
    for name in ("traceparent", "ce_traceparent"):
        match = _W3C.fullmatch(text(headers, name))
        # Only later versions may carry more fields.
        if match and not (match[1] == "00" and match[3]):
            return match[2]
    return ""


def _b3(headers: Headers) -> str:
    return _match(_B3, text(headers, "b3")) or _match(_B3_ID, text(headers, "x-b3-traceid"))


def _match(pattern: re.Pattern[str], value: str) -> str:
    match = pattern.fullmatch(value)
    return match[1] if match else ""


def _filled(found: str) -> bytes | None:
    trace = int(found or "0", 16).to_bytes(_BYTES)
    return trace if any(trace) else None
