"""What the linkage room can be told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LinkageSettings:
    """Bounds of the linkage window. Every shard of one deployment must use the same ones, except `shard`."""

    window_ms: int = 300_000
    """The longest lag that is looked for, in both directions of time."""
    bucket_ms: int = 60_000
    """Event time is counted in buckets of this length; a bucket closes one window after its end."""
    max_sightings: int = 2_000_000
    """Sightings held at most (about 40 bytes each). Above, theta halves: fewer identifiers, no bias."""
    max_aliases: int = 1_000_000
    """Digests of known plaintexts held at most (about 30 bytes each). Above, those of fewer plaintexts."""
    rows_per_topic: int = 3_000
    """Downstream records sampled per topic, bucket and kind of quoting for parent selection."""
    kept_rows_per_topic: int = 2_000
    """Of these, how many of a topic and kind stand for everything up to now: closed buckets tell no others."""
    # The two below bound no memory: they say what an identifier is, and no estate can be told apart by them.
    popular_share: float = 0.02
    """A token in more than this share of a topic's records is a constant, not an identifier."""
    popular_records: int = 10
    """… and in more records than this."""
    shard: int = 0
    """Which share of the tokens this window holds; part of the identity of its facts."""

    @property
    def reach_ms(self) -> int:
        """How far before a bucket its facts look: a window back from the farthest shift."""
        return self.window_ms + self.window_ms // 4 + 1
