"""What the declared topology adds to the graph: its systems, its word on seen flows, and the flows never seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flowaudit.facts import Channel
from flowaudit.graph.evidence import EdgeKind, Evidence, Tier, Verdict
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.seen import detail, within_time
from flowaudit.graph.snapshot import Edge, Node
from flowaudit.graph.systems import DeclaredFlow, Systems

_NO_SIGHT: Final = frozenset({EdgeKind.PERMITTED, EdgeKind.DECLARED})
"""Kinds that show what may be or should be, not that data moved."""


def system_id(system: str) -> NodeId:
    """A system's node: it may span clusters, so it has no namespace."""
    return NodeId(NodeKind.SYSTEM, "", system)


def system_nodes(systems: Systems) -> list[Node]:
    """A node a declared system, and one a system that only a declared flow mentions."""
    titles = {system.name: system.title for system in systems.declared}
    names = {*titles, *(name for flow in systems.flows for name in flow)}
    return [
        Node(system_id(name), name, systems.categories(name), detail(title=titles.get(name) or name))
        for name in sorted(names)
    ]


def declared_evidence(systems: Systems, upstream: str, downstream: str) -> tuple[Evidence, ...]:
    """What the topology says for a flow between two systems; nothing when it does not declare it."""
    flow = systems.flows.get((upstream, downstream))
    return () if flow is None else (_evidence(flow),)


def phantom_edges(edges: Iterable[Edge], system_of: Mapping[NodeId, str], systems: Systems) -> list[Edge]:
    """An edge from system to system for each declared flow that no edge of the graph bears out."""
    seen = {(system_of[edge.source], system_of[edge.target]) for edge in edges if _is_sight(edge)}
    return [_phantom(flow) for ends, flow in systems.flows.items() if ends not in seen]


def _is_sight(edge: Edge) -> bool:
    return edge.kind not in _NO_SIGHT and edge.tier is not Tier.DECLARED


def _phantom(flow: DeclaredFlow) -> Edge:
    evidence = _evidence(flow)
    return Edge(
        source=system_id(flow.upstream),
        target=system_id(flow.downstream),
        kind=EdgeKind.DECLARED,
        tier=Tier.DECLARED,
        verdict=Verdict.PHANTOM,
        records=0,
        first_seen_ms=evidence.first_seen_ms,
        last_seen_ms=evidence.last_seen_ms,
        evidence=(evidence,),
    )


def _evidence(flow: DeclaredFlow) -> Evidence:
    at = within_time(flow.declared_ms)
    known = detail(legal_basis=flow.legal_basis, purpose=flow.purpose)
    return Evidence(Channel.DECLARED, Tier.DECLARED, at, at, flow.reference, known)
