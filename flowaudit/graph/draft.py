"""What one kind of facts contributes to the graph, before systems and verdicts are known."""

from __future__ import annotations

from dataclasses import dataclass

from flowaudit.facts import Channel
from flowaudit.graph.evidence import Detail, EdgeKind, Evidence, Lag, Tier
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.seen import Seen, within_time

NodeName = tuple[NodeKind, str]
"""A node of the audited cluster, by kind and name: its namespace is the cluster's."""


@dataclass(frozen=True, slots=True)
class NodeDraft:
    """A node of the audited cluster."""

    kind: NodeKind
    name: str
    attributes: Detail = ()


@dataclass(frozen=True, slots=True)
class EdgeDraft:
    """Evidence for one edge between two nodes of the audited cluster; drafts of one edge add their evidence."""

    source: NodeName
    target: NodeName
    kind: EdgeKind
    evidence: Evidence
    records: int = 0
    lag: Lag | None = None
    fields: tuple[tuple[str, str], ...] = ()
    alternates: tuple[str, ...] = ()


def observed(channel: Channel, seen: Seen, known: Detail) -> Evidence:
    """Evidence of tier `observed`."""
    first_ms, last_ms = within_time(seen.first_ms), within_time(seen.last_ms)
    return Evidence(channel, Tier.OBSERVED, first_ms, last_ms, seen.reference, known)
