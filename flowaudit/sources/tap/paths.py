"""Paths of fields inside a record, and the bounded walk that finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from flowaudit.linkage.canonical import Scalar

EACH: Final = None
"""The step into every element of an array."""
Path = tuple[str | None, ...]
"""Steps from the root of a value: a member's name, or `EACH`."""
KEY: Final[Path] = ("$key", EACH, "$key")
"""The record's key. No walk of a value yields this path, for a walk never steps into arrays of keys."""

MAX_WALK_DEPTH: Final = 8
MAX_ELEMENTS: Final = 16
"""Elements of an array that a walk looks into; the typed decoder reads all of them."""
MAX_LEAVES: Final = 256

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def path_text(path: Path) -> str:
    """The path as a JSONPath (RFC 9535): `$.guests[*].id_no`, `$['a.b']`; `$key` for the record's key."""
    if path == KEY:
        return "$key"
    return "$" + "".join(_step_text(step) for step in path)


def _step_text(step: str | None) -> str:
    if step is EACH:
        return "[*]"
    if _NAME.fullmatch(step):
        return f".{step}"
    escaped = step.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def walk(document: dict[str, object]) -> Iterator[tuple[Path, Scalar]]:
    """The leaves of a parsed JSON object with their paths, at most `MAX_LEAVES`, not deeper than `MAX_WALK_DEPTH`.

    A null is no leaf: it says nothing about its field.
    """
    pending: list[tuple[Path, object]] = [((), document)]
    leaves = 0
    while pending and leaves < MAX_LEAVES:
        path, value = pending.pop()
        if isinstance(value, dict):
            if len(path) < MAX_WALK_DEPTH:
                pending.extend(((*path, name), child) for name, child in reversed(value.items()))
        elif isinstance(value, list):
            if len(path) < MAX_WALK_DEPTH:
                pending.extend(((*path, EACH), child) for child in reversed(value[:MAX_ELEMENTS]))
        elif isinstance(value, str | int | float):
            leaves += 1
            yield path, value
