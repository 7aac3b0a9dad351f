"""The schemas that are known, and what they read with. Pure: what is not known, others ask for (`schema_fetch`).

The audit looks schemas up here and nowhere else. So the same book gives the same reading, and a registry that is slow
or down changes what is known, never how records are read.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from flowaudit.sources.schema_registry.registered import RegisteredSchema
from flowaudit.sources.tap.formats.avro import AvroParser
from flowaudit.sources.tap.formats.port import Parser, Reason, Undecodable
from flowaudit.sources.tap.formats.protobuf import ProtobufParser
from flowaudit.sources.tap.formats.protobuf_schema import files_of

_MOST_HELD: Final = 4_096


class JsonSchema:
    """The payload is JSON, whatever its schema says of it."""


class SchemaBook:
    """What is known of each schema id: how to read with it, or why not."""

    def __init__(self, *, has_registry: bool = False) -> None:
        """`has_registry`: may a schema that is not known yet become known?"""
        self._otherwise: str = Reason.SCHEMA_UNKNOWN if has_registry else Reason.NO_SCHEMA_REGISTRY
        self._known: OrderedDict[str, Parser | JsonSchema | str] = OrderedDict()
        self._fingerprints: dict[bytes, AvroParser] = {}

    def parser(self, schema_id: str) -> Parser | JsonSchema | str:
        """How to read with a schema; a text is the reason why it cannot be."""
        return self._known.get(schema_id, self._otherwise)

    def by_fingerprint(self, fingerprint: bytes) -> Parser | str:
        """The same for a schema that is named by its CRC-64-AVRO."""
        return self._fingerprints.get(fingerprint, self._otherwise)

    def learn(self, schema_id: str, schema: RegisteredSchema) -> None:
        """Take in a schema. One that cannot be used stands with the reason why."""
        try:
            parser = _parser_of(schema)
        except Undecodable as refusal:
            self._keep(schema_id, refusal.reason)
            return
        self._keep(schema_id, parser)
        if isinstance(parser, AvroParser) and parser.fingerprint:
            self._fingerprints[parser.fingerprint] = parser
            if len(self._fingerprints) > _MOST_HELD:
                self._fingerprints.pop(next(iter(self._fingerprints)))

    def otherwise(self, reason: str) -> None:
        """Why schemas that are not known are not: from now on, this is the reason."""
        self._otherwise = reason

    def has(self, schema_id: str) -> bool:
        """Is the schema known, even if it cannot be used?"""
        return schema_id in self._known

    def _keep(self, schema_id: str, known: Parser | JsonSchema | str) -> None:
        self._known[schema_id] = known
        if len(self._known) > _MOST_HELD:
            self._known.popitem(last=False)


def _parser_of(schema: RegisteredSchema) -> Parser | JsonSchema:
    if schema.kind == "JSON":
        return JsonSchema()
    if schema.kind == "PROTOBUF":
        return ProtobufParser(*files_of(schema))
    if schema.kind == "AVRO":
        return AvroParser(schema.text, tuple(each.text for each in schema.references))
    raise Undecodable(Reason.SCHEMA_UNSUPPORTED)
