"""A tail of the embedded broker's log whose deliveries a test can wait for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from flowaudit.engine.clock import now_ms
from flowaudit.facts import Fact
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_log import FollowedTopic, Follower, LogTail, PositionOf, TailBatch

F = TypeVar("F")
WAIT_S = 20.0


def from_head(_topic: str, _partition: int) -> int | None:
    return None


class Tailing:
    """Runs a tail and keeps what it delivers."""

    def __init__(
        self,
        connection: KafkaConnection,
        topic: FollowedTopic,
        follower: Follower,
        position_of: PositionOf = from_head,
    ) -> None:
        self.tail = LogTail("tail-of-a-test", lambda: AdminSession(connection), topic, follower, position_of, now_ms)
        self._lock = threading.Lock()
        self._facts: list[Fact] = []
        self._positions: dict[tuple[str, int], int] = {}

    def __enter__(self) -> Self:
        self.tail.start(self._take)
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.tail.stop()

    @property
    def positions(self) -> dict[tuple[str, int], int]:
        with self._lock:
            return dict(self._positions)

    def facts(self, kind: type[F]) -> list[F]:
        with self._lock:
            return [fact for fact in self._facts if isinstance(fact, kind)]

    def until(self, condition: Callable[[Self], object]) -> None:
        """Wait until it holds."""
        end_s = time.monotonic() + WAIT_S
        while not condition(self):
            assert not self.tail.has_failed
            assert time.monotonic() < end_s, f"not within {WAIT_S} s"
            time.sleep(0.05)

    def _take(self, batch: TailBatch) -> None:
        with self._lock:
            self._facts += batch.facts
            self._positions |= batch.positions
