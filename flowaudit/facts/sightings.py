"""What the tap hands to linkage: keyed tokens of a run, as columns. Not a fact, never stored.

Tokens are pseudonyms of people. They live in memory, and on the audit cluster in a topic that keeps no more
than the linkage window; only the statistics that linkage makes of them become facts.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

SIGHTING: Final = np.dtype([("token", "<u8"), ("offset", "<i8"), ("timestamp_ms", "<i8"), ("field", "<u2")])
"""One row a sighting: keyed token, offset of the record, its timestamp, index into `SightingRun.fields`."""

ALIAS: Final = np.dtype([("digest", "<u8"), ("token", "<u8"), ("period", "<u4"), ("field", "<u2"), ("preimage", "u1")])
"""One row an alias: the token of a digest, the token of the plaintext that it is of, and in which period of event time
(see `ALIAS_PERIOD_MS`) that plaintext was sighted. `preimage` is a `Preimage`; of `AS_IS` ones `field` says where the
plaintext is spelled so (an index into `SightingRun.fields`), of all others but `ROTATED` it is 0."""

ALIAS_PERIOD_MS: Final = 300_000
"""Aliases are told once for each stretch of event time of this length in which their plaintext is sighted."""


class Preimage(IntEnum):
    """Which spelling of a plaintext a digest is of."""

    AS_IS = 0
    """As a field of some topic has it."""
    STRIPPED = 1
    LOWER = 2
    UPPER = 3
    CANONICAL = 4
    DIALLED = 5
    """A telephone number as others write it."""
    ROTATED = 254
    """None at all: `digest` is the plaintext's own token under the key whose id is in `field`, before a new one."""
    ELSEWHERE = 255
    """The plaintext is another shard's: the digest is to be counted there."""


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
    digests: bytes = b""
    """A `SIGHTING` array of *all* values of fields that hold digests, sampled or not: whether a digest counts is
    decided by its plaintext, which only an alias tells. Those in the sample are in `rows` too."""
    aliases: bytes = b""
    """An `ALIAS` array of the sampled plaintexts, ascending."""

    def between(self, earliest_ms: int, latest_ms: int) -> SightingRun:
        """The run without the sightings whose record bears a timestamp outside these two (both included)."""
        return msgspec.structs.replace(
            self,
            rows=_between(self.rows, earliest_ms, latest_ms),
            digests=_between(self.digests, earliest_ms, latest_ms),
        )

    def table(self) -> NDArray[np.void]:
        """The sightings as a read-only structured array of dtype `SIGHTING`."""
        return np.frombuffer(self.rows, dtype=SIGHTING)

    def digest_table(self) -> NDArray[np.void]:
        """The sightings of digests as a read-only structured array of dtype `SIGHTING`."""
        return np.frombuffer(self.digests, dtype=SIGHTING)

    def alias_table(self) -> NDArray[np.void]:
        """The aliases as a read-only structured array of dtype `ALIAS`."""
        return np.frombuffer(self.aliases, dtype=ALIAS)


def _between(rows: bytes, earliest_ms: int, latest_ms: int) -> bytes:
    table = np.frombuffer(rows, dtype=SIGHTING)
    within = (table["timestamp_ms"] >= earliest_ms) & (table["timestamp_ms"] <= latest_ms)
    return rows if within.all() else table[within].tobytes()
