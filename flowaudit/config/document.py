"""A YAML file → plain values, each with the line it stands on. Refuses what a configuration has no use for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import yaml

from flowaudit.config.problems import ConfigInvalid, Problem

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32

_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null"))

KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A configuration file's content."""

    name: str
    values: dict[str, object]
    lines: dict[KeyPath, int]
    """Line (from 1) of every key."""

    def place(self, path: KeyPath) -> str:
        """Where a key, or the closest part of its path that is there, stands."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name} line {self.lines[path]}" if path else self.name


def read_document(path: Path) -> Document:
    """Read a configuration file.

    Raises:
        ConfigInvalid: it cannot be read, is larger than 1 MiB, is not YAML, or uses aliases, the same key twice, or
            anything that is not a mapping at its top.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigInvalid([Problem(str(path), "", f"cannot be read: {error.strerror}")]) from error
    if len(data) > MAX_BYTES:
        raise ConfigInvalid([Problem(str(path), "", "is larger than 1 MiB; that is no configuration")])
    return parse_document(data, str(path))


def parse_document(data: bytes, name: str) -> Document:
    """Parse what `read_document` read; `name` stands in error messages."""
    try:
        _check_shape(data, name)
        root = yaml.compose(data, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _refused(name, error.problem_mark, f"is not YAML: {error.problem}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigInvalid([Problem(name, "", "is not YAML: it holds characters that YAML does not allow")]) from error
    if root is None:
        return Document(name, {}, {})
    if not isinstance(root, yaml.MappingNode):
        raise _refused(name, root.start_mark, "must be a mapping of sections, such as `kafka:`")
    lines: dict[KeyPath, int] = {}
    problems: list[Problem] = []
    values = dict(_pairs(root, (), _Marks(name, lines, problems)))
    if problems:
        raise ConfigInvalid(problems)
    return Document(name, values, lines)


def _check_shape(data: bytes, name: str) -> None:
    """Refuse aliases and deep nesting while they are still events: composing such a file could exhaust the stack."""
    depth = 0
    for event in yaml.parse(data, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _refused(name, event.start_mark, "uses a YAML alias (*name); write the value out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _refused(name, event.start_mark, f"is nested deeper than {MAX_DEPTH}")


class _Mark(Protocol):
    line: int


@dataclass(frozen=True, slots=True)
class _Marks:
    name: str
    lines: dict[KeyPath, int]
    problems: list[Problem]


def _refused(name: str, mark: _Mark | None, message: str) -> ConfigInvalid:
    return ConfigInvalid([Problem(f"{name} line {mark.line + 1}" if mark else name, "", message)])


def _pairs(node: yaml.MappingNode, path: KeyPath, marks: _Marks) -> Iterator[tuple[str, object]]:
    for key_node, value_node in node.value:
        place = f"{marks.name} line {key_node.start_mark.line + 1}"
        if not isinstance(key_node, yaml.ScalarNode):
            marks.problems.append(Problem(place, ".".join(path), "a key must be a word"))
            continue
        here = (*path, key_node.value)
        if here in marks.lines:
            first = marks.lines[here]
            marks.problems.append(Problem(place, ".".join(here), f"is given twice; the first is on line {first}"))
            continue
        marks.lines[here] = key_node.start_mark.line + 1
        yield key_node.value, _value(value_node, here, marks)


def _value(node: yaml.Node, path: KeyPath, marks: _Marks) -> object:
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, path, marks))
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, str(index)), marks) for index, item in enumerate(node.value)]
    return _scalar(node, path, marks)


def _scalar(node: yaml.Node, path: KeyPath, marks: _Marks) -> object:
    loader = yaml.CSafeLoader("")
    try:
        if node.tag in _PLAIN_TAGS:
            return loader.construct_object(node)
    except (yaml.YAMLError, ValueError):
        pass  # told below: `!!int x`, or a number of 5,000 digits
    finally:
        loader.dispose()
    place = f"{marks.name} line {node.start_mark.line + 1}"
    marks.problems.append(
        Problem(place, ".".join(path), "is not a text, a number, true or false; quote it if it is text")
    )
    return None
