"""What the ledger counts by."""

from __future__ import annotations

from dataclasses import dataclass

from flowaudit.facts import OffsetClass


@dataclass(frozen=True, slots=True, order=True)
class PartitionKey:
    """A partition of one incarnation of a topic: a re-created topic has another `topic_id`, and starts anew."""

    topic: str
    topic_id: str
    partition: int


@dataclass(frozen=True, slots=True, order=True)
class FeedKey:
    """A partition of a topic of the audit cluster from which facts are taken, under the name of that feed."""

    feed: str
    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class TopicAccount:
    """What became of the tapped offsets of one incarnation of a topic, over all its partitions."""

    topic: str
    topic_id: str
    partitions: int
    audited: int
    quarantined: int
    invisible: int
    truncated: int

    @property
    def offsets(self) -> int:
        """All offsets that are accounted for, whatever became of them."""
        return self.audited + self.quarantined + self.invisible + self.truncated

    def count(self, offset_class: OffsetClass) -> int:
        """Offsets of one class."""
        match offset_class:
            case OffsetClass.AUDITED:
                return self.audited
            case OffsetClass.QUARANTINED:
                return self.quarantined
            case OffsetClass.INVISIBLE:
                return self.invisible
            case OffsetClass.TRUNCATED:
                return self.truncated
