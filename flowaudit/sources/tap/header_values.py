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
from flowaudit.sources.tap.formats.embedded import may_be_embedded
from flowaudit.sources.tap.paths import Part, Path, Root, Step, walk
from flowaudit.sources.tap.wanted import Column

_MOST_HEADERS: Final = 32
_LONGEST_BYTES: Final = 128
_LONGEST_DOCUMENT_BYTES: Final = 4_096
_DOCUMENTS: Final = (b"{", b"[")
_LONGEST_NAME: Final = 64
_INSTRUMENTS: Final = frozenset(
    {
        *("traceparent", "tracestate", "baggage", "b3", "uber-trace-id", "sentry-trace", "ce_traceparent"),
        *("content-type", "contenttype", "spring_json_header_types", "ce_specversion", "ce_type", "ce_source"),
    }
)
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


def header_leaves(
    headers: Sequence[tuple[str, bytes | None]], only: Step | None = None
) -> Iterator[tuple[Path, Scalar]]:
    """The paths and texts of those headers that may be identifiers, or the leaves of those that are JSON documents.

    Of several with one name the last stands. `only` is the name of the one header that is asked for.
    """
    found: dict[str, str] = {}
    for name, value in headers[:_MOST_HEADERS]:
        if only is None or name == only:
            text = _text(name, value)
            if text:
                found[name] = text
    for name, text in found.items():
        yield from walk(text, (Root.HEADERS, name))


def any_left_out(headers: Sequence[tuple[str, bytes | None]]) -> bool:
    """Is there a header that is no instrument's, and not looked at either?"""
    return any(
        value and not _is_instruments(name) and (place >= _MOST_HEADERS or not _text(name, value))
        for place, (name, value) in enumerate(headers)
    )


def header_column(records: Sequence[Record], path: Path) -> Column:
    """The values of one header, or of one part of it, over these records."""
    parts = [step for step in path if isinstance(step, Part)]
    leaf = path[: len(path) - len(parts)]
    values: list[Scalar] = []
    rows: list[int] = []
    for row, record in enumerate(records):
        for place, value in header_leaves(record.headers, path[1]) if record.headers else ():
            if place == leaf:
                values.append(value)
                rows.append(row)
    for part in parts:
        values = parts_of(values, part)
    return Column(values, rows)


def _is_instruments(name: str) -> bool:
    lowered = name.lower()
    return lowered in _INSTRUMENTS or lowered.startswith(_PREFIXES)


def _text(name: str, value: bytes | None) -> str:
    if not value or len(name) > _LONGEST_NAME or _is_instruments(name):
        return ""
    if len(value) > (_LONGEST_DOCUMENT_BYTES if value[:1] in _DOCUMENTS else _LONGEST_BYTES):
        return ""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return ""
    if value[:1] in _DOCUMENTS and may_be_embedded(text.strip()):
        return text.strip()
    return text.strip('"') if text.isprintable() else ""
