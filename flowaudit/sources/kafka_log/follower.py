"""What a tail asks of whoever makes facts of a log, and what it delivers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from flowaudit.facts import Channel, Fact
from flowaudit.sources.kafka_log.batches import Batch


@dataclass(frozen=True, slots=True)
class FollowedTopic:
    """The topic that a tail follows, and what a report lacks while it may not be read."""

    name: str
    channel: Channel
    hides: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class Flushed:
    """What a follower has to say at one moment."""

    facts: Sequence[Fact] = ()
    held_back: Mapping[int, int] = field(default_factory=dict)
    """Partition → the oldest offset that a successor of this follower must read again (an undecided transaction, a
    record that is not told yet). Partitions that are missing here are done with as far as they were taken."""


class Follower(Protocol):
    """Makes facts of batches. Called by one thread."""

    def begin(self, partition: int, *, from_head: bool) -> None:
        """`take` of this partition starts (or starts anew): at the first record that the log still has, or after it.

        What was pending of the partition is to be dropped: it will be read again, or is gone.
        """

    def take(self, partition: int, batches: Iterable[Batch]) -> None:
        """The next batches of a partition, in its order; damaged ones among them."""

    def flush(self, now_ms: int, *, final: bool) -> Flushed:
        """What is to be told now. `final`: nothing follows, tell everything that can be told."""


@dataclass(frozen=True, slots=True)
class TailBatch:
    """Facts, and how far the log is done with: to be stored together, or the facts first."""

    facts: Sequence[Fact]
    positions: Mapping[tuple[str, int], int]
    """Topic and partition → next offset to read. A tail that starts there loses nothing."""


TailSink = Callable[[TailBatch], None]
"""Takes a delivery on the tail's thread. It blocks when its owner is behind: that is the back-pressure."""


@dataclass(frozen=True, slots=True)
class TailHealth:
    """How a tail fares."""

    name: str
    last_success_ms: int = 0
    """Unix time of the last round of fetches that a broker answered; 0: never yet."""
    duration_ms: int = 0
    """Of that round, its waiting for new records included."""
    attempts: int = 0
    errors: int = 0
    last_error: str = ""
    """The kind of error that the last round ended with; empty when it succeeded."""
    lag_records: int = 0
    """Offsets between what was read and the ends of the partitions at the last answers."""
    records_read: int = 0
    is_caught_up: bool = False
    """Whether everything that stood in the log at the start was read, or there is nothing that may be read."""
