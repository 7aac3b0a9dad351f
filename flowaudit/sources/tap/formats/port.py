"""What a format is: bytes in, a document out, or a reason why not. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Protocol

from flowaudit.errors import FlowAuditError

MAX_DEPTH: Final = 400
"""Levels of a document that is built whole."""
MAX_BUILT_BYTES: Final = 1 << 20
"""Kafka's own limit of a record, unless it is raised. JSON is never built whole, and may be longer."""


class Reason(StrEnum):
    """Why something cannot be read, beside the reasons of JSON (`verdict`)."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    COMPRESSED = "compressed"
    ENCRYPTED_OR_UNKNOWN = "encrypted-or-unknown"
    NOT_AVRO = "not-avro"
    NOT_CBOR = "not-cbor"
    NOT_MESSAGE_PACK = "not-message-pack"
    NOT_OF_ITS_SCHEMA = "not-of-its-schema"
    NO_SCHEMA_REGISTRY = "no-schema-registry"
    """The record says what its schema is, and there is nobody to ask for it."""
    REGISTRY_UNREACHABLE = "registry-unreachable"
    SCHEMA_UNKNOWN = "schema-unknown"
    """The registry does not know it, or it is none of the registry's."""
    SCHEMA_UNREADABLE = "schema-unreadable"
    SCHEMA_RECURSIVE = "schema-recursive"
    SCHEMA_UNSAFE = "schema-unsafe"
    """A few bytes of it could stand for more than a machine holds."""
    SCHEMA_UNSUPPORTED = "schema-unsupported"


class Undecodable(FlowAuditError):
    """These bytes are not of this format, or break a limit. `reason` is a short stable code and quotes nothing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Parser(Protocol):
    """Reads what one format, or one schema, wrote. It keeps nothing of what it reads."""

    def parse(self, data: bytes) -> object:
        """The document.

        Raises:
            Undecodable: the bytes are something else, or would cost too much. Nothing else is ever raised.
        """


def refuse_larger(data: bytes, limit_bytes: int = MAX_BUILT_BYTES) -> None:
    """Documents that are built whole take many times their bytes, so there is a limit to those.

    Raises:
        Undecodable: `too-large`.
    """
    if len(data) > limit_bytes:
        raise Undecodable(Reason.TOO_LARGE)
