"""What may be the name of a topic. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_TOPIC: Final = re.compile(r"[A-Za-z0-9._-]{1,249}")
_PATTERN: Final = re.compile(r"(?:[A-Za-z0-9._\\()\[\]{}*+?|^$,:<>!~ -]|(?<=[?<])=){1,1000}")
"""What stands in patterns for topics: no sign by which an address, or a setting with a value, could pass for one."""
_MOST_TOPICS: Final = 10_000


def is_topic(name: str) -> bool:
    """Would Kafka take this name? What it would not take was never a topic, and may be anything."""
    return _TOPIC.fullmatch(name) is not None and name not in {".", ".."}


def is_pattern(text: str) -> bool:
    """May the text be a regular expression for names of topics?"""
    return _PATTERN.fullmatch(text) is not None


def topics_of(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that can be topics, each once, in alphabetical order."""
    return tuple(sorted({name for name in names if is_topic(name)})[:_MOST_TOPICS])
