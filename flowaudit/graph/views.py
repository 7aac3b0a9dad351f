"""Views: a snapshot seen from further away. Each is a snapshot again, so every surface and export can show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from flowaudit.graph.declared_edges import system_id
from flowaudit.graph.evidence import EdgeKind, Evidence, Verdict, by_strength, strongest
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.seen import detail, exact
from flowaudit.graph.snapshot import Edge, GraphSnapshot, Node

_WORST_FIRST: Final = (
    Verdict.UNDECLARED,
    Verdict.PHANTOM,
    Verdict.PERMITTED,
    Verdict.UNJUDGED,
    Verdict.VERIFIED,
)


def system_view(snapshot: GraphSnapshot) -> GraphSnapshot:
    """One node a system; the edges between two systems become one a kind.

    Such an edge has the strongest tier and the worst verdict of those that it stands for (undeclared, if one is) with
    its reason, the sum of their records, and all their evidence, one entry a channel and tier. Edges inside a system
    vanish. A node that belongs to no system stays as it is.
    """
    place = {node.id: system_id(node.system) if node.system else node.id for node in snapshot.nodes}
    between: dict[tuple[NodeId, NodeId, EdgeKind], list[Edge]] = {}
    for edge in snapshot.edges:
        source, target = place[edge.source], place[edge.target]
        if source != target:
            between.setdefault((source, target, edge.kind), []).append(edge)
    nodes = [*_systems(snapshot.nodes), *(node for node in snapshot.nodes if not node.system)]
    edges = [_aggregate(source, target, edges) for (source, target, _), edges in between.items()]
    return replace(
        snapshot,
        nodes=tuple(sorted(nodes, key=lambda node: node.id)),
        edges=tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind))),
    )


def topic_view(snapshot: GraphSnapshot) -> GraphSnapshot:
    """Only topics, and the `derives` edges between them: where content goes, whoever carries it."""
    return replace(
        snapshot,
        nodes=tuple(node for node in snapshot.nodes if node.id.kind is NodeKind.TOPIC),
        edges=tuple(edge for edge in snapshot.edges if edge.kind is EdgeKind.DERIVES),
    )


def _systems(nodes: Iterable[Node]) -> list[Node]:
    members: dict[str, list[Node]] = {}
    for node in nodes:
        if node.system:
            members.setdefault(node.system, []).append(node)
    return [_system(name, parts) for name, parts in members.items()]


def _system(name: str, parts: list[Node]) -> Node:
    titles = [
        value for node in parts if node.id.kind is NodeKind.SYSTEM for key, value in node.attributes if key == "title"
    ]
    kinds = Counter(node.id.kind for node in parts)
    known = detail(
        groups=kinds[NodeKind.GROUP],
        producers=kinds[NodeKind.PRODUCER],
        title=titles[0] if titles else name,
        topics=kinds[NodeKind.TOPIC],
    )
    categories = tuple(sorted({category for node in parts for category in node.categories}))
    return Node(system_id(name), name, categories, known)


def _aggregate(source: NodeId, target: NodeId, edges: list[Edge]) -> Edge:
    best = min(edges, key=lambda edge: (edge.tier.rank, -edge.records, edge.source, edge.target))
    worst = min(edges, key=lambda edge: (_WORST_FIRST.index(edge.verdict), edge.source, edge.target, edge.kind))
    return replace(
        best,
        source=source,
        target=target,
        tier=strongest(edge.tier for edge in edges),
        verdict=worst.verdict,
        records=exact(sum(edge.records for edge in edges)),
        first_seen_ms=min(edge.first_seen_ms for edge in edges),
        last_seen_ms=max(edge.last_seen_ms for edge in edges),
        evidence=_merge_evidence(edges),
        fields=tuple(sorted({pair for edge in edges for pair in edge.fields})),
        alternates=(),
        verdict_reason=worst.verdict_reason,
    )


def _merge_evidence(edges: list[Edge]) -> tuple[Evidence, ...]:
    alike: dict[tuple[str, str], list[tuple[Evidence, Edge]]] = {}
    for edge in edges:
        for evidence in edge.evidence:
            alike.setdefault((evidence.channel.value, evidence.tier.value), []).append((evidence, edge))
    return tuple(sorted((_summary(told) for told in alike.values()), key=by_strength))


def _summary(told: list[tuple[Evidence, Edge]]) -> Evidence:
    first = min((evidence for evidence, _ in told), key=lambda evidence: (evidence.first_seen_ms, evidence.reference))
    if len(told) == 1:
        return first
    flows = sorted(f"{edge.source.document_id} → {edge.target.document_id}" for _, edge in told)
    return replace(
        first,
        last_seen_ms=max(evidence.last_seen_ms for evidence, _ in told),
        detail=detail(edges=len(told), flows=", ".join(flows[:5]) + (", …" if len(flows) > 5 else "")),
    )
