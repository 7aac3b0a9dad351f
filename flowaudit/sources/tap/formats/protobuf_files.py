"""Protobuf descriptors as a registry serves them → message classes. Pure.

A pool of its own for each schema, so that two topics' `Event` do not meet. What a registry leaves out (files that
Confluent's serializers bring along) is not missed: a field of a type that nobody defines is read as its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from google.protobuf import (
    any_pb2,
    duration_pb2,
    empty_pb2,
    field_mask_pb2,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from flowaudit.sources.tap.formats.port import Reason, Undecodable

_MOST_TYPES: Final = 10_000
_BUILT_IN: Final = (any_pb2, duration_pb2, empty_pb2, field_mask_pb2, struct_pb2, timestamp_pb2, wrappers_pb2)


Types = Mapping[str, FieldDescriptorProto.Type.ValueType]
"""Full names of types, and what a field of them is."""


def main_file(serialized: bytes, name: str) -> FileDescriptorProto:
    """A file as `?format=serialized` gives it, under a name of its own.

    Raises:
        Undecodable: `schema-unreadable`.
    """
    try:
        file = FileDescriptorProto.FromString(serialized)
    except Exception:  # noqa: BLE001 (the library raises whatever the bytes lead it to)
        raise Undecodable(Reason.SCHEMA_UNREADABLE) from None
    file.name = name
    return file


class MessageClasses:
    """The messages of a file, by the indexes that Confluent's wire format carries."""

    def __init__(self, file: FileDescriptorProto, imported: Sequence[FileDescriptorProto]) -> None:
        """`imported` are the files that it needs, each after those that it needs itself.

        Raises:
            Undecodable: `schema-unreadable`.
        """
        try:
            self._file = file
            self._pool = _pool([*imported, file])
            self._known: dict[tuple[int, ...], type[Message]] = {}
            self.largest_bytes = max(map(_size, self._messages()), default=0)
            """What the emptiest message of the file may take in memory."""
        except Exception:  # noqa: BLE001 (the library raises its own errors, and those of what it calls)
            raise Undecodable(Reason.SCHEMA_UNREADABLE) from None

    def at(self, indexes: tuple[int, ...]) -> type[Message] | None:
        """The message there; None when the file has none."""
        known = self._known.get(indexes)
        if known is None:
            name = self._name(indexes)
            if not name:
                return None
            known = self._known[indexes] = GetMessageClass(self._pool.FindMessageTypeByName(name))
        return known

    def _name(self, indexes: tuple[int, ...]) -> str:
        messages: Sequence[DescriptorProto] = self._file.message_type
        names = [self._file.package] if self._file.package else []
        for index in indexes:
            if not 0 <= index < len(messages):
                return ""
            names.append(messages[index].name)
            messages = messages[index].nested_type
        return ".".join(names) if indexes else ""

    def _messages(self) -> Iterator[Descriptor]:
        pending = [self._pool.FindFileByName(self._file.name)]
        seen = {self._file.name}
        while pending:
            file = pending.pop()
            yield from _with_nested(file.message_types_by_name.values())
            fresh = [each for each in file.dependencies if each.name not in seen]
            seen.update(each.name for each in fresh)
            pending.extend(fresh)


def _with_nested(messages: Iterable[Descriptor]) -> Iterator[Descriptor]:
    for message in messages:
        yield message
        yield from _with_nested(message.nested_types)


def _size(message: Descriptor) -> int:
    return 32 + 16 * len(message.fields)


def _pool(files: Sequence[FileDescriptorProto]) -> DescriptorPool:
    pool = DescriptorPool()
    given = {file.name for file in files}
    built_in = [each.DESCRIPTOR for each in _BUILT_IN if each.DESCRIPTOR.name not in given]
    for descriptor in built_in:
        pool.AddSerializedFile(descriptor.serialized_pb)
    defined = dict(_defined([*files, *(FileDescriptorProto.FromString(each.serialized_pb) for each in built_in)]))
    if len(defined) > _MOST_TYPES:
        raise Undecodable(Reason.SCHEMA_UNSAFE)
    importable = given | {each.name for each in built_in}
    for file in files:
        _soften(file, importable, defined)
        pool.Add(file)
    return pool


def _defined(files: Iterable[FileDescriptorProto]) -> Iterator[tuple[str, FieldDescriptorProto.Type.ValueType]]:
    """Full names of types, and what a field of them is."""
    for file in files:
        yield from ((_joined(file.package, each.name), FieldDescriptorProto.TYPE_ENUM) for each in file.enum_type)
        for scope, message in _messages_of(file):
            name = _joined(scope, message.name)
            yield name, FieldDescriptorProto.TYPE_MESSAGE
            yield from ((_joined(name, each.name), FieldDescriptorProto.TYPE_ENUM) for each in message.enum_type)


def _messages_of(file: FileDescriptorProto) -> Iterator[tuple[str, DescriptorProto]]:
    """All messages, nested ones too, each with the scope that it is defined in."""
    pending = [(file.package, message) for message in file.message_type]
    while pending:
        scope, message = pending.pop()
        yield scope, message
        pending.extend((_joined(scope, message.name), nested) for nested in message.nested_type)


def _joined(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _soften(file: FileDescriptorProto, importable: set[str], defined: Types) -> None:
    """Nothing is required or extended, every import may be used by all, and types that nobody defines are bytes."""
    kept = [name for name in dict.fromkeys(file.dependency) if name in importable]
    del file.dependency[:], file.public_dependency[:], file.weak_dependency[:], file.service[:], file.extension[:]
    file.dependency.extend(kept)
    file.public_dependency.extend(range(len(kept)))
    file.ClearField("options")
    for scope, message in _messages_of(file):
        del message.extension[:]
        for field in message.field:
            _soften_field(field, _joined(scope, message.name), defined)


def _soften_field(field: FieldDescriptorProto, scope: str, defined: Types) -> None:
    if field.label == FieldDescriptorProto.LABEL_REQUIRED:
        field.label = FieldDescriptorProto.LABEL_OPTIONAL
    field.ClearField("default_value")
    if not field.type_name:
        return
    name = _resolved(field.type_name, scope, defined)
    if not name:
        field.type = FieldDescriptorProto.TYPE_BYTES
        field.ClearField("type_name")
        return
    field.type_name = f".{name}"
    if field.type != FieldDescriptorProto.TYPE_GROUP:
        field.type = defined[name]


def _resolved(name: str, scope: str, defined: Types) -> str:
    """The full name of what a type's name means in a scope, from the innermost out; empty when it means nothing."""
    if name.startswith("."):
        return name[1:] if name[1:] in defined else ""
    while True:
        candidate = _joined(scope, name)
        if candidate in defined:
            return candidate
        if not scope:
            return ""
        scope = scope.rpartition(".")[0]
