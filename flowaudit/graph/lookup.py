"""From what a user types to nodes of the graph."""

from __future__ import annotations

from difflib import get_close_matches

from flowaudit.graph.document import document_ids
from flowaudit.graph.errors import NodeUnknown
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.snapshot import GraphSnapshot, Node


def find_nodes(snapshot: GraphSnapshot, text: str) -> frozenset[NodeId]:
    """The nodes that a name stands for.

    Tried in this order: a node id of the document (`topic:locks.events`), a system by name or title (all its nodes),
    a bare name of a topic, group, producer or other node.

    Raises:
        NodeUnknown: nothing bears the name; the message offers the nearest ones.
    """
    ids = document_ids(snapshot.nodes)
    wanted = text.strip()
    for found in (
        {node.id for node in snapshot.nodes if ids[node.id] == wanted and node.id.kind is not NodeKind.SYSTEM},
        _of_system(snapshot, wanted),
        {node.id for node in snapshot.nodes if node.id.name == wanted},
    ):
        if found:
            return frozenset(found)
    raise NodeUnknown(_unknown(snapshot, wanted))


def _of_system(snapshot: GraphSnapshot, wanted: str) -> set[NodeId]:
    name = wanted.removeprefix(f"{NodeKind.SYSTEM.value}:")
    systems = {node.system for node in snapshot.nodes if node.system == name or name.casefold() == _title(node)}
    return {node.id for node in snapshot.nodes if node.system and node.system in systems}


def _title(node: Node) -> str:
    if node.id.kind is not NodeKind.SYSTEM:
        return ""
    return next((str(value).casefold() for key, value in node.attributes if key == "title"), "")


def _unknown(snapshot: GraphSnapshot, wanted: str) -> str:
    names = {node.system for node in snapshot.nodes} | {node.id.name for node in snapshot.nodes}
    names |= set(document_ids(snapshot.nodes).values())
    near = get_close_matches(wanted, sorted(names - {""}), n=3, cutoff=0.5)
    if near:
        return f"no system, topic or group {wanted!r} in the graph; did you mean {' or '.join(map(repr, near))}?"
    systems = sorted({node.system for node in snapshot.nodes} - {""})
    shown = ", ".join(systems[:12]) + (", …" if len(systems) > 12 else "")
    return f"no system, topic or group {wanted!r} in the graph; its systems are: {shown or 'none'}"
