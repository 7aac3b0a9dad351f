"""Record headers that may hold identifiers. Pure.

What instruments and frameworks write there is left alone: trace contexts are the headers source's to read, and the rest
names programs, types and places of the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from flowaudit.linkage.canonical import Scalar
from flowaudit.sources.tap.composites import parts_of
from flowaudit.sources.tap.discovery import Record
from flowaudit.sources.tap.paths import Part, Path, Root
from flowaudit.sources.tap.wanted import Column

_MOST_HEADERS: Final = 32
_LONGEST_BYTES: Final = 128
_LONGEST_NAME: Final = 64
_INSTRUMENTS: Final = frozenset(
    {
        *("traceparent", "tracestate", "baggage", "b3", "uber-trace-id", "sentry-trace", "ce_traceparent"),
        *("content-type", "contenttype", "spring_json_header_types", "ce_specversion", "ce_type", "ce_source"),
    }
)
_HEADER_STEPS: Final = 2
_PREFIXES: Final = (
    "__",
    "x-b3-",
    "kafka_",
    "apicurio.",
    "spring_",
    "x-datadog-",
    "uberctx-",
    "ot-tracer-",
    "springdeser",
)


def header_leaves(headers: Sequence[tuple[str, bytes | None]]) -> Iterator[tuple[Path, str]]:
    """The paths and texts of those headers that may be identifiers. Of several with one name the last stands."""
    found: dict[str, str] = {}
    for name, value in headers[:_MOST_HEADERS]:
        text = _text(name, value)
        if text:
            found[name] = text
    for name, text in found.items():
        yield (Root.HEADERS, name), text


def header_column(records: Sequence[Record], path: Path) -> Column:
    """The values of one header, or of one part of it, over these records."""
    header, parts = path[:_HEADER_STEPS], path[_HEADER_STEPS:]
    values: list[Scalar] = []
    rows: list[int] = []
    for row, record in enumerate(records):
        if record.headers:
            found = dict(header_leaves(record.headers)).get(header)
            if found is not None:
                values.append(found)
                rows.append(row)
    for part in parts:
        if isinstance(part, Part):
            values = parts_of(values, part)
    return Column(values, rows)


def _text(name: str, value: bytes | None) -> str:
    if not value or len(value) > _LONGEST_BYTES or len(name) > _LONGEST_NAME:
        return ""
    lowered = name.lower()
    if lowered in _INSTRUMENTS or lowered.startswith(_PREFIXES):
        return ""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return ""
    return text.strip('"') if text.isprintable() else ""
