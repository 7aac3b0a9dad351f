"""GEXF 1.3 for Gephi, with time: each edge lives from when it was first seen to when it was last seen."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from flowaudit.exports.columns import EDGE_COLUMNS, NODE_COLUMNS, Cell, edge_rows, node_rows
from flowaudit.exports.text import xml_text
from flowaudit.exports.xml_ids import xml_ids
from flowaudit.graph.snapshot import GraphSnapshot

_TYPES: Final = {str: "string", int: "long", float: "double"}
_OWN_ATTRIBUTE: Final = "kind"
"""GEXF 1.3 has an edge attribute of this name: two edges between the same nodes differ by it."""


def gexf(snapshot: GraphSnapshot) -> str:
    """The snapshot as a dynamic, directed GEXF graph; times are Unix milliseconds."""
    root = Element("gexf", {"xmlns": "http://gexf.net/1.3", "version": "1.3"})
    meta = SubElement(root, "meta")
    SubElement(meta, "creator").text = "flowaudit"
    times = {"start": str(snapshot.window.from_ms), "end": str(snapshot.window.to_ms)}
    settings = {
        "mode": "dynamic",
        "defaultedgetype": "directed",
        "timeformat": "double",
        "timerepresentation": "interval",
    }
    graph = SubElement(root, "graph", {**settings, **times})
    for element, columns in (("node", NODE_COLUMNS), ("edge", EDGE_COLUMNS)):
        attributes = SubElement(graph, "attributes", {"class": element, "mode": "static"})
        for name, kind in columns.items():
            SubElement(attributes, "attribute", {"id": name, "title": name, "type": _TYPES[kind]})
    ids = _nodes(graph, snapshot)
    edges = SubElement(graph, "edges")
    for row in edge_rows(snapshot):
        ends = {"id": row.id, "source": ids[row.source], "target": ids[row.target]}
        life = {"start": str(row.edge.first_seen_ms), "end": str(row.edge.last_seen_ms)}
        edge = SubElement(edges, "edge", {**ends, **life, _OWN_ATTRIBUTE: row.edge.kind.value})
        _values(edge, row.cells)
    indent(root)
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + tostring(root, encoding="unicode") + "\n"


def _nodes(graph: Element, snapshot: GraphSnapshot) -> dict[str, str]:
    rows = node_rows(snapshot)
    ids = xml_ids(rows)
    nodes = SubElement(graph, "nodes")
    for row in rows:
        _values(SubElement(nodes, "node", {"id": ids[row.id], "label": xml_text(row.node.id.name)}), row.cells)
    return ids


def _values(parent: Element, cells: dict[str, Cell]) -> None:
    values = SubElement(parent, "attvalues")
    for name, cell in cells.items():
        SubElement(values, "attvalue", {"for": name, "value": xml_text(str(cell))})
