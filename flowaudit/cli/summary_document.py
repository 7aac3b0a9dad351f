"""The one-page summary as values: what `show --format json` prints, and what its text is made of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import msgspec

from flowaudit.graph.evidence import Verdict
from flowaudit.graph.snapshot import Edge, GraphSnapshot
from flowaudit.graph.times import iso_time
from flowaudit.graph.views import system_view


@dataclass(frozen=True, slots=True)
class UndeclaredFlow:
    """Two systems between which data goes although no topology says so, with everything that shows it."""

    source: str
    target: str
    edges: tuple[Edge, ...]
    """Edges of the system view, one a kind, the best supported first."""

    @property
    def channels(self) -> tuple[str, ...]:
        """Evidence channels, strongest first, each once."""
        return tuple(dict.fromkeys(evidence.channel.value for edge in self.edges for evidence in edge.evidence))

    @property
    def first_seen_ms(self) -> int:
        """When any of it was first seen."""
        return min(edge.first_seen_ms for edge in self.edges)

    @property
    def reason(self) -> str:
        """Why nobody declared it, by the best supported of its edges; empty in graphs of older versions."""
        return self.edges[0].verdict_reason


def undeclared_flows(systems: GraphSnapshot) -> list[UndeclaredFlow]:
    """Flows of the system view that no topology declares, best evidence first."""
    between: dict[tuple[str, str], list[Edge]] = {}
    for edge in systems.edges:
        if edge.verdict is Verdict.UNDECLARED:
            between.setdefault((edge.source.name, edge.target.name), []).append(edge)
    flows = [
        UndeclaredFlow(source, target, tuple(sorted(edges, key=lambda edge: edge.tier.rank)))
        for (source, target), edges in between.items()
    ]
    return sorted(flows, key=lambda flow: (flow.edges[0].tier.rank, flow.source, flow.target))


def summary_document(snapshot: GraphSnapshot) -> dict[str, object]:
    """The page as JSON values."""
    systems = system_view(snapshot)
    edges = Counter((edge.kind, edge.tier, edge.verdict) for edge in snapshot.edges)
    return {
        "cluster": {"id": snapshot.cluster.id, "namespace": snapshot.cluster.namespace},
        "window": {"from": iso_time(snapshot.window.from_ms), "to": iso_time(snapshot.window.to_ms)},
        "nodes": dict(sorted(Counter(node.id.kind.value for node in snapshot.nodes).items())),
        "systems": sorted({node.system for node in snapshot.nodes if node.system}),
        "edges": [
            {"kind": kind.value, "tier": tier.value, "verdict": verdict.value, "count": count}
            for (kind, tier, verdict), count in sorted(edges.items())
        ],
        "undeclared": [
            {
                "source": flow.source,
                "target": flow.target,
                "tier": flow.edges[0].tier.value,
                "channels": list(flow.channels),
                "records": {edge.kind.value: edge.records for edge in flow.edges},
                "first_seen": iso_time(flow.first_seen_ms),
                "reason": flow.reason,
            }
            for flow in undeclared_flows(systems)
        ],
        "identity": {
            "clusters": [
                {
                    "people": cluster.people,
                    "since": iso_time(cluster.since_ms),
                    "topics": list(dict.fromkeys(told.field.topic for told in cluster.fields)),
                }
                for cluster in snapshot.clusters
            ],
            "same_people": len(snapshot.same_people),
            "sampling": msgspec.to_builtins(snapshot.sampling),
        },
        "coverage": _coverage_document(snapshot),
    }


def _coverage_document(snapshot: GraphSnapshot) -> dict[str, object]:
    return {
        "tapped": [
            {
                "topic": topic.topic,
                "partitions": topic.partitions,
                "audited": topic.audited,
                "quarantined": topic.quarantined,
                "invisible": topic.invisible,
                "truncated": topic.truncated,
            }
            for topic in snapshot.coverage.tapped
        ],
        "not_visible": [
            {"subject": hidden.subject, "name": hidden.name, "reason": hidden.reason, "hides": hidden.hides}
            for hidden in snapshot.coverage.not_visible
        ],
        "sources": [
            {
                "name": source.name,
                "failure": source.failure,
                "last_success": iso_time(source.last_success_ms) if source.last_success_ms else None,
                "duration_ms": source.duration_ms,
            }
            for source in snapshot.coverage.sources
        ],
    }
