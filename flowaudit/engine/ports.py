"""What the engine asks of the parts that `bootstrap` gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from flowaudit.engine.watermark import Level
from flowaudit.facts import Fact, SightingRun
from flowaudit.ledger import FeedKey


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one part hands to the engine in one go: facts for the ledger, sightings for the linkage window.

    `feed_positions` says how far a feed of the audit cluster was read, when the facts came from there: it is stored
    in the same transaction as the facts.
    """

    facts: Sequence[Fact] = ()
    sightings: Sequence[SightingRun] = ()
    feed_positions: Mapping[FeedKey, int] = field(default_factory=dict)
    """Next offset by partition of the feed."""
    level: Level | None = None
    """What is left to read, once this is taken in; None: as before."""


Sink = Callable[[Delivery], None]
"""Takes a delivery from any thread. It blocks when the engine is behind: that is the back-pressure."""


class Part(Protocol):
    """Something that runs beside the engine and delivers: the poller, the tap, the feed of the audit cluster."""

    @property
    def name(self) -> str:
        """A short stable name."""

    def start(self, sink: Sink) -> None:
        """Begin to deliver. Must not block; may raise `SourceUnreachable`."""

    @property
    def has_failed(self) -> bool:
        """Did something end it before its time? The engine then ends the run, and `stop` raises it."""

    def stop(self) -> None:
        """Deliver what is left, then end. Called once, from another thread; returns when nothing more will come.

        Raises:
            Exception: what ended the part before its time.
        """


class PolledSource(Protocol):
    """One evidence channel that is asked now and then.

    `poll` returns what is *new* since the last call: a source remembers what it told, so that an idle cluster adds
    nothing to the ledger. It raises `SourceUnreachable` when it cannot ask at all; a part that it may not see is a
    `NotVisible` fact, not an error. It must not write to the cluster, not even by accident.
    """

    @property
    def name(self) -> str:
        """A short stable name: it labels metrics and messages."""

    def poll(self, now_ms: int) -> list[Fact]:
        """Ask the cluster once; `now_ms` goes into the facts' provenance."""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source fares, for `/metrics` and for coverage."""

    name: str
    last_success_ms: int = 0
    """0: never yet."""
    duration_ms: int = 0
    attempts: int = 0
    errors: int = 0
    last_error: str = ""
    """The kind of error that the last attempt ended with, never its text; empty when it succeeded."""
