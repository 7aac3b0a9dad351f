"""What one kind of facts contributes to the graph, before systems and verdicts are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from flowaudit.facts import Channel
from flowaudit.graph.evidence import Detail, EdgeKind, Evidence, Inference, Lag, Tier
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.seen import Seen, within_time


class NodeName(NamedTuple):
    """Which node a draft speaks of."""

    kind: NodeKind
    name: str
    namespace: str = ""
    """Empty: the audited cluster's. Only what lies outside of it (an external system) has one of its own."""


def topic_node(topic: str) -> NodeName:
    """A topic of the audited cluster."""
    return NodeName(NodeKind.TOPIC, topic)


def group_node(group: str) -> NodeName:
    """A consumer group of the audited cluster."""
    return NodeName(NodeKind.GROUP, group)


@dataclass(frozen=True, slots=True)
class NodeDraft:
    """What one kind of facts knows about a node; drafts of one node add their attributes."""

    node: NodeName
    attributes: Detail = ()


@dataclass(frozen=True, slots=True)
class EdgeDraft:
    """Evidence for one edge; drafts of one edge add their evidence."""

    source: NodeName
    target: NodeName
    kind: EdgeKind
    evidence: Evidence
    records: int = 0
    lag: Lag | None = None
    fields: tuple[tuple[str, str], ...] = ()
    alternates: tuple[str, ...] = ()
    inference: Inference | None = None


def observed(channel: Channel, seen: Seen, known: Detail = ()) -> Evidence:
    """Evidence of tier `observed`."""
    return evidence_of(channel, Tier.OBSERVED, seen, known)


def proven(channel: Channel, seen: Seen, known: Detail = ()) -> Evidence:
    """Evidence of tier `proven`."""
    return evidence_of(channel, Tier.PROVEN, seen, known)


def evidence_of(channel: Channel, tier: Tier, seen: Seen, known: Detail = ()) -> Evidence:
    """Evidence with its times kept within what a document can say."""
    return Evidence(channel, tier, within_time(seen.first_ms), within_time(seen.last_ms), seen.reference, known)
