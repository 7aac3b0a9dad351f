"""What a user calls a node → the node: `citizen-score`, `topic:locks.events`, or a bare name that only one node has."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from flowaudit.errors import UsageError
from flowaudit.graph.identity import NodeId
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.graph.views import system_view


class NodeNotFound(UsageError):
    """No node, or more than one, is called that."""


@dataclass(frozen=True, slots=True)
class Question:
    """From where to where, and in which view of the graph."""

    snapshot: GraphSnapshot
    source: NodeId
    target: NodeId


def resolve(snapshot: GraphSnapshot, source: str, target: str) -> Question:
    """Between two systems the system view is asked; as soon as one end is anything else, the whole graph is.

    Raises:
        NodeNotFound: naming the nearest names, or the several that fit.
    """
    systems = system_view(snapshot)
    if _fits(systems, source) and _fits(systems, target):
        return Question(systems, _one(systems, source), _one(systems, target))
    return Question(snapshot, _one(snapshot, source, systems), _one(snapshot, target, systems))


def _fits(snapshot: GraphSnapshot, name: str) -> list[NodeId]:
    exact = [node.id for node in snapshot.nodes if node.id.document_id == name]
    return exact or [node.id for node in snapshot.nodes if node.id.name == name]


def _one(snapshot: GraphSnapshot, name: str, systems: GraphSnapshot | None = None) -> NodeId:
    found = _fits(snapshot, name)
    if len(found) == 1:
        return found[0]
    if found:
        msg = f"{name!r} may be {' or '.join(node.document_id for node in found)}; write one of these"
        raise NodeNotFound(msg)
    if systems and _fits(systems, name):
        msg = f"{name!r} is a system, the other end is not; name two systems, or a topic or group of each"
        raise NodeNotFound(msg)
    raise NodeNotFound(_nearest(snapshot, systems, name))


def _nearest(snapshot: GraphSnapshot, systems: GraphSnapshot | None, name: str) -> str:
    names = {node.id.name for view in (snapshot, systems) if view for node in view.nodes}
    names |= {node.id.document_id for node in snapshot.nodes}
    close = difflib.get_close_matches(name, sorted(names), n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(map(repr, close))}?" if close else "`flowaudit show` lists what there is"
    return f"the graph has no node {name!r}; {hint}"
