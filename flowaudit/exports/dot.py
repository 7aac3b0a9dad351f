"""DOT for Graphviz, with every id and label quoted: a colon in a bare id would be taken for a port."""

from __future__ import annotations

from typing import Final

from flowaudit.exports.drawing import DrawnEdge, DrawnNode, draw
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.snapshot import GraphSnapshot

_SHAPES: Final = {
    NodeKind.TOPIC: "cylinder",
    NodeKind.GROUP: "box",
    NodeKind.PRODUCER: "cds",
    NodeKind.CONNECTOR: "component",
    NodeKind.EXTERNAL: "folder",
    NodeKind.SYSTEM: "box3d",
}


def dot(snapshot: GraphSnapshot) -> str:
    """A digraph from left to right: a cluster a system, undeclared flows red, uncertain ones dashed."""
    drawing = draw(snapshot)
    lines = ["digraph flowaudit {", "  rankdir=LR;", '  node [fontname="sans-serif"];']
    for number, (system, nodes) in enumerate(drawing.systems):
        if not system:
            lines += [_node(node) for node in nodes]
            continue
        lines.append(f"  subgraph cluster_{number} {{")
        lines.append(f"    label={_quoted(system)};")
        lines += [f"  {_node(node)}" for node in nodes]
        lines.append("  }")
    lines += [_edge(edge) for edge in drawing.edges]
    return "\n".join([*lines, "}"]) + "\n"


def _node(node: DrawnNode) -> str:
    return f"  {_quoted(node.id)} [label={_quoted(node.text)}, shape={_SHAPES[node.kind]}];"


def _edge(edge: DrawnEdge) -> str:
    style = "dashed" if edge.is_uncertain else "solid"
    colour = ', color="#c4162a", penwidth=2' if edge.is_undeclared else ""
    return f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [label={_quoted(edge.text)}, style={style}{colour}];"


def _quoted(text: str) -> str:
    """A quoted DOT string. A backslash starts an escape in labels, so it is doubled first."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
