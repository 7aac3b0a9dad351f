"""Which digest is of which plaintext, as far as the tap has seen both: a growing set, bounded, that expires."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import ALIAS_PERIOD_MS, Preimage, SightingRun
from flowaudit.linkage.ordering import changes, order_of, packed

ALIASES: Final = np.dtype(
    [
        ("key", "<u4"),
        ("digest", "<u8"),
        ("new_key", "<u4"),
        ("token", "<u8"),
        ("period", "<u4"),
        ("preimage", "u1"),
    ]
)
_ORDER: Final = ("digest", "key", "new_key", "token", "preimage", "period")


class Aliases:
    """A growing set of aliases, each held once. Of too many, those of the smallest plaintext tokens stay."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows = np.empty(0, dtype=ALIASES)
        self._pending: list[NDArray[np.void]] = []
        self._pending_rows = 0
        self.share = 1.0
        """Of the plaintexts that were ever told, the share (0-1) whose aliases stay: the smallest there was."""

    def __len__(self) -> int:
        """Aliases held, those told twice included."""
        return len(self._rows) + self._pending_rows

    def add(self, run: SightingRun) -> None:
        """Take in the aliases of a run."""
        if not run.aliases:
            return
        table = run.alias_table()
        rows = np.empty(len(table), dtype=ALIASES)
        rows["key"] = np.where(table["preimage"] == Preimage.ROTATED, table["field"], run.key_id)
        rows["new_key"] = run.key_id
        for name in ("digest", "token", "period", "preimage"):
            rows[name] = table[name]
        self._pending.append(rows)
        self._pending_rows += len(rows)
        if self._pending_rows > 50_000 + len(self._rows) // 2:
            self._settle()

    def keep_since(self, timestamp_ms: int) -> None:
        """Drop the aliases of plaintexts that were sighted only in periods that ended before this event time."""
        self._settle()
        self._rows = self._rows[_ends_ms(self._rows) > timestamp_ms]

    def between(self, from_ms: int, to_ms: int) -> NDArray[np.void]:
        """Aliases of the periods that overlap a stretch of event time, ascending by digest, then by plaintext."""
        self._settle()
        ends = _ends_ms(self._rows)
        return self._rows[(ends > from_ms) & (ends - ALIAS_PERIOD_MS < to_ms)]

    def _settle(self) -> None:
        if self._pending:
            rows = np.concatenate([self._rows, *self._pending])
            self._pending, self._pending_rows = [], 0
            keys = packed([rows[name] for name in _ORDER])
            order = order_of(keys)
            self._rows = rows[order[changes(keys, order)]]
        if len(self._rows) > self._most:
            limit = np.partition(self._rows["token"], self._most)[self._most]
            self._rows = self._rows[self._rows["token"] < limit]
            self.share = min(self.share, float(limit) / 2.0**64)


def _ends_ms(rows: NDArray[np.void]) -> NDArray[np.int64]:
    return (rows["period"].astype(np.int64) + 1) * ALIAS_PERIOD_MS


def first_alias(rows: NDArray[np.void], aliases: NDArray[np.void]) -> NDArray[np.intp]:
    """Of each sighting the index of the first alias of its token, -1 for none; `aliases` as `between` gives them."""
    if not len(aliases):
        return np.full(len(rows), -1, dtype=np.intp)
    place = np.searchsorted(aliases["digest"], rows["token"])
    place = np.minimum(place, len(aliases) - 1)
    # Tokens of two keys never compare; that two keys give one token does not happen in the life of a window.
    same = (aliases["digest"][place] == rows["token"]) & (aliases["key"][place] == rows["key"])
    return np.where(same, place, -1)
