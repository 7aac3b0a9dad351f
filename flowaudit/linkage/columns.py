"""Sightings in memory, as numpy columns: 40 bytes each instead of several hundred as Python objects."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from flowaudit.facts import SightingRun
from flowaudit.linkage.ordering import changes, order_of, packed

COLUMNS: Final = np.dtype(
    [
        ("key", "<u4"),
        ("token", "<u8"),
        ("timestamp_ms", "<i8"),
        ("topic", "<u2"),
        ("partition", "<i4"),
        ("offset", "<i8"),
        ("field", "<u4"),
        ("instance", "?"),
    ]
)
LATEST_MS: Final = 253_402_300_800_000
"""The year 10000. A record stamped later, or before 1970, has no event time; it would overflow what is counted."""
Named = tuple[NDArray[np.void], tuple[str, ...], tuple[str, ...]]
"""Sightings, and the topics and fields that their numbers stand for, as `SightingColumns.between` gives them."""
IDENTITY: Final = ("key", "token", "timestamp_ms", "topic", "partition", "offset", "field")
_KEY_BITS: Final = 0xFFFFFFFF


class SightingColumns:
    """A growing set of sightings, each held once however often it is told.

    Names get numbers in the order of arrival; `sorted_by_name` takes that order out again, so that what is computed
    is a function of the set alone.
    """

    def __init__(self) -> None:
        self._rows = np.empty(0, dtype=COLUMNS)
        self._pending: list[NDArray[np.void]] = []
        self._pending_rows = 0
        self._topics: dict[str, int] = {}
        self._fields: dict[str, int] = {}
        self._keys: dict[int, int] = {}
        self.latest_ms = -1
        """The latest event time that was ever told, of sightings above the limit too; -1 before the first."""

    def __len__(self) -> int:
        """Sightings held, replays that were not yet recognised included."""
        return len(self._rows) + self._pending_rows

    def add(self, run: SightingRun, limit: int | None) -> None:
        """Take in the sightings of a run whose token is below `limit` (all of them for None).

        Sightings without a usable event time (see `LATEST_MS`) are passed over.
        """
        if not run.rows:
            return
        table = run.table()
        times = table["timestamp_ms"]
        table = table[(times >= 0) & (times < LATEST_MS) & (table["field"] < len(run.fields))]
        self.latest_ms = max(self.latest_ms, int(table["timestamp_ms"].max(initial=-1)))
        if limit is not None:
            table = table[table["token"] < np.uint64(limit)]
        if not len(table):
            return
        fields = np.array([self._fields.setdefault(path, len(self._fields)) for path in run.fields], dtype=np.uint32)
        rows = np.empty(len(table), dtype=COLUMNS)
        rows["key"] = self._keys.setdefault(run.key_id, len(self._keys))
        rows["topic"] = self._topics.setdefault(run.topic, len(self._topics))
        rows["partition"] = run.partition
        for name in ("token", "offset", "timestamp_ms"):
            rows[name] = table[name]
        rows["field"] = fields[table["field"]]
        rows["instance"] = np.array(run.field_is_instance, dtype=bool)[table["field"]]
        self._pending.append(rows)
        self._pending_rows += len(rows)
        if self._pending_rows > 50_000 + len(self._rows) // 2:
            self.settle()

    def settle(self) -> None:
        """Merge what came in, and drop sightings that were told before."""
        if not self._pending:
            return
        rows = np.concatenate([self._rows, *self._pending])
        self._pending, self._pending_rows = [], 0
        keys = packed([rows[name] for name in IDENTITY])
        # Of equal rows one that says `instance` stays, if any does.
        order = order_of([*keys, ~rows["instance"]])
        self._rows = rows[order[changes(keys, order)]]

    def keep_tokens_below(self, limit: int) -> None:
        """Drop every sighting whose token is not below `limit`."""
        self.settle()
        self._rows = self._rows[self._rows["token"] < np.uint64(limit)]

    def keep_since(self, timestamp_ms: int) -> None:
        """Drop every sighting before a moment of event time."""
        self.settle()
        self._rows = self._rows[self._rows["timestamp_ms"] >= timestamp_ms]

    def timestamps_ms(self) -> NDArray[np.int64]:
        """The event time of each sighting, in no useful order; of one that was told twice, maybe twice."""
        return np.concatenate([self._rows["timestamp_ms"], *(rows["timestamp_ms"] for rows in self._pending)])

    def between(self, from_ms: int, to_ms: int, limit: int | None = None) -> Named:
        """Sightings of `[from_ms, to_ms)`, with the topics and fields that their numbers stand for.

        Only those whose token is below `limit` (all of them for None).

        Numbers follow the names' alphabetical order, keys are their own ids; rows are sorted by key, token, time,
        topic, partition, offset, field.
        """
        self.settle()
        rows = self._rows[(self._rows["timestamp_ms"] >= from_ms) & (self._rows["timestamp_ms"] < to_ms)]
        rows = rows.copy() if limit is None else rows[rows["token"] < np.uint64(limit)]
        topics, topic_rank = _ranks(self._topics)
        fields, field_rank = _ranks(self._fields)
        keys = np.array([key & _KEY_BITS for key in self._keys], dtype=np.uint32)
        rows["topic"] = topic_rank[rows["topic"]]
        rows["field"] = field_rank[rows["field"]]
        rows["key"] = keys[rows["key"]]
        return in_order(rows), topics, fields


def in_order(rows: NDArray[np.void]) -> NDArray[np.void]:
    """Sightings as `SightingColumns.between` sorts them."""
    return rows[order_of(packed([rows[name] for name in IDENTITY]))]


def _ranks(numbers: dict[str, int]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Names in alphabetical order, and each arrival number's place in it."""
    names = tuple(sorted(numbers))
    rank = np.empty(len(names), dtype=np.int64)
    for place, name in enumerate(names):
        rank[numbers[name]] = place
    return names, rank
