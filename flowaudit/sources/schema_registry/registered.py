"""A schema as a registry holds it. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """A schema that another one needs, under the name by which it is asked for there."""

    name: str
    text: str
    serialized: bytes = b""


@dataclass(frozen=True, slots=True)
class RegisteredSchema:
    """One schema with all that it needs."""

    kind: str
    """`AVRO`, `JSON`, `PROTOBUF`, or what else a registry knows."""
    text: str
    serialized: bytes = b""
    """Protobuf's descriptor of the file, when the registry serves one."""
    references: tuple[Reference, ...] = ()
    """Each after those that it needs itself."""
