"""How many series each part of the page may have, and which of its things come first when that is not enough."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class SeriesBudget:
    """Series still to be had. What a part does not use is left for the parts after it."""

    def __init__(self, limit: int) -> None:
        self.left = limit
        self.dropped: dict[str, int] = {}

    def spend(self, series: int) -> None:
        """Take series that are made in any case."""
        self.left = max(0, self.left - series)

    def drop(self, part: str, series: int) -> None:
        """Say that series were left out."""
        self.dropped[part] = self.dropped.get(part, 0) + series

    def choose(
        self, part: str, things: Sequence[T], *, series_each: int, share: float, first: Callable[[T], Any]
    ) -> list[T]:
        """The things that get their series, `first` ones first; the others are counted as dropped.

        Args:
            part: the name under which the dropped ones are counted.
            things: what there is.
            series_each: how many series one thing costs.
            share: the part of what is left (0-1) that may be used here.
            first: sort key.
        """
        kept = foremost(things, int(self.left * share) // series_each, first)
        self.spend(len(kept) * series_each)
        self.drop(part, (len(things) - len(kept)) * series_each)
        return kept


def foremost(things: Sequence[T], count: int, first: Callable[[T], Any]) -> list[T]:
    """The `count` things with the smallest keys, sorted."""
    return heapq.nsmallest(count, things, key=first) if len(things) > count else sorted(things, key=first)
