"""A path of flows, hop by hop, with what each hop rests on."""

from __future__ import annotations

from dataclasses import dataclass

from flowaudit.graph.evidence import EdgeKind, Evidence, Tier, Verdict, weakest
from flowaudit.graph.identity import NodeId
from flowaudit.graph.snapshot import Edge


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of data: an edge, and the edges that support it.

    A `derives` edge says that content of one topic came again in another; its support are the `consumes` edges by which
    the downstream system's groups read the upstream topic.
    """

    edge: Edge
    support: tuple[Edge, ...] = ()

    @property
    def source(self) -> NodeId:
        """Where the data comes from."""
        return self.edge.source

    @property
    def target(self) -> NodeId:
        """Where it goes."""
        return self.edge.target

    @property
    def kind(self) -> EdgeKind:
        """Kind of the edge."""
        return self.edge.kind

    @property
    def tier(self) -> Tier:
        """Tier of the edge; support does not raise it."""
        return self.edge.tier

    @property
    def verdict(self) -> Verdict:
        """Verdict on the edge."""
        return self.edge.verdict

    @property
    def first_seen_ms(self) -> int:
        """When the edge was first seen, Unix milliseconds."""
        return self.edge.first_seen_ms

    @property
    def last_seen_ms(self) -> int:
        """When the edge was last seen, Unix milliseconds."""
        return self.edge.last_seen_ms

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The edge's own evidence, then that of the edges that support it."""
        return self.edge.evidence + tuple(evidence for edge in self.support for evidence in edge.evidence)


@dataclass(frozen=True, slots=True)
class FlowPath:
    """A way of data through the estate; at least one hop, each starting where the one before ended."""

    hops: tuple[Hop, ...]

    @property
    def nodes(self) -> tuple[NodeId, ...]:
        """The nodes in the order in which the data passes them."""
        return (self.hops[0].source, *(hop.target for hop in self.hops))

    @property
    def tier(self) -> Tier:
        """The path is worth what its weakest hop is worth."""
        return weakest(hop.tier for hop in self.hops)

    @property
    def weakest(self) -> Hop:
        """The hop that the path is worth: of the weakest tier, the one of least confidence, the first of equals."""
        return min(self.hops, key=lambda hop: (-hop.tier.rank, _confidence(hop.edge)))

    @property
    def undeclared(self) -> tuple[Hop, ...]:
        """The hops that the topology does not declare."""
        return tuple(hop for hop in self.hops if hop.verdict is Verdict.UNDECLARED)


def _confidence(edge: Edge) -> float:
    """What was seen, and was not inferred, is certain within its tier."""
    return edge.inference.confidence if edge.inference is not None else 1.0


@dataclass(frozen=True, slots=True)
class PathSearch:
    """What a search found, and how far it looked."""

    paths: tuple[FlowPath, ...]
    """Shortest first; among equally long ones the best supported first."""
    limit: int
    """No more paths than this were asked for."""
    cutoff_hops: int
    """No longer paths than this were looked for."""
    complete: bool
    """Are these all paths of up to `cutoff_hops` hops? False when the limit or the work allowed ended the search."""
