"""Kafka's primitive types, big-endian, in the classic and in the compact (KIP-482) encoding. Pure."""

from __future__ import annotations

from flowaudit.sources.wire.encode import NO_TAGS, NULL, array, boolean, string
from flowaudit.sources.wire.numbers import INT8, INT16, INT32, INT64, UINT16, UUID_BYTES
from flowaudit.sources.wire.reader import ClassicReader, CompactReader, Reader, WireUndecodable, reader_of

__all__ = [
    "INT8",
    "INT16",
    "INT32",
    "INT64",
    "NO_TAGS",
    "NULL",
    "UINT16",
    "UUID_BYTES",
    "ClassicReader",
    "CompactReader",
    "Reader",
    "WireUndecodable",
    "array",
    "boolean",
    "reader_of",
    "string",
]
