r"""The regular expressions of a tap → the narrowest resources that Kafka can grant for them. Pure.

Kafka knows literal names and prefixes. `locks\..*` is the prefix `locks.`, `visitors` a name, `.*` everything; an
expression that is none of these is granted topic by topic for those that are known, and else by the longest prefix
that all its matches share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from flowaudit.rights.access import EVERYTHING, Resource, ResourceType

_ANYTHING: Final = (".*", ".+")
_MOST_NAMED: Final = 20
"""More topics than this are granted by their common prefix: nobody keeps such a list."""


def resources_of(patterns: Iterable[str], known: Iterable[str]) -> tuple[Resource, ...]:
    """The topics that `patterns` take, as resources; none that another one of them covers."""
    names = tuple(known)
    alternatives = (part for pattern in patterns for part in _alternatives(pattern))
    return narrowed(resource for part in alternatives for resource in _resources(part, names))


def narrowed(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """The resources without those that another one covers, sorted."""
    found = sorted(set(resources))
    return tuple(one for one in found if not any(other != one and other.covers(one) for other in found))


def _resources(pattern: str, known: tuple[str, ...]) -> Iterator[Resource]:
    literal, rest = _literal_start(pattern)
    if not rest:
        yield Resource(ResourceType.TOPIC, literal)
    elif rest in _ANYTHING:
        yield _beginning_with(literal)
    else:
        matching = [name for name in known if re.fullmatch(pattern, name)]
        if 0 < len(matching) <= _MOST_NAMED:
            yield from (Resource(ResourceType.TOPIC, name) for name in matching)
        else:
            yield _beginning_with(literal)


def _beginning_with(prefix: str) -> Resource:
    return Resource(ResourceType.TOPIC, prefix or EVERYTHING, prefixed=bool(prefix))


def _alternatives(pattern: str) -> Iterator[str]:
    """`a|b(c|d)` → `a`, `b(c|d)`. A pattern with a character class is left whole: `|` is a character there."""
    if "[" in pattern:
        yield pattern
        return
    start = depth = 0
    for match in re.finditer(r"\\.|[()|]", pattern):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if match[0] == "|" and depth == 0:
            yield pattern[start : match.start()]
            start = match.end()
    yield pattern[start:]


def _literal_start(pattern: str) -> tuple[str, str]:
    """What every match begins with, and the rest of the expression."""
    if "[" in pattern and "|" in pattern:
        return "", pattern
    start = re.match(r"(?:(?:[A-Za-z0-9_-]|\\[._-])(?![*+?{]))*", pattern)
    literal = start[0] if start else ""
    return literal.replace("\\", ""), pattern[len(literal) :]
