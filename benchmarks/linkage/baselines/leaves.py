"""The leaf values of records, as they are: what a baseline without canonical forms, decoding or time has to go by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import orjson

Pair = tuple[str, str]
"""Upstream and downstream topic."""


class Record(Protocol):
    """As much of a written record as a baseline looks at."""

    @property
    def topic(self) -> str:
        """Where it was written."""

    @property
    def timestamp_ms(self) -> int:
        """Its own time."""

    @property
    def value(self) -> bytes | None:
        """What was written."""


Columns = Mapping[Pair, Mapping[str, int]]
"""By (topic, path): the distinct values, each with the time at which it was first seen there."""


def columns_of(records: Iterable[Record]) -> Columns:
    """The columns of all topics whose records are JSON objects; other records hold nothing that can be compared."""
    columns: dict[Pair, dict[str, int]] = defaultdict(dict)
    for record in sorted(records, key=lambda record: record.timestamp_ms):
        for path, value in _leaves("$", _document(record.value)):
            columns[record.topic, path].setdefault(value, record.timestamp_ms)
    return columns


def values_of(columns: Columns) -> dict[str, dict[str, int]]:
    """By topic: the distinct values of all its columns, each with the time at which the topic first held it."""
    values: dict[str, dict[str, int]] = defaultdict(dict)
    for (topic, _), column in columns.items():
        held = values[topic]
        for value, first_ms in column.items():
            held[value] = min(first_ms, held.get(value, first_ms))
    return values


def is_first(upstream: Mapping[str, int], downstream: Mapping[str, int], shared: Iterable[str]) -> bool:
    """Did most of the shared values appear upstream before they appeared downstream? A draw is decided by nothing."""
    ahead = sum((downstream[v] > upstream[v]) - (downstream[v] < upstream[v]) for v in shared)
    return ahead > 0


def _document(value: bytes | None) -> Any:  # noqa: ANN401 - whatever JSON can hold
    try:
        return orjson.loads(value or b"")
    except orjson.JSONDecodeError:
        return None


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - as above
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _leaves(f"{path}.{name}", below)
    elif isinstance(value, list):
        for below in value:
            yield from _leaves(f"{path}[*]", below)
    elif value is not None and not isinstance(value, bool):
        yield path, str(value)
