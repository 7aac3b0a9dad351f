"""From what a user types to nodes of the graph."""

from __future__ import annotations

from difflib import get_close_matches

from flowaudit.graph.document import document_ids
from flowaudit.graph.errors import NodeUnknown
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.snapshot import GraphSnapshot, Node


class Lookup:
    """The names of a snapshot."""

    def __init__(self, snapshot: GraphSnapshot) -> None:
        self._by_id: dict[str, set[NodeId]] = {}
        self._by_system: dict[str, set[NodeId]] = {}
        self._by_name: dict[str, set[NodeId]] = {}
        self._titles: dict[str, str] = {}
        ids = document_ids(snapshot.nodes)
        for node in snapshot.nodes:
            self._by_name.setdefault(node.id.name, set()).add(node.id)
            if node.system:
                self._by_system.setdefault(node.system, set()).add(node.id)
            if node.id.kind is NodeKind.SYSTEM:
                self._titles[_title(node).casefold()] = node.system
            else:
                self._by_id[ids[node.id]] = {node.id}

    def find(self, text: str) -> frozenset[NodeId]:
        """The nodes that a name stands for.

        Tried in this order: a node id of the document (`topic:locks.events`), a system by name, id or title (all its
        nodes), a bare name of a topic, group, producer or other node.

        Raises:
            NodeUnknown: nothing bears the name; the message offers the nearest ones.
        """
        wanted = text.strip()
        system = wanted.removeprefix(f"{NodeKind.SYSTEM.value}:")
        titled = self._titles.get(wanted.casefold(), "")
        for found in (
            self._by_id.get(wanted),
            self._by_system.get(system),
            self._by_system.get(titled),
            self._by_name.get(wanted),
        ):
            if found:
                return frozenset(found)
        raise NodeUnknown(self._unknown(wanted))

    def _unknown(self, wanted: str) -> str:
        names = sorted({*self._by_system, *self._by_name, *self._by_id})
        near = get_close_matches(wanted, names, n=3, cutoff=0.5)
        if near:
            return f"no system, topic or group {wanted!r} in the graph; did you mean {' or '.join(map(repr, near))}?"
        systems = sorted(self._by_system)
        shown = ", ".join(systems[:12]) + (", …" if len(systems) > 12 else "")
        return f"no system, topic or group {wanted!r} in the graph; its systems are: {shown or 'none'}"


def _title(node: Node) -> str:
    return next((str(value) for key, value in node.attributes if key == "title"), node.id.name)
