"""The smallest hitting set: fewest things of which each of some sets has one. Exact, by branch and bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

Thing = tuple[int, int]


class TooMuchWork(Exception):
    """The search was ended before it had an answer: the problem is NP-hard, and this one is hard indeed."""


def smallest_hitting_set(
    sets: Sequence[frozenset[Thing]], at_least: int = 0, most_work: int = 5_000
) -> frozenset[Thing]:
    """A smallest set that meets every one of `sets` (none of them empty), the same one every time.

    `at_least` is a size that is known not to be too large, where to begin.

    Raises:
        TooMuchWork: more than `most_work` branches were looked at.
    """
    search = _Search(most_work)
    size = max(at_least, _disjoint(sets))
    while True:
        found = search.within(sets, size, frozenset())
        if found is not None:
            return found
        size += 1


class _Search:
    def __init__(self, most_work: int) -> None:
        self._left = most_work

    def within(
        self, sets: Collection[frozenset[Thing]], size: int, barred: frozenset[Thing]
    ) -> frozenset[Thing] | None:
        """A set of up to `size` things without any of `barred`."""
        self._left -= 1
        if self._left < 0:
            raise TooMuchWork
        if not sets:
            return frozenset()
        open_sets = [one - barred for one in sets]
        if size <= 0 or not all(open_sets) or _disjoint(open_sets) > size:
            return None
        often = Counter(thing for one in open_sets for thing in one)
        narrowest = min(map(sorted, open_sets), key=lambda one: (len(one), one))
        branches = sorted(narrowest, key=lambda thing: (-often[thing], thing))
        for number, thing in enumerate(branches):
            # What was tried before need not be tried again with this one.
            tried = barred.union(branches[:number])
            rest = [one for one in sets if thing not in one]
            found = self.within(rest, size - 1, tried)
            if found is not None:
                return found | {thing}
        return None


def _disjoint(sets: Collection[frozenset[Thing]]) -> int:
    """How many sets, at least, have nothing in common: no hitting set is smaller."""
    taken: set[Thing] = set()
    count = 0
    for one in sorted(sets, key=len):
        if taken.isdisjoint(one):
            taken |= one
            count += 1
    return count
