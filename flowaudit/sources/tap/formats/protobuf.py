"""Protobuf with its schema, in Confluent's wire format: which message, then the message. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import Message

from flowaudit.sources.tap.formats.port import MAX_BUILT_BYTES, Reason, Undecodable, refuse_larger
from flowaudit.sources.tap.formats.protobuf_files import MessageClasses

_MOST_INDEXES: Final = 16
_MOST_VARINT_BYTES: Final = 10
_MOST_MEMORY_BYTES: Final = 256 << 20
_LEAST_MESSAGE_BYTES: Final = 2
_MOST_SHOWN_PARTS: Final = 4_096
_MOMENTS: Final = frozenset({"google.protobuf.Timestamp", "google.protobuf.Duration"})


class ProtobufParser:
    """Reads messages of one schema's file."""

    def __init__(self, file: FileDescriptorProto, imported: Sequence[FileDescriptorProto] = ()) -> None:
        """As `MessageClasses`.

        Raises:
            Undecodable: `schema-unreadable`, `schema-unsafe`.
        """
        self._messages = MessageClasses(file, imported)
        # Two bytes may stand for a whole message; it is made with room for all its fields.
        most = _MOST_MEMORY_BYTES * _LEAST_MESSAGE_BYTES // max(1, self._messages.largest_bytes)
        self._most_bytes = min(MAX_BUILT_BYTES, most)

    def parse(self, data: bytes) -> Message:
        """The message.

        Raises:
            Undecodable: `too-large`, `not-of-its-schema`.
        """
        refuse_larger(data, self._most_bytes)
        indexes, at = ((0,), 1) if data[:1] == b"\0" else message_indexes(data)
        message_class = self._messages.at(indexes)
        if message_class is None:
            raise Undecodable(Reason.NOT_OF_ITS_SCHEMA)
        try:
            return message_class.FromString(data[at:])
        except Exception:  # noqa: BLE001 (the library raises its own errors, and those of what it calls)
            raise Undecodable(Reason.NOT_OF_ITS_SCHEMA) from None


def message_indexes(data: bytes) -> tuple[tuple[int, ...], int]:
    """Which message of the file, from the outermost in, and where it begins; a single 0 stands for the first.

    Raises:
        Undecodable: `not-of-its-schema`.
    """
    count, at = _zigzag(data, 0)
    if count == 0:
        return (0,), at
    if not 0 < count <= _MOST_INDEXES:
        raise Undecodable(Reason.NOT_OF_ITS_SCHEMA)
    indexes = []
    for _ in range(count):
        index, at = _zigzag(data, at)
        indexes.append(index)
    return tuple(indexes), at


def _zigzag(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    for byte in data[at : at + _MOST_VARINT_BYTES]:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return number >> 1 ^ -(number & 1), at + shift // 7
    raise Undecodable(Reason.NOT_OF_ITS_SCHEMA)


def field_of(message: Message, name: object) -> object:
    """A field's value as a part of a document; what is absent is as empty as it is written. None: no such field."""
    fields = _fields(type(message))  # type: ignore[arg-type]  # the stubs take a class for unhashable
    if name not in fields:
        return None
    field = fields[name]
    return getattr(message, name) if field is None else _part(field, getattr(message, name))  # type: ignore[call-overload]


@lru_cache(maxsize=1_024)
def _fields(message_class: type[Message]) -> dict[object, Any]:
    """The fields by name; None: its value may be taken as it is."""
    descriptor = message_class.DESCRIPTOR
    if descriptor.full_name in _MOMENTS:
        return {}
    return {
        field.name: field if field.is_repeated or field.message_type is not None else None
        for field in descriptor.fields
    }


def _part(field: Any, value: Any) -> object:  # noqa: ANN401 (a descriptor, and whatever the field holds)
    if field.is_repeated:
        return dict(value) if isinstance(value, Mapping) else list(value)
    return _seconds(value) if isinstance(value, Message) and value.DESCRIPTOR.full_name in _MOMENTS else value


def as_document(message: Message) -> object:
    """The message as dicts, lists and scalars: what is present of it, four thousand parts at most."""
    return _document(message, [_MOST_SHOWN_PARTS])


def _document(value: object, budget: list[int]) -> object:
    budget[0] -= 1
    if budget[0] < 0:
        return None
    if isinstance(value, Message):
        if value.DESCRIPTOR.full_name in _MOMENTS:
            return _seconds(value)
        return {field.name: _document(_part(field, held), budget) for field, held in value.ListFields()}
    if isinstance(value, dict):
        return {key: _document(held, budget) for key, held in value.items()}
    return [_document(held, budget) for held in value] if isinstance(value, list) else value


def _seconds(message: Any) -> float:  # noqa: ANN401 (a generated class)
    """A moment or a duration as one number with a fraction, which is never taken for a name."""
    return float(message.seconds + message.nanos / 1e9)
