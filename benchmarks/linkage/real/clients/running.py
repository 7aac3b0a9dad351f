"""What every client needs to know of the application that it serves: its logic, its settings, when to end."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Final

from benchmarks.linkage.chance import stream
from benchmarks.linkage.encode import Encoded
from benchmarks.linkage.real.app import App
from flowaudit.estates.outbox import Position

COMMIT_EVERY_S: Final = 1.0
FLUSH_S: Final = 10.0
TRANSACTION_S: Final = 0.3
_CODECS: Final = ("none", "gzip", "snappy", "lz4", "zstd")


def now_ms() -> int:
    """The clock on the wall."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class Running:
    """An application that runs, shared by its client and the process around it."""

    app: App
    bootstrap_servers: str
    ready: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)
    failure: str = ""
    _polled_s: float = 0.0

    @property
    def codec(self) -> str:
        """How its producer compresses: each application in its own way."""
        return stream("codec", self.app.spec.name).choice(_CODECS)

    @property
    def has_group(self) -> bool:
        """Does it read as a member of a group?"""
        return bool(self.app.spec.group and self.app.spec.reads)

    @property
    def is_idempotent(self) -> bool:
        """Have its producers ids?"""
        return bool(self.app.spec.producer_ids)

    @property
    def producers(self) -> int:
        """How many producers take turns: one, or as many as it has ids."""
        if not self.app.spec.writes:
            return 0
        return 1 if self.app.spec.transactional else max(1, len(self.app.spec.producer_ids))

    def wait_s(self) -> float:
        """How long until it reads again, or something becomes due."""
        until_due_s = self.app.wait_s(now_ms())
        if not self.app.spec.reads:
            return until_due_s
        return max(0.0, min(until_due_s, self._polled_s + self.app.poll_s - time.monotonic()))

    def reads_now(self) -> bool:
        """Whether it is time to look for records; if so, the next time is a poll interval away."""
        if time.monotonic() < self._polled_s + self.app.poll_s:
            return False
        self._polled_s = time.monotonic()
        return not self.app.is_down(now_ms())

    def accept(self, position: Position, record: Encoded) -> None:
        """A record was read."""
        self.app.accept(position, record, now_ms())
