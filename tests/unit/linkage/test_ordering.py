"""Sorting by packed columns is sorting by the columns themselves."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.linkage.ordering import changes, order_of, packed

_ROW = st.tuples(
    st.integers(0, 2**64 - 1) | st.integers(0, 2),
    st.integers(-(2**63), 2**63 - 1) | st.integers(-2, 2),
    st.integers(0, 2**16 - 1),
    st.booleans(),
    st.integers(-3, 3),
)
_TYPES = ("<u8", "<i8", "<u2", "?", "<i4")


@given(st.lists(_ROW, max_size=40))
def test_packed_columns_sort_as_the_columns_do(rows: list[tuple[int, int, int, bool, int]]) -> None:
    columns = [np.array([row[place] for row in rows], dtype=dtype) for place, dtype in enumerate(_TYPES)]
    keys = packed(columns)
    order = order_of(keys)
    assert [rows[place] for place in order.tolist()] == sorted(rows)
    assert order.tolist() == np.lexsort(tuple(reversed(columns))).tolist()
    expected = [place == 0 or row != sorted(rows)[place - 1] for place, row in enumerate(sorted(rows))]
    assert changes(keys, order).tolist() == expected


def test_columns_of_small_numbers_become_one() -> None:
    times, topics = np.array([1_700_000_000_000, 1_700_000_060_000]), np.array([3, 0], dtype=np.uint16)
    assert len(packed([times, topics, np.array([7, 7])])) == 1
