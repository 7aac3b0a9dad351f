"""What a run tells while it works: small events, and the one-method port that takes them.

No terminal in here. The command line renders events on stderr; a service may log them; a test may keep them. An
event carries names, counts and times, never anything out of a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from flowaudit.graph.snapshot import Edge


@dataclass(frozen=True, slots=True)
class SystemStarted:
    """A system of a simulated estate runs, as a process with a real Kafka client."""

    name: str
    client: str
    """The client library: `faust`, `kafka-python`, `confluent-kafka`, `aiokafka`."""
    pid: int


@dataclass(frozen=True, slots=True)
class TopicTapped:
    """The tap reads this topic from now on."""

    topic: str
    partitions: int


@dataclass(frozen=True, slots=True)
class LinkFirstSeen:
    """An edge is in the graph for the first time, or for the first time with this good a tier."""

    edge: Edge
    upstream_system: str
    """System of `edge.source`; "" when nothing says."""
    downstream_system: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Watching:
    """Where the auditor looks, and for how long (`duration_s` is None: until it is told to stop)."""

    subject: str
    """`kafka://host:port`"""
    duration_s: float | None = None
    topics: int = 0
    groups: int = 0


@dataclass(frozen=True, slots=True)
class Serving:
    """The web page and `/metrics` answer here."""

    url: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth a line."""

    text: str


@dataclass(frozen=True, slots=True)
class Warn:
    """Something that the reader should know before they trust the result."""

    text: str


ProgressEvent = SystemStarted | TopicTapped | LinkFirstSeen | Watching | Serving | Note | Warn


class Progress(Protocol):
    """Takes events, from any thread. It must return quickly and must not raise."""

    def tell(self, event: ProgressEvent) -> None:
        """Take one event."""
        ...


class Silence:
    """A `Progress` for callers that have nobody to tell."""

    __slots__ = ()

    def tell(self, event: ProgressEvent) -> None:
        """Forget the event."""
