"""Paths of fields inside a record, and the bounded walk that finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final, NamedTuple

from flowaudit.linkage.canonical import Scalar
from flowaudit.sources.tap.formats.embedded import embedded_document
from flowaudit.sources.tap.formats.leaves import is_leaf, plain
from flowaudit.sources.tap.limits import Limit


class Root(Enum):
    """The first step into a part of the record that is not its value; without one, a path begins in the value."""

    __hash__ = object.__hash__

    KEY = "$key"
    HEADERS = "$headers"


class Within(Enum):
    """The step from a text into the document that the text is."""

    __hash__ = object.__hash__

    JSON = "<json>"


class Part(NamedTuple):
    """The step into one of the texts that stand joined in one text, as in `4711_0815`."""

    joint: str
    number: int
    """From 0."""


EACH: Final = None
"""The step into every element of an array."""
Step = str | int | Root | Within | Part | None
Path = tuple[Step, ...]
"""Steps from the root of a part: a member's name, a column's number, `EACH`, or one of the steps above."""
KEY: Final[Path] = (Root.KEY,)
"""The record's key, when it is a single value; parts of a key go on from here."""

MAX_WALK_DEPTH: Final = 8
MAX_ELEMENTS: Final = 16
"""Elements of an array that a walk looks into; the typed decoder reads all of them."""
MAX_LEAVES: Final = 256
_PLAIN_KINDS: Final = frozenset({int, float, bool})
_OPENING: Final = frozenset("{[")
"""What a text begins with that may be a document itself."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|[0-9]+")


def path_text(path: Path) -> str:
    """The path as a JSONPath (RFC 9535): `$.guests[*].id_no`, `$['a.b']`, `$[0]` for a column or a numbered member.

    With five liberties: `$key` and `$headers` are roots beside `$`; `$.payload.<json>.id` is the member `id` of the
    JSON document that the text `$.payload` is; `$.no.<_>[0]` is what stands before the first `_` of the text `$.no`; a
    name of digits stands bare (`$.1.2`, Protobuf fields without a schema). A member whose name is `<json>` is quoted,
    so that nothing has two meanings.
    """
    if path and isinstance(path[0], Root):
        return path[0].value + "".join(map(_step_text, path[1:]))
    return "$" + "".join(map(_step_text, path))


def _step_text(step: Step) -> str:
    if step is EACH:
        return "[*]"
    if isinstance(step, Enum):
        return f".{step.value}"
    if isinstance(step, Part):
        return f".<{step.joint}>[{step.number}]"
    if isinstance(step, int):
        return f"[{step}]"
    if _NAME.fullmatch(step):
        return f".{step}"
    escaped = step.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def walk(document: object, root: Path = (), met: set[Limit] | None = None) -> Iterator[tuple[Path, Scalar]]:
    """The leaves of a document with their paths, at most `MAX_LEAVES`, not deeper than `MAX_WALK_DEPTH`.

    A null is no leaf: it says nothing about its field. A text that is a JSON object or array is none either; its own
    leaves are. `met` takes the limits that left something out.
    """
    met = set() if met is None else met
    pending: list[tuple[Path, object]] = [(root, document)]
    leaves = 0
    while pending and leaves < MAX_LEAVES:
        path, value = pending.pop()
        if _is_plain(value):
            leaves += 1
            yield path, value  # type: ignore[misc]  # a scalar
            continue
        inside = _inside(path, value)
        if inside and len(path) < MAX_WALK_DEPTH:
            pending.extend(inside)
            continue
        if inside:
            met.add(Limit.DEPTH)
        if is_leaf(value):
            leaves += 1
            yield path, plain(value)
    if pending:
        met.add(Limit.LEAVES)


def _inside(path: Path, value: object) -> list[tuple[Path, object]]:
    """What an object, an array, or the document that a text is holds."""
    if isinstance(value, dict | list):
        return _children(path, value)
    inner = embedded_document(value) if is_leaf(value) else None
    return [] if inner is None else [((*path, Within.JSON), inner)]


def _children(path: Path, value: dict[str | int, object] | list[object]) -> list[tuple[Path, object]]:
    """What an object or an array holds, the last first."""
    if isinstance(value, list):
        return [((*path, EACH), child) for child in reversed(value[:MAX_ELEMENTS])]
    return [((*path, name), child) for name, child in reversed(value.items()) if _is_name(name)]


def _is_plain(value: object) -> bool:
    """Whether it is a leaf as it stands; what this says no to may be one too."""
    kind = type(value)
    return kind in _PLAIN_KINDS or (kind is str and value[:1] not in _OPENING)  # type: ignore[index]  # it is text


def _is_name(name: object) -> bool:
    return isinstance(name, str) or type(name) is int
