"""What of the offsets log could not be read, told once a kind. Pure."""

from __future__ import annotations

from flowaudit.facts import Channel, Fact, NotVisible, Provenance
from flowaudit.sources.offsets_log.errors import RecordUndecodable


class BlindSpots:
    """Counts, and makes a `NotVisible` of what is new since the last flush."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._layouts: set[tuple[int, int]] = set()
        self._pending: dict[str, NotVisible] = {}
        self.undecodable_records = 0
        self.damaged_batches = 0

    def undecodable(self, error: RecordUndecodable, provenance: Provenance) -> None:
        """A record has a layout that is not known."""
        self.undecodable_records += 1
        layout = error.record_type, error.version
        if layout not in self._layouts:
            self._layouts.add(layout)
            names = ", ".join(f"type {kind} version {version}" for kind, version in sorted(self._layouts))
            hides = f"readers that the log records in a layout that is not known here ({names})"
            self._note("undecodable-records", hides, provenance)

    def damaged(self, partition: int, base_offset: int, last_offset: int, now_ms: int) -> None:
        """A batch cannot be read."""
        self.damaged_batches += 1
        where = f"{self._topic}-{partition} @ {base_offset}-{last_offset}"
        hides = "what the damaged batches recorded: commits, members, ends of transactions"
        self._note("damaged-records", hides, Provenance(Channel.OFFSETS_LOG, now_ms, where))

    def too_many_open(self, now_ms: int) -> None:
        """Commits in open transactions were left out."""
        hides = "how transactions ended that were open at the same time as many thousands of others"
        self._note("too-many-open-transactions", hides, Provenance(Channel.TRANSACTION, now_ms, self._topic))

    def facts(self) -> list[Fact]:
        """What is new since the last call."""
        told, self._pending = self._pending, {}
        return list(told.values())

    def _note(self, reason: str, hides: str, provenance: Provenance) -> None:
        self._pending.setdefault(reason, NotVisible(provenance, "topic", self._topic, reason, hides))
