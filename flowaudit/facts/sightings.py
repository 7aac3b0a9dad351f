"""What the tap hands to linkage: keyed tokens of a run, as columns. Not a fact, never stored.

Tokens are pseudonyms of people. They live in memory, and on the audit cluster in a topic that keeps no more
than the linkage window; only the statistics that linkage makes of them become facts.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

SIGHTING: Final = np.dtype([("token", "<u8"), ("offset", "<i8"), ("timestamp_ms", "<i8"), ("field", "<u2")])
"""One row a sighting: keyed token, offset of the record, its timestamp, index into `SightingRun.fields`."""


class SightingRun(msgspec.Struct, frozen=True, array_like=True):
    """The sampled identifiers of one run of one partition.

    `rows` holds the bytes of a `SIGHTING` array, so that the struct passes through msgspec unchanged. Rows are in
    offset order; two rows of one record share its offset.
    """

    topic: str
    partition: int
    fields: tuple[str, ...]
    """JSONPaths that `rows["field"]` points into."""
    field_is_instance: tuple[bool, ...]
    """Parallel to `fields`: does each value name one event (true) or something that returns (false)?"""
    key_id: int
    """Which pseudonymisation key made the tokens; tokens of two keys never compare."""
    theta: float
    """The sampling rate: a token was kept when its hash fell below theta."""
    records: int
    """Records read in the run, sampled or not."""
    rows: bytes

    def between(self, earliest_ms: int, latest_ms: int) -> SightingRun:
        """The run without the sightings whose record bears a timestamp outside these two (both included)."""
        table = self.table()
        within = (table["timestamp_ms"] >= earliest_ms) & (table["timestamp_ms"] <= latest_ms)
        return self if within.all() else msgspec.structs.replace(self, rows=table[within].tobytes())

    def table(self) -> NDArray[np.void]:
        """The sightings as a read-only structured array of dtype `SIGHTING`."""
        return np.frombuffer(self.rows, dtype=SIGHTING)
