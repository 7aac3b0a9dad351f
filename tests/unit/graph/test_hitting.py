"""The smallest hitting set, against all subsets."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.graph.hitting import TooMuchWork, smallest_hitting_set

THINGS = [(number, 0) for number in range(7)]


@given(st.lists(st.frozensets(st.sampled_from(THINGS), min_size=1, max_size=4), max_size=9))
def test_no_smaller_set_meets_all(sets: list[frozenset[tuple[int, int]]]) -> None:
    found = smallest_hitting_set(sets)
    assert all(one & found for one in sets)
    smaller = combinations(THINGS, len(found) - 1) if found else iter(())
    assert not any(all(one & set(chosen) for one in sets) for chosen in smaller)
    assert smallest_hitting_set(sets, at_least=len(found)) == found


def test_it_gives_up_when_told_to() -> None:
    sets = [frozenset({(one, 0), (other, 0)}) for one, other in combinations(range(12), 2)]
    with pytest.raises(TooMuchWork):
        smallest_hitting_set(sets, most_work=3)
