"""A made estate: ten thousand nodes, a hundred thousand flows, hubs, cycles, tiers, and flows that come and end."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from flowaudit.facts import Channel
from flowaudit.graph.evidence import EdgeKind, Evidence, Tier, Verdict
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.snapshot import Cluster, Edge, GraphSnapshot, Node, Window

_NAMESPACE: Final = "kafka://broker:9092"
_DAY_MS: Final = 86_400_000
_TIERS: Final = (Tier.PROVEN, Tier.OBSERVED, Tier.CONFIRMED, Tier.PROBABLE, Tier.SUSPECTED)
_SYSTEMS: Final = 300


class Maker:
    """Draws estates of one seed."""

    def __init__(self, seed: int, nodes: int, edges: int) -> None:
        self._chance = random.Random(seed)
        self._edges = edges
        topics = nodes * 2 // 5
        self.topics = [NodeId(NodeKind.TOPIC, _NAMESPACE, f"topic-{number}") for number in range(topics)]
        self.groups = [NodeId(NodeKind.GROUP, _NAMESPACE, f"group-{number}") for number in range(nodes - topics)]
        # Zipf: a few topics have thousands of readers.
        self._weights = [1 / (rank + 10) for rank in range(topics)]

    def estate(self) -> GraphSnapshot:
        """One estate: 60 % readings, 25 % writings by readers, 15 % content that was seen again."""
        drawn: dict[tuple[NodeId, NodeId, EdgeKind], Edge] = {}
        while len(drawn) < self._edges:
            busy = self._chance.choices(self.topics, self._weights, k=1_000)
            for topic in busy[: self._edges - len(drawn)]:
                edge = self._edge(topic)
                drawn[edge.source, edge.target, edge.kind] = edge
        nodes = [Node(one, f"system-{self._chance.randrange(_SYSTEMS)}") for one in (*self.groups, *self.topics)]
        return _snapshot(nodes, list(drawn.values()))

    def later(self, snapshot: GraphSnapshot, changes: int = 20, newcomer: str = "") -> GraphSnapshot:
        """The estate with some flows gone, some new, some known better; perhaps with a system that was not there."""
        edges = list(snapshot.edges)
        for _ in range(changes):
            at = self._chance.randrange(len(edges))
            edges[at] = replace(edges[at], tier=Tier.PROVEN)
            del edges[self._chance.randrange(len(edges))]
        held = {(edge.source, edge.target, edge.kind): edge for edge in edges}
        for _ in range(changes):
            edge = self._edge(self._chance.choice(self.topics))
            held[edge.source, edge.target, edge.kind] = edge
        nodes = list(snapshot.nodes)
        if newcomer:
            group = NodeId(NodeKind.GROUP, _NAMESPACE, newcomer)
            nodes.append(Node(group, newcomer))
            edge = self._seen(self._chance.choice(self.topics), group, EdgeKind.CONSUMES)
            held[edge.source, edge.target, edge.kind] = edge
        return _snapshot(nodes, list(held.values()))

    def _edge(self, topic: NodeId) -> Edge:
        kind = self._chance.choices((EdgeKind.CONSUMES, EdgeKind.PRODUCES, EdgeKind.DERIVES), (60, 25, 15))[0]
        if kind is EdgeKind.DERIVES:
            other = self._chance.choice(self.topics)
            return self._seen(topic, other, kind) if other != topic else self._edge(topic)
        # A third of the groups write.
        group = self._chance.choice(self.groups if kind is EdgeKind.CONSUMES else self.groups[::3])
        return self._seen(topic, group, kind) if kind is EdgeKind.CONSUMES else self._seen(group, topic, kind)

    def _seen(self, source: NodeId, target: NodeId, kind: EdgeKind) -> Edge:
        first_ms = int(self._chance.random() * 30 * _DAY_MS)
        # One flow in five has ended, within days; the others go on.
        ended_ms = first_ms + int(self._chance.random() * 5 * _DAY_MS)
        last_ms = ended_ms if self._chance.random() < 0.2 else 40 * _DAY_MS
        tier = self._chance.choice(_TIERS)
        evidence = Evidence(Channel.LINKAGE, tier, first_ms, last_ms, "made")
        return Edge(source, target, kind, tier, Verdict.UNJUDGED, 1, first_ms, last_ms, (evidence,))


def _snapshot(nodes: Sequence[Node], edges: Sequence[Edge]) -> GraphSnapshot:
    return GraphSnapshot(
        Cluster("made", _NAMESPACE),
        Window(0, 40 * _DAY_MS),
        tuple(sorted(nodes, key=lambda node: node.id)),
        tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind))),
    )
