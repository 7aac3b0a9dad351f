"""Sorting by several columns of whole numbers at once. Pure.

A lexicographic sort makes one pass a column. Most columns need a few bits only, so several of them fit into one number
that sorts alike, and hardly any passes are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Packed = list[NDArray[Any]]
_BITS: Final = 63
_GREATEST: Final = (1 << 63) - 1


def packed(columns: Sequence[Column]) -> Packed:
    """Fewer columns with the same lexicographic order and the same equal rows; the most significant comes first."""
    result: Packed = []
    room = 0
    for column in columns:
        low, high = (int(column.min()), int(column.max())) if len(column) else (0, 0)
        bits = (high - low).bit_length()
        if bits > _BITS or high > _GREATEST:
            result.append(np.ascontiguousarray(column))
            room = 0
        elif bits:
            numbers = column.astype(np.int64) - low
            if bits > room:
                result.append(numbers)
                room = _BITS - bits
            else:
                result[-1] = (result[-1] << bits) | numbers
                room -= bits
    return result or [np.zeros(len(columns[0]), dtype=np.int64)]


def order_of(keys: Packed) -> NDArray[np.intp]:
    """The stable order of rows by these columns, of which the first is the most significant."""
    return np.lexsort(tuple(reversed(keys)))


def changes(keys: Packed, order: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Of rows in this order: does one differ from the row before it? The first one does."""
    new = np.ones(len(order), dtype=bool)
    new[1:] = False
    for key in keys:
        ordered = key[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    return new
