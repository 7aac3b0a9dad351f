"""GraphML, as yEd, Gephi, Cytoscape and networkx read it."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from flowaudit.exports.columns import EDGE_COLUMNS, NODE_COLUMNS, Cell, edge_rows, node_rows
from flowaudit.exports.text import xml_text
from flowaudit.exports.xml_ids import xml_ids
from flowaudit.graph.snapshot import GraphSnapshot

_TYPES: Final = {str: "string", int: "long", float: "double"}


def graphml(snapshot: GraphSnapshot) -> str:
    """The snapshot as a directed GraphML graph; each column of the CSV files is an attribute of the same name."""
    root = Element("graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"})
    for element, columns in (("node", {"label": str, **NODE_COLUMNS}), ("edge", EDGE_COLUMNS)):
        for name, kind in columns.items():
            key = {"id": f"{element}_{name}", "for": element, "attr.name": name, "attr.type": _TYPES[kind]}
            SubElement(root, "key", key)
    graph = SubElement(root, "graph", {"id": xml_text(snapshot.cluster.id), "edgedefault": "directed"})
    nodes = node_rows(snapshot)
    ids = xml_ids(nodes)
    for row in nodes:
        node = SubElement(graph, "node", {"id": ids[row.id]})
        _data(node, "node", {"label": row.node.id.name, **row.cells})
    for edge in edge_rows(snapshot):
        ends = {"id": edge.id, "source": ids[edge.source], "target": ids[edge.target]}
        _data(SubElement(graph, "edge", ends), "edge", edge.cells)
    indent(root)
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + tostring(root, encoding="unicode") + "\n"


def _data(parent: Element, kind: str, cells: dict[str, Cell]) -> None:
    for name, cell in cells.items():
        SubElement(parent, "data", {"key": f"{kind}_{name}"}).text = xml_text(str(cell))
