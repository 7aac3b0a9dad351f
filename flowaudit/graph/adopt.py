"""What is there today, as a topology to edit: the systems of a graph, and the flows between them that were seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flowaudit.errors import UsageError
from flowaudit.graph.evidence import EdgeKind, Tier, strongest
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.snapshot import Edge, GraphSnapshot, Node
from flowaudit.graph.times import iso_time
from flowaudit.topology.draft import Draft, DraftFlow, DraftSystem, exactly
from flowaudit.topology.model import Match

WEAKEST_ADOPTED: Final = Tier.CONFIRMED
"""What is weaker is a guess: nobody should declare it unlooked-at."""
_NO_SIGHT: Final = frozenset({EdgeKind.PERMITTED, EdgeKind.DECLARED})
_HEAD: Final = (
    "A draft: what was seen, as if it were all in order. Nothing in it is declared until somebody who may say so has",
    "read it: give every flow its purpose and its legal basis, or strike it, and it will be reported as undeclared.",
    "",
)


class NothingToAdopt(UsageError):
    """A graph in which nothing belongs to a system."""


def adopt(snapshot: GraphSnapshot) -> Draft:
    """A draft that names every node of the graph and admits every flow between systems of tier confirmed or better.

    Raises:
        NothingToAdopt: the graph has no systems.
    """
    parts: dict[str, list[Node]] = {}
    for node in snapshot.nodes:
        if node.system.strip():
            parts.setdefault(node.system, []).append(node)
    if not parts:
        msg = "the graph has no node that belongs to a system; let `flowaudit snapshot` watch a cluster with topics"
        raise NothingToAdopt(msg)
    prefixes = _prefixes(snapshot.nodes)
    flows = _flows(snapshot)
    sure = {ends: edges for ends, edges in flows.items() if _tier(edges).at_least(WEAKEST_ADOPTED)}
    return Draft(
        name="adopted",
        title=f"What was seen on {snapshot.cluster.namespace}",
        systems=tuple(_system(name, nodes, prefixes) for name, nodes in sorted(parts.items())),
        flows=tuple(_flow(ends, edges) for ends, edges in sorted(sure.items())),
        head=_HEAD,
        notes=(
            *(_unsure(ends, edges) for ends, edges in sorted(flows.items()) if ends not in sure),
            *(f"{node.id.document_id}: nothing says to which system it belongs" for node in _homeless(snapshot)),
        ),
    )


def _prefixes(nodes: Iterable[Node]) -> Mapping[str, str]:
    """First parts of topic names that only one system uses, and it for several topics: `locks` of `locks.*`."""
    topics: dict[str, list[str]] = {}
    for node in nodes:
        if node.id.kind is NodeKind.TOPIC and "." in node.id.name:
            topics.setdefault(node.id.name.partition(".")[0], []).append(node.system)
    return {first: systems[0] for first, systems in topics.items() if len(systems) > 1 and len(set(systems)) == 1}


def _system(name: str, nodes: list[Node], prefixes: Mapping[str, str]) -> DraftSystem:
    names: dict[NodeKind, list[str]] = {}
    for node in nodes:
        names.setdefault(node.id.kind, []).append(node.id.name)
    topics = names.get(NodeKind.TOPIC, [])
    wide = {first for first in (topic.partition(".")[0] for topic in topics) if prefixes.get(first) == name}
    single = [topic for topic in topics if topic.partition(".")[0] not in wide]
    match = Match(
        topics=tuple(sorted((*(f"{pattern}.*" for pattern in exactly(wide)), *exactly(single)))),
        groups=exactly(names.get(NodeKind.GROUP, [])),
        transactional_ids=exactly(_transactional_ids(nodes)),
        producers=exactly([*names.get(NodeKind.CLIENT, []), *names.get(NodeKind.PRINCIPAL, [])]),
        connectors=exactly(names.get(NodeKind.CONNECTOR, [])),
        externals=exactly(f"{n.id.namespace}/{n.id.name}" for n in nodes if n.id.kind is NodeKind.EXTERNAL),
    )
    declared = next((node for node in nodes if node.id.kind is NodeKind.SYSTEM), None)
    title = str(dict(declared.attributes).get("title", "")) if declared else ""
    categories = tuple(filter(str.strip, declared.categories)) if declared else ()
    return DraftSystem(name, title if title.strip() else name, match, categories)


def _transactional_ids(nodes: Iterable[Node]) -> list[str]:
    producers = (node for node in nodes if node.id.kind is NodeKind.PRODUCER)
    words = (str(dict(node.attributes).get("transactional_id", "")) for node in producers)
    return [name for word in words for name in word.split(", ")]


def _flows(snapshot: GraphSnapshot) -> dict[tuple[str, str], list[Edge]]:
    system_of = {node.id: node.system for node in snapshot.nodes}
    flows: dict[tuple[str, str], list[Edge]] = {}
    for edge in snapshot.edges:
        ends = system_of[edge.source], system_of[edge.target]
        is_sight = edge.kind not in _NO_SIGHT and edge.tier is not Tier.DECLARED
        if is_sight and ends[0] != ends[1] and all(end.strip() for end in ends):
            flows.setdefault(ends, []).append(edge)
    return flows


def _flow(ends: tuple[str, str], edges: list[Edge]) -> DraftFlow:
    channels = sorted({evidence.channel.value for edge in edges for evidence in edge.evidence})
    since = iso_time(min(edge.first_seen_ms for edge in edges))
    return DraftFlow(*ends, notes=(f"{_tier(edges).value} by {', '.join(channels)}, first seen {since}",))


def _unsure(ends: tuple[str, str], edges: list[Edge]) -> str:
    return f"{ends[0]} → {ends[1]}: {_tier(edges).value} only, look before you declare it"


def _homeless(snapshot: GraphSnapshot) -> Iterable[Node]:
    """Nodes without a system; a producer id is nothing that a topology could name."""
    return (node for node in snapshot.nodes if not node.system.strip() and node.id.kind is not NodeKind.PRODUCER)


def _tier(edges: Iterable[Edge]) -> Tier:
    return strongest(edge.tier for edge in edges)
