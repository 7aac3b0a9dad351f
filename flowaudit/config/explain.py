"""pydantic's findings → our problems: place, key, what is wrong, the nearest way out. No secret's value."""

from __future__ import annotations

from collections.abc import Callable, Collection

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from flowaudit.config.document import KeyPath
from flowaudit.config.environment import variable
from flowaudit.config.model import keys_of, secret_keys, section_names
from flowaudit.config.problems import Problem, nearest, shown
from flowaudit.config.sections import IdentifierHint

_OF_A_SECTION = 2
"""Parts in the path of a section's key; those of a key inside of a list of mappings are more."""
COMMAND_LINE = {("kafka", "bootstrap_servers"): "--bootstrap-servers"}


def explain(error: ValidationError, place: Callable[[KeyPath], str]) -> list[Problem]:
    """Every finding as a problem."""
    details = error.errors(include_url=False)
    wrong = {detail["loc"] for detail in details}
    return [_problem(detail, place) for detail in details if not _follows_from_its_items(detail, wrong)]


def _follows_from_its_items(detail: ErrorDetails, wrong: Collection[tuple[int | str, ...]]) -> bool:
    """A list whose only item is refused is also "too short"; that is no second mistake."""
    path = detail["loc"]
    return detail["type"] == "too_short" and any(len(loc) > len(path) and loc[: len(path)] == path for loc in wrong)


def _problem(detail: ErrorDetails, place: Callable[[KeyPath], str]) -> Problem:
    path = tuple(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return Problem(place(path), ".".join(path), f"unknown key: {_nearest_key(path)}")
    if detail["type"] == "missing":
        return Problem(place(path), ".".join(path), _missing(path))
    return Problem(place(path), ".".join(path), _wrong(path, detail))


def _nearest_key(path: KeyPath) -> str:
    if len(path) == 1:
        return nearest(path[0], section_names())
    return nearest(path[-1], tuple(IdentifierHint.model_fields) if len(path) > _OF_A_SECTION else keys_of(path[0]))


def _missing(path: KeyPath) -> str:
    if len(path) > _OF_A_SECTION:
        return "is missing"
    ways = ["give it in the file", f"as {variable(path[0], path[-1])}"]
    if path in COMMAND_LINE:
        ways.append(f"or as {COMMAND_LINE[path]}")
    return f"is missing; {', '.join(ways)}"


def _wrong(path: KeyPath, detail: ErrorDetails) -> str:
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    message = message[:1].lower() + message[1:]
    if len(path) < 2:
        return "must be a section with keys below it" if detail["type"] == "model_type" else message
    if path[1] in secret_keys(path[0]):
        return f"{message} (the value is not shown)"
    return f"{message}, not {shown(detail['input'])}"
