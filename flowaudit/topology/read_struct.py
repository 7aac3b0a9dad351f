"""A YAML node → a frozen struct, guided by the struct's own types; every mistake is noted with its line.

Understood types: `str`, `int`, `float`, `bool`, `tuple[X, …]`, another struct, `Literal`, enumerations, and any of
these in `Annotated[…, msgspec.Meta(…)]`, whose bounds are enforced.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
import yaml

from flowaudit.topology.mistakes import Mistakes, nearest
from flowaudit.topology.yaml_tree import line_of

StructT = TypeVar("StructT", bound=msgspec.Struct)

_KINDS = {yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list", yaml.ScalarNode: "a plain value"}


def read_struct(node: yaml.Node, struct: type[StructT], mistakes: Mistakes) -> StructT | None:
    """The struct that `node` describes, or None when anything in it is wrong (then `mistakes` says what)."""
    if not isinstance(node, yaml.MappingNode):
        mistakes.add(line_of(node), f"expected a mapping with {_valid_keys(struct)}, found {_KINDS[type(node)]}")
        return None
    before = len(mistakes.found)
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    hints = get_type_hints(struct, include_extras=True)
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key = _key(key_node, fields, lines, mistakes)
        if key is not None:
            lines[key] = line_of(key_node)
            values[fields[key].name] = _value(value_node, hints[fields[key].name], key, mistakes)
    for key, field in fields.items():
        if field.required and key not in lines:
            mistakes.add(line_of(node), f"the key {key!r} is missing")
    return struct(**values) if len(mistakes.found) == before else None


def _valid_keys(struct: type[msgspec.Struct]) -> str:
    return ", ".join(field.encode_name for field in msgspec.structs.fields(struct))


def _key(node: yaml.Node, valid: dict[str, Any], seen: dict[str, int], mistakes: Mistakes) -> str | None:
    if not isinstance(node, yaml.ScalarNode):
        mistakes.add(line_of(node), f"a key must be a plain word; {nearest('', valid)}")
        return None
    key = str(node.value)
    if key not in valid:
        mistakes.add(line_of(node), f"unknown key {key!r}; {nearest(key, valid)}")
        return None
    if key in seen:
        mistakes.add(line_of(node), f"the key {key!r} is given twice; the first is on line {seen[key]}")
        return None
    return key


def _value(node: yaml.Node, wanted: Any, key: str, mistakes: Mistakes) -> object:  # noqa: ANN401 - a type expression
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        return read_struct(node, wanted, mistakes)
    if get_origin(wanted) is tuple:
        return _items(node, get_args(wanted)[0], key, mistakes)
    return _scalar(node, wanted, key, mistakes)


def _items(node: yaml.Node, wanted: Any, key: str, mistakes: Mistakes) -> tuple[object, ...]:  # noqa: ANN401 - as above
    if not isinstance(node, yaml.SequenceNode):
        mistakes.add(line_of(node), f"{key!r} must be a list, not {_KINDS[type(node)]}")
        return ()
    return tuple(_value(item, wanted, key, mistakes) for item in node.value)


def _scalar(node: yaml.Node, wanted: Any, key: str, mistakes: Mistakes) -> object:  # noqa: ANN401 - as above
    if not isinstance(node, yaml.ScalarNode):
        mistakes.add(line_of(node), f"{key!r} must be a plain value, not {_KINDS[type(node)]}")
        return None
    text = str(node.value)
    if not text.strip():
        mistakes.add(line_of(node), f"{key!r} is empty")
        return None
    try:
        return msgspec.convert(text, wanted, strict=False)
    except msgspec.ValidationError as error:
        choices = _choices(wanted)
        why = nearest(text, choices) if choices else str(error)
        mistakes.add(line_of(node), f"{key!r} is {_shown(text)}: {why}")
        return None


def _choices(wanted: Any) -> list[str]:  # noqa: ANN401 - as above
    """The words of an enumeration, also of one that may be left out."""
    kinds = (wanted, *get_args(wanted))
    return [str(one.value) for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum) for one in kind]


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
