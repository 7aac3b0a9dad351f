"""Environment variables → settings keys: `FLOWAUDIT_KAFKA__SASL_USERNAME` is `kafka.sasl_username`."""

from __future__ import annotations

from collections.abc import Mapping

from flowaudit.config.model import keys_of, section_names
from flowaudit.config.problems import Problem, nearest

PREFIX = "FLOWAUDIT_"


def variable(section: str, key: str) -> str:
    """The environment variable of a key."""
    return f"{PREFIX}{section.upper()}__{key.upper()}"


def read_environment(environ: Mapping[str, str]) -> tuple[dict[tuple[str, str], str], list[Problem]]:
    """Values given by the environment, and the mistakes.

    A variable that is none of ours is nobody's mistake; one that names a section of ours and then a key that does not
    exist is.
    """
    values: dict[tuple[str, str], str] = {}
    problems: list[Problem] = []
    for name, value in environ.items():
        if not name.startswith(PREFIX) or "__" not in name:
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        if section not in section_names():
            continue
        if key in keys_of(section):
            values[section, key] = value
        else:
            problems.append(Problem(name, "", f"names no key of {section}: {nearest(key, keys_of(section))}"))
    return values, problems
