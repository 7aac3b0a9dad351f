"""The assignment problem: give every program a group so that the total gain is greatest (Kuhn, 1955)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def best_assignment(gain: NDArray[np.float64]) -> list[int]:
    """For each row the column that it is given; columns are given once. Needs at least as many columns as rows.

    The Hungarian method with shortest augmenting paths, O(rows² · columns). Of equally good assignments it returns
    always the same one.

    Raises:
        ValueError: there are more rows than columns.
    """
    rows, columns = gain.shape
    if rows > columns:
        msg = f"{rows} rows cannot be given one of {columns} columns each"
        raise ValueError(msg)
    cost = -gain
    row_price, column_price = np.zeros(rows + 1), np.zeros(columns + 1)
    given = np.zeros(columns + 1, dtype=np.int64)
    """Row (from 1) that holds each column (from 1); 0: free. Column 0 holds the row that is being placed."""
    for row in range(1, rows + 1):
        given[0] = row
        _place(cost, (row_price, column_price), given)
    columns_of = {int(given[column]): column - 1 for column in range(1, columns + 1) if given[column]}
    return [columns_of[row] for row in range(1, rows + 1)]


def _place(
    cost: NDArray[np.float64], prices: tuple[NDArray[np.float64], NDArray[np.float64]], given: NDArray[np.int64]
) -> None:
    """Grow a shortest augmenting path from the row in column 0 to a free column, and turn it around."""
    row_price, column_price = prices
    size = len(column_price)
    cheapest = np.full(size, np.inf)
    before = np.zeros(size, dtype=np.int64)
    done = np.zeros(size, dtype=bool)
    column = 0
    while given[column]:
        done[column] = True
        row = int(given[column])
        reduced = cost[row - 1] - row_price[row] - column_price[1:]
        better = ~done[1:] & (reduced < cheapest[1:])
        cheapest[1:][better] = reduced[better]
        before[1:][better] = column
        following = 1 + int(np.argmin(np.where(done[1:], np.inf, cheapest[1:])))
        step = cheapest[following]
        row_price[given[done]] += step
        column_price[done] -= step
        cheapest[~done] -= step
        column = following
    while column:
        given[column] = given[before[column]]
        column = int(before[column])
