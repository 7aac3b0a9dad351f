"""Canonical forms as a numpy array, so that a whole column is hashed and sampled at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

MAX_LENGTH: Final = 128
"""Longer values are texts, images or templates, not names of things."""
WORD_BYTES: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class FormColumn:
    """Canonical forms as the rows of an array: each at the right of its row, with NULs (no form holds one) before it.

    Forms longer than `MAX_LENGTH` name nothing and are empty here.
    """

    signs: NDArray[np.uint8]
    """Contiguous; the width is a multiple of 8, so that a row is also a row of 64-bit words."""

    @classmethod
    def of(cls, forms: Sequence[bytes]) -> FormColumn:
        """The column of these forms."""
        width = _words(min(MAX_LENGTH, max(map(len, forms), default=0))) * WORD_BYTES
        rows = [form.rjust(width, b"\0") if len(form) <= width else bytes(width) for form in forms]
        return cls(np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(forms), width))

    @classmethod
    def aligned(cls, signs: NDArray[np.uint8]) -> FormColumn:
        """The column of forms of one length, NULs before shorter ones."""
        count, length = signs.shape
        width = _words(length if length <= MAX_LENGTH else 0) * WORD_BYTES
        column = np.zeros((count, width), dtype=np.uint8)
        if 0 < length <= MAX_LENGTH:
            column[:, width - length :] = signs
        return cls(column)

    def __len__(self) -> int:
        """How many forms there are."""
        return len(self.signs)

    def forms(self, rows: NDArray[np.intp] | None = None) -> list[bytes]:
        """The forms of these rows, or of all."""
        chosen = self.signs if rows is None else self.signs[rows]
        width, joined = chosen.shape[1], chosen.tobytes()
        return [joined[start : start + width].lstrip(b"\0") for start in range(0, len(joined), width)]


def _words(length: int) -> int:
    return max(1, -(-length // WORD_BYTES))
