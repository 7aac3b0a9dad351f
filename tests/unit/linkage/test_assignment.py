from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.linkage.assignment import best_assignment


@given(st.integers(1, 4), st.integers(0, 2), st.data())
def test_no_other_assignment_gains_more(rows: int, spare: int, data: st.DataObject) -> None:
    columns = rows + spare
    cells = data.draw(st.lists(st.integers(-20, 20), min_size=rows * columns, max_size=rows * columns))
    gain = np.array(cells, dtype=np.float64).reshape(rows, columns)
    given_columns = best_assignment(gain)
    assert len(set(given_columns)) == rows
    best = max(
        sum(gain[row, column] for row, column in enumerate(order)) for order in permutations(range(columns), rows)
    )
    assert sum(gain[row, column] for row, column in enumerate(given_columns)) == pytest.approx(best)


def test_more_programs_than_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="3 rows"):
        best_assignment(np.zeros((3, 2)))
