"""Java regular expressions of connector configurations, as far as Python says the same. Pure.

A pattern comes from whoever may configure a connector, and runs here: what the two languages may read differently, and
what could take long on a topic's name, is refused.
"""

from __future__ import annotations

import re
from math import factorial
from typing import Final

_MOST_CHARACTERS: Final = 300
_LONGEST_TOPIC: Final = 249
_MOST_STEPS: Final = 10_000_000
"""Backtracking steps that a pattern may need for the longest name: a second or so."""

_SAME_IN_BOTH: Final = re.compile(
    r"""
      \\[dDwWsS]                                 # classes: ASCII in Java, and in Python with re.ASCII
    | \\[^A-Za-z0-9\s]                           # an escaped sign stands for itself
    | \[(?![^\]]*(?:--|\|\||~~))\^?(?:\\[dDwWsS]|\\[^A-Za-z0-9\s]|[^\[\]\\&])+\]   # no union, no intersection
    | (?P<named>\(\?<)[A-Za-z][A-Za-z0-9]*> | \(\?: | \((?!\?)
    | \)
    | (?P<quantifier>\{\d{1,4}(?:,\d{0,4})?\}|[*+?])[?]?(?![*+?{])
    | (?P<either>\|)
    | [.^$]
    | [^\\\[\](){}*+?|.^$]
    """,
    re.VERBOSE,
)
_REFERENCE: Final = re.compile(
    r"\\(?P<sign>.)|\$(?P<number>\d+)|\$\{(?P<name>[A-Za-z][A-Za-z0-9]*)\}|(?P<plain>[^\\$]+)"
)


def translate(pattern: str) -> re.Pattern[str] | None:
    """The same pattern for Python; None when the two languages may differ, or it could take long."""
    tokens = [""]
    at, optional, unbounded = 0, 0, 0
    if len(pattern) > _MOST_CHARACTERS:
        return None
    while at < len(pattern):
        token = _SAME_IN_BOTH.match(pattern, at)
        if token is None or (token["quantifier"] and not _may_repeat(token["quantifier"], tokens[-1])):
            return None
        unbounded += bool(token["quantifier"]) and token["quantifier"] != "?"
        optional += token["quantifier"] == "?" or bool(token["either"])
        tokens.append(token.group().replace("(?<", "(?P<") if token["named"] else token.group())
        at = token.end()
    if _LONGEST_TOPIC**unbounded // factorial(unbounded) * 2**optional > _MOST_STEPS:
        return None
    try:
        return re.compile("".join(tokens), re.ASCII)
    except (re.error, OverflowError):
        return None


def replace_matching(pattern: re.Pattern[str], replacement: str, topic: str) -> str | None:
    """What Java's `matches()` and then `replaceFirst()` make of a name; None when the replacement cannot be read."""
    if not pattern.fullmatch(topic):
        return topic
    found = pattern.search(topic)
    expanded = _expand(replacement, found) if found is not None else None
    return None if found is None or expanded is None else topic[: found.start()] + expanded + topic[found.end() :]


def _may_repeat(quantifier: str, previous: str) -> bool:
    # A repeated group can make backtracking exponential; an optional one only doubles it.
    return (
        previous not in {"", "(", "(?:", "|", "^", "$"}
        and not previous.startswith("(?P<")
        and (previous != ")" or quantifier == "?")
    )


def _expand(replacement: str, found: re.Match[str]) -> str | None:
    made: list[str] = []
    at = 0
    while at < len(replacement):
        part = _REFERENCE.match(replacement, at)
        if part is None:
            return None
        at = part.end()
        if part["plain"] is not None or part["sign"] is not None:
            made.append(part["plain"] or part["sign"])
            continue
        try:
            made.append(found[part["name"]] or "" if part["name"] else _numbered(part["number"], found))
        except IndexError:
            return None
    return "".join(made)


def _numbered(digits: str, found: re.Match[str]) -> str:
    """`$12` is group 12 where there is one, else group 1 and a 2: as Java reads it."""
    taken = 1
    while taken < len(digits) and int(digits[: taken + 1]) <= found.re.groups:
        taken += 1
    return (found[int(digits[:taken])] or "") + digits[taken:]
