"""Avro 1.12: single values of a known schema, and whole container files. Pure."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

import fastavro

from flowaudit.sources.tap.formats.avro_schema import usable_document, usable_schema
from flowaudit.sources.tap.formats.port import Reason, Undecodable, refuse_larger

CONTAINER: Final = b"Obj\x01"
"""What a container file begins with."""
SINGLE_OBJECT: Final = b"\xc3\x01"
"""What a value with the fingerprint of its schema begins with."""
FINGERPRINT_END: Final = 10
_MOST_ELEMENTS: Final = 100_000


class AvroParser:
    """Reads values of one schema."""

    def __init__(self, text: str, references: tuple[str, ...] = ()) -> None:
        """`references` are schemas that this one names types of, each after those that it needs itself.

        Raises:
            Undecodable: `schema-unreadable`, `schema-recursive`, `schema-unsafe`.
        """
        named: dict[str, Any] = {}
        for reference in references:
            usable_schema(reference, named)
        self._schema = usable_schema(text, named)
        self.fingerprint = _fingerprint(self._schema)
        """CRC-64-AVRO of the schema, as single objects carry it; empty when it cannot be made."""

    def parse(self, data: bytes) -> object:
        """The value.

        Raises:
            Undecodable: `too-large`, `not-of-its-schema`.
        """
        refuse_larger(data)
        stream = BytesIO(data)
        try:
            document: Any = fastavro.schemaless_reader(stream, self._schema, None)
        except Exception:  # noqa: BLE001 (the library raises whatever the bytes lead it to)
            raise Undecodable(Reason.NOT_OF_ITS_SCHEMA) from None
        if stream.tell() != len(data):
            raise Undecodable(Reason.NOT_OF_ITS_SCHEMA)
        return document


def parse_container(data: bytes) -> object:
    """All values of a container file, as a list. Files that are compressed are refused.

    Raises:
        Undecodable: `too-large`, `compressed`, `not-avro`, and as `usable_schema` says.
    """
    refuse_larger(data)
    try:
        # `block_reader` reads the header alone; the schema is looked at before any value is.
        blocks: Any = fastavro.block_reader(BytesIO(data))
        schema, codec = blocks.writer_schema, blocks.metadata.get("avro.codec", "null")
    except Exception:  # noqa: BLE001 (the library raises whatever the bytes lead it to)
        raise Undecodable(Reason.NOT_AVRO) from None
    if codec != "null":
        raise Undecodable(Reason.COMPRESSED)
    usable_document({"type": "array", "items": schema})
    try:
        return [value for _, value in zip(range(_MOST_ELEMENTS), fastavro.reader(BytesIO(data)), strict=False)]
    except Exception:  # noqa: BLE001 (the same)
        raise Undecodable(Reason.NOT_AVRO) from None


def _fingerprint(schema: Any) -> bytes:  # noqa: ANN401 (what fastavro made of it)
    try:
        canonical = fastavro.schema.to_parsing_canonical_form(schema)
        return bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))
    except Exception:  # noqa: BLE001 (the same; a schema without a fingerprint still reads)
        return b""
