"""Small graphs for tests of ways, reach and cuts: written by hand, or drawn at random with cycles, tiers and times."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Final

from flowaudit.facts import Channel
from flowaudit.graph.evidence import EdgeKind, Evidence, Tier, Verdict
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.snapshot import Cluster, Edge, GraphSnapshot, Node, Window

_NAMESPACE: Final = "kafka://broker:9092"
_TIERS: Final = (Tier.PROVEN, Tier.OBSERVED, Tier.CONFIRMED, Tier.PROBABLE, Tier.SUSPECTED)


def node_id(text: str) -> NodeId:
    """`topic:a`, `group:b`; a bare name is a topic."""
    kind, _, name = text.rpartition(":")
    return NodeId(NodeKind(kind or "topic"), _NAMESPACE, name)


def edge(
    source: str,
    target: str,
    tier: Tier = Tier.OBSERVED,
    seen: tuple[int, int] = (0, 100),
    kind: EdgeKind | None = None,
) -> Edge:
    """An edge; its kind follows from its ends where it is not given."""
    ends = node_id(source), node_id(target)
    kinds = {
        (NodeKind.TOPIC, NodeKind.TOPIC): EdgeKind.DERIVES,
        (NodeKind.TOPIC, NodeKind.GROUP): EdgeKind.CONSUMES,
    }
    known = kind or kinds.get((ends[0].kind, ends[1].kind), EdgeKind.PRODUCES)
    evidence = Evidence(Channel.LINKAGE, tier, *seen, "made for a test")
    return Edge(*ends, known, tier, Verdict.UNJUDGED, 1, *seen, (evidence,))


def graph(edges: Iterable[Edge], systems: dict[str, str] | None = None) -> GraphSnapshot:
    """A snapshot of these edges; `systems` gives the systems of nodes."""
    held = {node_id(text): system for text, system in (systems or {}).items()}
    made = list(edges)
    ids = {one for edge in made for one in (edge.source, edge.target)} | held.keys()
    nodes = tuple(Node(one, held.get(one, "")) for one in sorted(ids))
    ordered = tuple(sorted(made, key=lambda edge: (edge.source, edge.target, edge.kind)))
    return GraphSnapshot(Cluster("made", _NAMESPACE), Window(0, 100), nodes, ordered)


def random_graph(chance: random.Random, most_edges: int = 11) -> GraphSnapshot:
    """Four to six topics and up to three groups in three systems, with cycles, tiers, times, and parallel edges."""
    topics = [f"t{number}" for number in range(chance.randint(4, 6))]
    groups = [f"group:g{number}" for number in range(chance.randint(0, 3))]
    systems = {one: chance.choice(("", "a", "b", "c")) for one in (*topics, *groups)}
    drawn: dict[tuple[NodeId, NodeId, EdgeKind], Edge] = {}
    for _ in range(chance.randint(4, most_edges)):
        source, target = chance.sample(topics, 2)
        if groups and chance.random() < 0.4:
            pair = (source, chance.choice(groups))
            source, target = pair if chance.random() < 0.7 else (pair[1], pair[0])
        first = chance.randint(0, 8)
        kind = EdgeKind.SINKS if chance.random() < 0.1 and not source.startswith("group") else None
        one = edge(source, target, chance.choice(_TIERS), (first, first + chance.randint(0, 4)), kind)
        drawn[one.source, one.target, one.kind] = one
    return graph(drawn.values(), systems)
