"""The wanted paths as a tree, its typed decoder, and the columns of whatever was decoded. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from types import GenericAlias
from typing import Any, Final, cast

import msgspec
from google.protobuf.message import Message

from flowaudit.linkage.canonical import Scalar
from flowaudit.sources.tap.composites import parts_of
from flowaudit.sources.tap.formats.embedded import embedded_text
from flowaudit.sources.tap.formats.leaves import plain
from flowaudit.sources.tap.formats.protobuf import field_of
from flowaudit.sources.tap.paths import EACH, Part, Path, Step, Within

_SCALARS: Any = str | int | float | bool | None
_PLAIN: Final = frozenset({str, int, float, bool, type(None)})


@dataclass(frozen=True, slots=True)
class Column:
    """Values of one path in record order; `rows` says which record each came from, None: one a record."""

    values: list[Scalar]
    rows: list[int] | None


@dataclass(slots=True)
class Wanted:
    """One level of the wanted paths, or a leaf of them. `compile` the root before anything is decoded."""

    leaf: bool = False
    members: dict[str | int, Wanted] = field(default_factory=dict)
    each: Wanted | None = None
    inside: Wanted | None = None
    """What is wanted of the document that a text here is."""
    parts: dict[Part, Wanted] = field(default_factory=dict)
    """What is wanted of the texts that stand joined in a text here."""
    struct: Any = None
    empty: Any = None
    decode: Callable[[bytes | str], Any] | None = None
    """Of a root: JSON → structs of what is wanted; raises on what is of another type than expected."""

    @classmethod
    def of(cls, paths: Sequence[Path]) -> Wanted:
        """The tree of these paths, compiled."""
        root = cls()
        for path in paths:
            node = root
            for step in path:
                node = node.child(step)
            node.leaf = True
        root.compile()
        return root

    def child(self, step: Step) -> Wanted:
        """The node one step further, made when there is none."""
        if step is EACH:
            self.each = self.each or Wanted()
            return self.each
        if step is Within.JSON:
            self.inside = self.inside or Wanted()
            return self.inside
        if isinstance(step, Part):
            return self.parts.setdefault(step, Wanted())
        return self.members.setdefault(cast("str | int", step), Wanted())

    def compile(self) -> None:
        """Make the typed decoders of this root and of the documents inside of texts."""
        annotation = self.annotation()
        if self.struct is None:
            self.struct = msgspec.defstruct("Wanted", [], frozen=True, gc=False)
            self.empty = self.struct()
        only_members = not (self.leaf or self.parts) and self.each is None and self.inside is None
        self.decode = msgspec.json.Decoder(self.struct if only_members else annotation).decode

    def annotation(self) -> Any:  # noqa: ANN401 (a type for msgspec)
        """The type that msgspec decodes this node as; whatever else stands there makes the record decode slowly."""
        wanted: Any = _SCALARS
        named = {name: child for name, child in self.members.items() if isinstance(name, str)}
        if named:
            names = {f"wanted_{number}": name for number, name in enumerate(named)}
            fields = [(f"wanted_{n}", child.annotation(), child.empty) for n, child in enumerate(named.values())]
            self.struct = msgspec.defstruct("Wanted", fields, rename=names, frozen=True, gc=False)
            self.empty = self.struct()
            wanted |= self.struct
        if self.each is not None:
            wanted |= GenericAlias(list, (self.each.annotation(),))
        if self.inside is not None:
            self.inside.compile()
        return wanted

    def column(self, roots: Sequence[Any], path: Path, *, typed: bool) -> Column:
        """The column of one path; `typed`: all roots came from `decode`, and are what was expected."""
        node, level, rows = self, roots, None
        for step in path:
            if step is EACH:
                level, rows = _elements(level, rows)
                node = node.child(step)
            elif step is Within.JSON:
                node, typed = node.child(step), False
                level = list(map(node.document, level))
            elif isinstance(step, Part):
                node, level = node.child(step), parts_of(level, step)
            else:
                name = cast("str | int", step)
                level = node.values_of(level, name) if isinstance(name, str) else _numbered(level, name)
                node = node.child(step)
        if (not typed or node.members or node.each is not None) and not _PLAIN.issuperset(map(type, level)):
            level = list(map(plain, level))
        return Column(cast("list[Scalar]", level), rows)

    def document(self, text: object) -> object:
        """What is wanted of the JSON document that a text is; None when it is none."""
        embedded = embedded_text(text)
        if embedded is None or self.decode is None:
            return None
        try:
            return self.decode(embedded)
        except (msgspec.MsgspecError, RecursionError):
            pass
        try:
            return cast("object", msgspec.json.decode(embedded))
        except (msgspec.MsgspecError, RecursionError):
            return None

    def values_of(self, level: Sequence[Any], name: str) -> list[Any]:
        """What a member of each of these holds; None where there is none."""
        named = [each for each in self.members if isinstance(each, str)]
        get = attrgetter(f"wanted_{named.index(name)}")
        try:
            return list(map(get, level))
        except AttributeError:
            struct = self.struct
            return [
                get(value)
                if type(value) is struct
                else value.get(name)
                if type(value) is dict
                else field_of(value, name)
                if isinstance(value, Message)
                else None
                for value in level
            ]


def _numbered(level: Sequence[Any], number: int) -> list[Any]:
    return [value.get(number) if type(value) is dict else None for value in level]


def _elements(level: Sequence[Any], rows: Sequence[int] | None) -> tuple[list[Any], list[int]]:
    elements: list[Any] = []
    owners: list[int] = []
    for index, value in enumerate(level):
        if isinstance(value, list):
            elements.extend(value)
            owners.extend([index if rows is None else rows[index]] * len(value))
    return elements, owners
