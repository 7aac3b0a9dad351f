"""What the metrics and the web page read: the service at one moment, as values."""

from __future__ import annotations

from dataclasses import dataclass

from flowaudit.engine.ports import SourceHealth
from flowaudit.graph.snapshot import GraphSnapshot


@dataclass(frozen=True, slots=True)
class TapLag:
    """How many records of a topic the tap has yet to read."""

    topic: str
    records: int


@dataclass(frozen=True, slots=True)
class GroupLag:
    """How many records of a topic a consumer group has yet to commit. Never negative."""

    group: str
    topic: str
    records: int


@dataclass(frozen=True, slots=True)
class GroupMembers:
    """How many members a consumer group has."""

    group: str
    members: int


@dataclass(frozen=True, slots=True)
class ServiceState:
    """The service at one moment. Everything in it comes from the same look at the cluster."""

    up: bool
    """Did the audited cluster answer the last time?"""
    snapshot: GraphSnapshot | None = None
    """None until the first look is complete."""
    sources: tuple[SourceHealth, ...] = ()
    tap_lags: tuple[TapLag, ...] = ()
    group_lags: tuple[GroupLag, ...] = ()
    group_members: tuple[GroupMembers, ...] = ()
    ledger_facts: int = 0
    """Facts that the ledger holds."""

    @property
    def ready(self) -> bool:
        """Is there a graph to read?"""
        return self.snapshot is not None
