"""A registry's Protobuf schema → descriptors: its serialized form, or the text of the `.proto` file. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from flowaudit.sources.schema_registry.registered import RegisteredSchema
from flowaudit.sources.tap.formats.port import Reason, Undecodable
from flowaudit.sources.tap.formats.protobuf_files import main_file
from flowaudit.sources.tap.formats.protobuf_text import file_of_text

_MAIN: Final = "flowaudit/main.proto"


def files_of(schema: RegisteredSchema) -> tuple[FileDescriptorProto, Sequence[FileDescriptorProto]]:
    """The schema's own file, and those that it imports, each after those that it needs itself.

    Raises:
        Undecodable: `schema-unreadable`.
    """
    imported = [_file(each.text, each.serialized, each.name) for each in schema.references]
    return _file(schema.text, schema.serialized, _MAIN), imported


def _file(text: str, serialized: bytes, name: str) -> FileDescriptorProto:
    if serialized:
        return main_file(serialized, name)
    if text:
        return file_of_text(text, name)
    raise Undecodable(Reason.SCHEMA_UNREADABLE)
