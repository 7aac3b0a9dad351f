"""What a drawn graph looks like, whichever language draws it."""

from __future__ import annotations

from dataclasses import dataclass

from flowaudit.exports.text import label
from flowaudit.graph.evidence import Tier, Verdict
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.snapshot import Edge, GraphSnapshot, Node


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A node with a plain id (`n0`, `n1`, …) that no name can break out of."""

    id: str
    text: str
    kind: NodeKind


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """An edge between two drawn nodes."""

    source: str
    target: str
    text: str
    is_undeclared: bool
    is_uncertain: bool
    """Inferred at a weak grade, permitted or only declared: drawn dotted."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Nodes by system ("" is none), and edges."""

    systems: tuple[tuple[str, tuple[DrawnNode, ...]], ...]
    edges: tuple[DrawnEdge, ...]


def draw(snapshot: GraphSnapshot) -> Drawing:
    """The snapshot as a drawing. System nodes that no edge touches are left to the frames that bear their names."""
    touched = {end for edge in snapshot.edges for end in (edge.source, edge.target)}
    shown = [node for node in snapshot.nodes if node.id in touched or node.id.kind is not NodeKind.SYSTEM]
    ids = {node.id: f"n{number}" for number, node in enumerate(shown)}
    systems: dict[str, list[DrawnNode]] = {}
    for node in shown:
        frame = "" if node.id.kind is NodeKind.SYSTEM else node.system
        systems.setdefault(frame, []).append(DrawnNode(ids[node.id], _node_text(node), node.id.kind))
    return Drawing(
        systems=tuple((label(name), tuple(nodes)) for name, nodes in sorted(systems.items())),
        edges=tuple(
            DrawnEdge(
                source=ids[edge.source],
                target=ids[edge.target],
                text=_edge_text(edge),
                is_undeclared=edge.verdict is Verdict.UNDECLARED,
                is_uncertain=not edge.tier.at_least(Tier.PROBABLE),
            )
            for edge in snapshot.edges
        ),
    )


def _node_text(node: Node) -> str:
    if node.id.kind is NodeKind.SYSTEM:
        return label(next((str(value) for key, value in node.attributes if key == "title"), node.id.name))
    return label(f"{node.id.kind.value} {node.id.name}")


def _edge_text(edge: Edge) -> str:
    sure = "" if edge.inference is None else f" {edge.inference.confidence:.2f}"
    words = [edge.kind.value, f"{edge.tier.value}{sure}"]
    if edge.verdict not in {Verdict.VERIFIED, Verdict.UNJUDGED}:
        words.append(edge.verdict.value)
    return ", ".join(dict.fromkeys(words))
