"""The only door to networkx: a snapshot as a graph that its algorithms understand, and which things hang together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

import networkx as nx

from flowaudit.graph.identity import NodeId
from flowaudit.graph.snapshot import GraphSnapshot

T = TypeVar("T", bound=Hashable)


def to_networkx(snapshot: GraphSnapshot) -> nx.MultiDiGraph[NodeId]:
    """A directed multigraph over `NodeId`, in the direction in which data moves.

    Each node carries its `Node` as attribute `node`; each edge is keyed by its kind and carries its `Edge` as `edge`.
    """
    graph: nx.MultiDiGraph[NodeId] = nx.MultiDiGraph()
    for node in snapshot.nodes:
        graph.add_node(node.id, node=node)
    for edge in snapshot.edges:
        graph.add_edge(edge.source, edge.target, key=edge.kind.value, edge=edge)
    return graph


def connected(pairs: Iterable[tuple[T, T]]) -> list[set[T]]:
    """Things that pairs connect, however indirectly: each thing is in one set. A pair of one thing connects nothing."""
    graph: nx.Graph[T] = nx.Graph()
    graph.add_edges_from(pairs)
    return [set(part) for part in nx.connected_components(graph)]
