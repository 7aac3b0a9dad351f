"""What the declared topology adds to the graph: its systems, its word on seen flows, and the flows never seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flowaudit.facts import Channel
from flowaudit.graph.could_show import Watch
from flowaudit.graph.evidence import EdgeKind, Evidence, Tier, Verdict
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.seen import detail, within_time
from flowaudit.graph.snapshot import Edge, Node
from flowaudit.graph.systems import DeclaredFlow, Systems
from flowaudit.graph.verdicts import Judge, Judgement

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


def declared_evidence(systems: Systems, upstream: str, downstream: str, topic: str) -> tuple[Evidence, ...]:
    """What the topology says for a flow between two systems by a topic; nothing when it does not declare it."""
    flow = systems.flows.get((upstream, downstream))
    return () if flow is None or not flow.admits(topic) else (_evidence(flow),)


def unseen_edges(edges: Iterable[Edge], system_of: Mapping[NodeId, str], systems: Systems, watch: Watch) -> list[Edge]:
    """An edge from system to system for each declared flow that no edge of the graph bears out.

    It is a phantom where a channel watched that would have shown it; elsewhere nothing can be said of it.
    """
    seen = {(system_of[edge.source], system_of[edge.target]) for edge in edges if _bears_out(edge)}
    judge = Judge(systems)
    return [_unseen(flow, judge.judge_unseen(flow, watch)) for ends, flow in systems.flows.items() if ends not in seen]


def _bears_out(edge: Edge) -> bool:
    """Was data seen to move, by a way that a declared flow admits?"""
    is_sight = edge.kind not in _NO_SIGHT and edge.tier is not Tier.DECLARED
    return is_sight and edge.verdict is not Verdict.UNDECLARED


def _unseen(flow: DeclaredFlow, judgement: Judgement) -> Edge:
    evidence = _evidence(flow)
    return Edge(
        source=system_id(flow.upstream),
        target=system_id(flow.downstream),
        kind=EdgeKind.DECLARED,
        tier=Tier.DECLARED,
        verdict=judgement.verdict,
        records=0,
        first_seen_ms=evidence.first_seen_ms,
        last_seen_ms=evidence.last_seen_ms,
        evidence=(evidence,),
        verdict_reason=judgement.reason,
    )


def _evidence(flow: DeclaredFlow) -> Evidence:
    at = within_time(flow.declared_ms)
    known = detail(legal_basis=flow.legal_basis, purpose=flow.purpose)
    return Evidence(Channel.DECLARED, Tier.DECLARED, at, at, flow.reference, known)
