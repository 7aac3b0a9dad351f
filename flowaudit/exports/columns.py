"""A snapshot as flat rows: what tables and attribute lists of graph formats hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flowaudit.graph.document import document_ids
from flowaudit.graph.evidence import Inference
from flowaudit.graph.identity import edge_id
from flowaudit.graph.snapshot import Edge, GraphSnapshot, Node
from flowaudit.graph.times import iso_time

Cell = str | int | float
NODE_COLUMNS: Final[dict[str, type[Cell]]] = {
    "kind": str,
    "name": str,
    "namespace": str,
    "system": str,
    "categories": str,
    "attributes": str,
}
EDGE_COLUMNS: Final[dict[str, type[Cell]]] = {
    "kind": str,
    "tier": str,
    "verdict": str,
    "records": int,
    "first_seen": str,
    "last_seen": str,
    "lag_p50_ms": int,
    "lag_p95_ms": int,
    "fields": str,
    "alternates": str,
    "channels": str,
    "confidence": float,
    "records_alone": str,
    "settled_by": str,
    "through": str,
}


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node: its id in the document, and its cells by the names of `NODE_COLUMNS`."""

    id: str
    node: Node
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """An edge: its id, the ids of its ends, and its cells by the names of `EDGE_COLUMNS`; unknown cells are absent."""

    id: str
    source: str
    target: str
    edge: Edge
    cells: dict[str, Cell]


def node_rows(snapshot: GraphSnapshot) -> list[NodeRow]:
    """A row a node, in the snapshot's order."""
    ids = document_ids(snapshot.nodes)
    return [NodeRow(ids[node.id], node, _node_cells(node)) for node in snapshot.nodes]


def edge_rows(snapshot: GraphSnapshot) -> list[EdgeRow]:
    """A row an edge, in the snapshot's order."""
    ids = document_ids(snapshot.nodes)
    return [
        EdgeRow(
            edge_id(edge.source, edge.target, edge.kind.value),
            ids[edge.source],
            ids[edge.target],
            edge,
            _edge_cells(edge),
        )
        for edge in snapshot.edges
    ]


def _node_cells(node: Node) -> dict[str, Cell]:
    return {
        "kind": node.id.kind.value,
        "name": node.id.name,
        "namespace": node.id.namespace,
        "system": node.system,
        "categories": "; ".join(node.categories),
        "attributes": "; ".join(f"{key}={value}" for key, value in node.attributes),
    }


def _edge_cells(edge: Edge) -> dict[str, Cell]:
    cells: dict[str, Cell] = {
        "kind": edge.kind.value,
        "tier": edge.tier.value,
        "verdict": edge.verdict.value,
        "records": edge.records,
        "first_seen": iso_time(edge.first_seen_ms),
        "last_seen": iso_time(edge.last_seen_ms),
        "fields": "; ".join(f"{upstream} -> {downstream}" for upstream, downstream in edge.fields),
        "alternates": "; ".join(edge.alternates),
        "channels": "; ".join(sorted({evidence.channel.value for evidence in edge.evidence})),
    }
    if edge.lag is not None:
        cells |= {"lag_p50_ms": edge.lag.p50_ms, "lag_p95_ms": edge.lag.p95_ms}
    if edge.inference is not None:
        cells |= _inference_cells(edge.inference)
    return cells


def _inference_cells(inference: Inference) -> dict[str, Cell]:
    return {
        "confidence": inference.confidence,
        "records_alone": inference.records_alone.value if inference.records_alone else "none",
        "settled_by": "; ".join(inference.settled_by),
        "through": "; ".join(inference.through),
    }
