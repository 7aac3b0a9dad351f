"""Tells each link once: when it is first in the graph, and again when better evidence makes it stronger."""

from __future__ import annotations

from flowaudit.engine.progress import LinkFirstSeen, Progress
from flowaudit.graph.evidence import EdgeKind, Tier
from flowaudit.graph.identity import NodeId
from flowaudit.graph.snapshot import Edge, GraphSnapshot


class Announcer:
    """Compares each snapshot with what was told before."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._told: dict[tuple[NodeId, NodeId, EdgeKind], Tier] = {}

    def see(self, snapshot: GraphSnapshot) -> None:
        """Tell what is new in `snapshot`, oldest first."""
        systems = {node.id: node.system for node in snapshot.nodes}
        for edge in sorted((edge for edge in snapshot.edges if self._is_new(edge)), key=lambda e: e.first_seen_ms):
            self._told[edge.source, edge.target, edge.kind] = edge.tier
            upstream, downstream = systems.get(edge.source, ""), systems.get(edge.target, "")
            self._progress.tell(LinkFirstSeen(edge, upstream, downstream, snapshot.window.to_ms))

    def _is_new(self, edge: Edge) -> bool:
        if edge.tier is Tier.DECLARED:
            return False
        told = self._told.get((edge.source, edge.target, edge.kind))
        return told is None or edge.tier.rank < told.rank
