"""The text of a `.proto` file → its descriptor, for registries that serve nothing else. Pure.

Names of types stay as they are written; `protobuf_files` finds out what they mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

from flowaudit.sources.tap.formats.port import Reason, Undecodable

_MOST_LENGTH: Final = 1 << 17
_SCALARS: Final = {
    "double": FieldDescriptorProto.TYPE_DOUBLE,
    "float": FieldDescriptorProto.TYPE_FLOAT,
    "int64": FieldDescriptorProto.TYPE_INT64,
    "uint64": FieldDescriptorProto.TYPE_UINT64,
    "int32": FieldDescriptorProto.TYPE_INT32,
    "fixed64": FieldDescriptorProto.TYPE_FIXED64,
    "fixed32": FieldDescriptorProto.TYPE_FIXED32,
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "string": FieldDescriptorProto.TYPE_STRING,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
    "uint32": FieldDescriptorProto.TYPE_UINT32,
    "sfixed32": FieldDescriptorProto.TYPE_SFIXED32,
    "sfixed64": FieldDescriptorProto.TYPE_SFIXED64,
    "sint32": FieldDescriptorProto.TYPE_SINT32,
    "sint64": FieldDescriptorProto.TYPE_SINT64,
}


def file_of_text(text: str, name: str) -> FileDescriptorProto:
    """The descriptor of what messages and enumerations the text defines.

    Raises:
        Undecodable: `schema-unreadable`.
    """
    if len(text) > _MOST_LENGTH:
        raise Undecodable(Reason.SCHEMA_UNREADABLE)
    try:
        file = _file(_parsed(text), name)
    except Exception:  # noqa: BLE001 (the library raises its own errors, and those of what it calls)
        raise Undecodable(Reason.SCHEMA_UNREADABLE) from None
    if not (file.message_type or file.enum_type):
        raise Undecodable(Reason.SCHEMA_UNREADABLE)
    return file


def _parsed(text: str) -> Any:  # noqa: ANN401 (the library's syntax tree)
    # Its grammar takes a quarter of a second to load, and few registries need it.
    from proto_schema_parser.parser import Parser  # noqa: PLC0415

    parsers: list[Any] = []

    def set_up(parser: Any) -> None:  # noqa: ANN401
        # Unless it is told otherwise, it writes what it does not understand to standard error.
        parser.removeErrorListeners()
        parsers.append(parser)

    tree = Parser(setup_lexer=set_up, setup_parser=set_up).parse(text)
    if parsers[-1].getNumberOfSyntaxErrors():
        raise Undecodable(Reason.SCHEMA_UNREADABLE)
    return tree


def _file(tree: Any, name: str) -> FileDescriptorProto:  # noqa: ANN401
    # A file of proto2 and one without a syntax read the same; what is required is required of nobody here.
    file = FileDescriptorProto(name=name, syntax="proto3" if tree.syntax == "proto3" else "proto2")
    for element in tree.file_elements:
        kind = _kind(element)
        if kind == "Package":
            file.package = element.name
        elif kind == "Import":
            file.dependency.append(element.name)
        elif kind == "Message":
            _message(file.message_type.add(), element)
        elif kind == "Enum":
            _enum(file.enum_type.add(), element)
    return file


def _message(message: DescriptorProto, element: Any) -> None:  # noqa: ANN401
    message.name = element.name
    for part in element.elements:
        kind = _kind(part)
        if kind == "Message":
            _message(message.nested_type.add(), part)
        elif kind == "Enum":
            _enum(message.enum_type.add(), part)
        else:
            _fields(message, [part])


def _fields(message: DescriptorProto, parts: Iterable[Any]) -> None:
    for part in parts:
        kind = _kind(part)
        if kind == "OneOf":
            _fields(message, part.elements)
        elif kind == "Field":
            repeated = part.cardinality is not None and part.cardinality.name == "REPEATED"
            _field(message, part.name, part.number, part.type, repeated=repeated)
        elif kind == "MapField":
            _map(message, part)


def _field(message: DescriptorProto, name: str, number: int, type_name: str, *, repeated: bool = False) -> None:
    field = message.field.add(name=name, number=int(number))
    field.label = FieldDescriptorProto.LABEL_REPEATED if repeated else FieldDescriptorProto.LABEL_OPTIONAL
    if type_name in _SCALARS:
        field.type = _SCALARS[type_name]
    else:
        field.type_name = type_name


def _map(message: DescriptorProto, part: Any) -> None:  # noqa: ANN401
    """A map is a repeated message of key and value, as `protoc` makes it."""
    name = "".join(word[:1].upper() + word[1:] for word in part.name.split("_")) + "Entry"
    entry = message.nested_type.add(name=name)
    entry.options.map_entry = True
    _field(entry, "key", 1, part.key_type)
    _field(entry, "value", 2, part.value_type)
    _field(message, part.name, part.number, name, repeated=True)


def _enum(enum: EnumDescriptorProto, element: Any) -> None:  # noqa: ANN401
    enum.name = element.name
    enum.options.allow_alias = True
    for part in element.elements:
        if _kind(part) == "EnumValue":
            enum.value.add(name=part.name, number=int(part.number))


def _kind(element: object) -> str:
    return type(element).__name__
