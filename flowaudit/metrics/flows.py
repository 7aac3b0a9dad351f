"""Flows between systems: every edge between two systems, whatever its kind, counted into one flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flowaudit.graph.evidence import Tier, Verdict
from flowaudit.graph.identity import NodeId
from flowaudit.graph.snapshot import Edge, GraphSnapshot

TIER_RANK: Mapping[Tier, int] = {tier: rank for rank, tier in enumerate(Tier)}
"""0 for the strongest. A scrape ranks every edge, so this is looked up and not worked out."""

_WORST_FIRST = (Verdict.UNDECLARED, Verdict.PHANTOM, Verdict.PERMITTED, Verdict.UNJUDGED, Verdict.VERIFIED)
_VERDICT_RANK: Mapping[Verdict, int] = {verdict: rank for rank, verdict in enumerate(_WORST_FIRST)}


@dataclass(slots=True)
class Flow:
    """Two systems, with the best evidence and the worst verdict between them."""

    source: str
    target: str
    tier: Tier
    verdict: Verdict
    records: int
    """Of the kind of edge that counted most: a reading and what is derived from it are the same records."""
    last_seen_ms: int


def flows_between_systems(snapshot: GraphSnapshot) -> list[Flow]:
    """One flow for each pair of systems that has an edge; what belongs to no system is left out.

    It agrees with `flowaudit.graph.views.system_view`, which also merges evidence and costs ten times as much.
    """
    systems: dict[NodeId, str] = {node.id: node.system for node in snapshot.nodes}
    flows: dict[tuple[str, str], Flow] = {}
    counted: dict[tuple[str, str, str], int] = {}
    for edge in snapshot.edges:
        source, target = systems.get(edge.source, ""), systems.get(edge.target, "")
        if not source or not target or source == target:
            continue
        key = (source, target, edge.kind.value)
        counted[key] = counted.get(key, 0) + edge.records
        flow = flows.setdefault((source, target), Flow(source, target, edge.tier, edge.verdict, 0, edge.last_seen_ms))
        _merge(flow, edge, counted[key])
    return list(flows.values())


def _merge(flow: Flow, edge: Edge, records: int) -> None:
    flow.records = max(flow.records, records)
    flow.last_seen_ms = max(flow.last_seen_ms, edge.last_seen_ms)
    if TIER_RANK[edge.tier] < TIER_RANK[flow.tier]:
        flow.tier = edge.tier
    if _VERDICT_RANK[edge.verdict] < _VERDICT_RANK[flow.verdict]:
        flow.verdict = edge.verdict
