"""What became of the offsets of a partition, from runs told in any order, twice, or overlapping."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Generic, Protocol, Self, TypeVar


class Ordered(Protocol):
    """A label that compares with its like."""

    def __lt__(self, other: Self, /) -> bool:
        """Is this label smaller?"""


L = TypeVar("L", bound=Ordered)
Stretch = tuple[int, int, L]
"""Offsets `[low, high)` under one label."""


class OffsetMap(Generic[L]):
    """Disjoint ascending stretches of offsets; where two claims overlap the smaller label wins.

    So the map depends on the set of claims only, not on their order. Claims that come in offset order, as a tap makes
    them, cost constant time each.
    """

    __slots__ = ("_stretches",)

    def __init__(self, stretches: list[Stretch[L]] | None = None) -> None:
        self._stretches: list[Stretch[L]] = stretches or []

    def copy(self) -> OffsetMap[L]:
        """A map that can go its own way."""
        return OffsetMap(self._stretches.copy())

    def claim(self, low: int, high: int, label: L) -> None:
        """Say that the offsets `[low, high)` bear the label; an empty range says nothing."""
        if low >= high:
            return
        if not self._stretches or self._stretches[-1][1] <= low:
            self._push(self._stretches, (low, high, label))
            return
        first = bisect_right(self._stretches, low, key=lambda stretch: stretch[1])
        last = bisect_left(self._stretches, high, key=lambda stretch: stretch[0])
        touched = self._stretches[max(first - 1, 0) : last + 1]
        merged: list[Stretch[L]] = []
        for stretch in _overlay(touched, low, high, label):
            self._push(merged, stretch)
        self._stretches[max(first - 1, 0) : last + 1] = merged

    def stretches(self) -> tuple[Stretch[L], ...]:
        """The stretches, ascending; neighbours that touch bear different labels."""
        return tuple(self._stretches)

    def counts(self) -> dict[L, int]:
        """Offsets by label."""
        counts: dict[L, int] = {}
        for low, high, label in self._stretches:
            counts[label] = counts.get(label, 0) + high - low
        return counts

    @staticmethod
    def _push(stretches: list[Stretch[L]], stretch: Stretch[L]) -> None:
        if stretches and stretches[-1][1] == stretch[0] and stretches[-1][2] == stretch[2]:
            stretches[-1] = (stretches[-1][0], stretch[1], stretch[2])
        else:
            stretches.append(stretch)


def _overlay(stretches: list[Stretch[L]], low: int, high: int, label: L) -> list[Stretch[L]]:
    """Lay one claim over ascending stretches; pieces come back ascending and disjoint."""
    pieces: list[Stretch[L]] = []
    at = low
    for start, end, held in stretches:
        if end <= low or start >= high:
            if start >= high and at < high:
                pieces.append((at, high, label))
                at = high
            pieces.append((start, end, held))
            continue
        if start < low:
            pieces.append((start, low, held))
        if at < start:
            pieces.append((at, start, label))
        at = min(end, high)
        pieces.append((max(start, low), at, min(held, label)))
        if end > high:
            pieces.append((high, end, held))
    if at < high:
        pieces.append((at, high, label))
    return pieces
