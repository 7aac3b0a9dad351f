"""Mermaid flowchart, as GitHub, GitLab and many wikis draw it."""

from __future__ import annotations

from typing import Final

from flowaudit.exports.drawing import DrawnEdge, DrawnNode, draw
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.snapshot import GraphSnapshot

_SHAPES: Final = {
    NodeKind.TOPIC: ('[("', '")]'),
    NodeKind.GROUP: ('(["', '"])'),
    NodeKind.PRODUCER: ('[/"', '"/]'),
    NodeKind.CONNECTOR: ('[["', '"]]'),
    NodeKind.EXTERNAL: ('[("', '")]'),
    NodeKind.SYSTEM: ('["', '"]'),
}
_UNDECLARED_STYLE: Final = "stroke:#c4162a,stroke-width:3px"


def mermaid(snapshot: GraphSnapshot) -> str:
    """A flowchart from left to right: a frame a system, undeclared flows red, uncertain ones dotted."""
    drawing = draw(snapshot)
    lines = ["flowchart LR"]
    for number, (system, nodes) in enumerate(drawing.systems):
        if not system:
            lines += [_node(node) for node in nodes]
            continue
        lines.append(f'  subgraph s{number}["{quoted(system)}"]')
        lines += [f"  {_node(node)}" for node in nodes]
        lines.append("  end")
    lines += [_edge(edge) for edge in drawing.edges]
    undeclared = [str(number) for number, edge in enumerate(drawing.edges) if edge.is_undeclared]
    if undeclared:
        lines.append(f"  linkStyle {','.join(undeclared)} {_UNDECLARED_STYLE}")
    return "\n".join(lines) + "\n"


def _node(node: DrawnNode) -> str:
    opening, closing = _SHAPES[node.kind]
    return f"  {node.id}{opening}{quoted(node.text)}{closing}"


def _edge(edge: DrawnEdge) -> str:
    arrow = "-.->" if edge.is_uncertain else "-->"
    return f'  {edge.source} {arrow}|"{quoted(edge.text)}"| {edge.target}'


def quoted(text: str) -> str:
    """The text for a quoted Mermaid string: all but the plainest characters as entity codes (`#34;`)."""
    return "".join(c if c.isalnum() or c in " .,-_/:→" else f"#{ord(c)};" for c in text)
