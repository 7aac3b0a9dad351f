"""Putting the drafts together: nodes with their systems, edges with their verdicts, and what could not be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flowaudit.facts import Channel
from flowaudit.graph.declared_edges import declared_evidence, phantom_edges, system_nodes
from flowaudit.graph.draft import EdgeDraft, NodeDraft, NodeName, group_node, topic_node
from flowaudit.graph.evidence import Detail, EdgeKind, Verdict, by_strength, strongest
from flowaudit.graph.group_facts import GroupFacts
from flowaudit.graph.health_facts import HealthFacts
from flowaudit.graph.hidden_facts import HiddenFacts, left_out, readers_without_group, unknown_writers
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.internal import is_internal_name
from flowaudit.graph.linkage_facts import LinkageFacts, derives_edges, joins
from flowaudit.graph.owners import Owners
from flowaudit.graph.producer_facts import ProducerFacts
from flowaudit.graph.snapshot import Cluster, Coverage, Edge, GraphSnapshot, Hidden, Node, Window
from flowaudit.graph.systems import Systems
from flowaudit.graph.topic_facts import TopicFacts
from flowaudit.linkage.derived import DerivedEdge

_Ends = tuple[NodeName, NodeName, EdgeKind]


@dataclass(frozen=True, slots=True)
class Parts:
    """All that a snapshot is made of."""

    cluster: Cluster
    window: Window
    topics: TopicFacts
    groups: GroupFacts
    producers: ProducerFacts
    linkage: LinkageFacts
    derived: tuple[DerivedEdge, ...]
    systems: Systems
    hidden: HiddenFacts
    last_heard_ms: Mapping[Channel, int]
    health: HealthFacts
    k_anonymity: int


def assemble(parts: Parts) -> GraphSnapshot:
    """Make the snapshot: nodes sorted by identity, edges by (source, target, kind)."""
    owners = Owners({})
    drafts = _merge(owners.edges(_edge_drafts(parts)))
    own_groups = parts.groups.auditor_groups()
    internal = parts.topics.internal_topics() | _internal_ends(drafts)
    omitted = {group_node(group) for group in own_groups} | {topic_node(topic) for topic in internal}
    drafts = {ends: merged for ends, merged in drafts.items() if ends[0] not in omitted and ends[1] not in omitted}
    nodes = {name: node for name, node in _nodes(parts, owners, drafts).items() if name not in omitted}
    edges = [_edge(merged, nodes, parts.systems) for merged in drafts.values()]
    edges += phantom_edges(edges, {node.id: node.system for node in nodes.values()}, parts.systems)
    return GraphSnapshot(
        cluster=parts.cluster,
        window=parts.window,
        nodes=tuple(sorted((*nodes.values(), *system_nodes(parts.systems)), key=lambda node: node.id)),
        edges=tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind))),
        identifiers=parts.linkage.identifiers(parts.derived),
        joins=joins(parts.derived, parts.k_anonymity),
        coverage=Coverage(
            parts.topics.tapped(),
            _not_visible(parts, edges, left_out(own_groups, internal)),
            parts.health.sources(),
        ),
    )


def _edge_drafts(parts: Parts) -> Iterator[EdgeDraft]:
    yield from parts.groups.edges()
    yield from parts.producers.edges()
    yield from derives_edges(parts.derived, parts.k_anonymity)


def _node_drafts(parts: Parts) -> Iterator[NodeDraft]:
    yield from parts.topics.nodes()
    yield from parts.groups.nodes()
    yield from parts.producers.nodes()


def _merge(drafts: Iterable[EdgeDraft]) -> dict[_Ends, list[EdgeDraft]]:
    merged: dict[_Ends, list[EdgeDraft]] = {}
    for draft in drafts:
        merged.setdefault((draft.source, draft.target, draft.kind), []).append(draft)
    return merged


def _internal_ends(drafts: Iterable[_Ends]) -> set[str]:
    ends = {end for source, target, _ in drafts for end in (source, target)}
    return {end.name for end in ends if end.kind is NodeKind.TOPIC and is_internal_name(end.name)}


def _nodes(parts: Parts, owners: Owners, drafts: Iterable[_Ends]) -> dict[NodeName, Node]:
    """A node a name, whether a source listed it or only an edge mentions it."""
    attributes = _attributes(owners.nodes(_node_drafts(parts)))
    names = attributes.keys() | {end for source, target, _ in drafts for end in (source, target)}
    written = _written_topics(drafts)
    nodes: dict[NodeName, Node] = {}
    for node in names:
        known = attributes.get(node, ())
        system = _system(node, known, parts.systems, written)
        identity = NodeId(node.kind, node.namespace or parts.cluster.namespace, node.name)
        nodes[node] = Node(identity, system, parts.systems.categories(system), known)
    return nodes


def _attributes(drafts: Iterable[NodeDraft]) -> dict[NodeName, Detail]:
    """All that is known of each node; where two sources disagree, the larger word stands, whoever came first."""
    attributes: dict[NodeName, set[tuple[str, str | int | float]]] = {}
    for draft in drafts:
        attributes.setdefault(draft.node, set()).update(draft.attributes)
    return {node: tuple(dict(sorted(known, key=_by_key)).items()) for node, known in attributes.items()}


def _by_key(item: tuple[str, str | int | float]) -> tuple[str, str]:
    return item[0], str(item[1])


def _written_topics(drafts: Iterable[_Ends]) -> dict[NodeName, set[str]]:
    written: dict[NodeName, set[str]] = {}
    for source, target, kind in drafts:
        if kind is EdgeKind.PRODUCES:
            written.setdefault(source, set()).add(target.name)
    return written


def _system(node: NodeName, known: Detail, systems: Systems, written: Mapping[NodeName, set[str]]) -> str:
    match node.kind:
        case NodeKind.TOPIC:
            return systems.of_topic(node.name)
        case NodeKind.GROUP | NodeKind.CLIENT:
            return systems.of_program(node.name)
        case NodeKind.CONNECTOR:
            groups = (str(value) for key, value in known if key == "group")
            return systems.of_program(node.name, *groups)
        case NodeKind.PRODUCER:
            # A producer id has no name. One that writes the topics of a single system is taken for a part of it.
            candidates = {systems.of_topic(topic) for topic in written.get(node, ())}
            return candidates.pop() if len(candidates) == 1 else ""
        case NodeKind.EXTERNAL | NodeKind.PRINCIPAL | NodeKind.SYSTEM:
            return ""


def _verdict(source: Node, target: Node, systems: Systems) -> Verdict:
    # A producer's system is read off the topic that it writes, so it cannot confirm that it may write there.
    if source.id.kind is NodeKind.PRODUCER:
        return Verdict.UNJUDGED
    return systems.verdict(source.system, target.system)


def _edge(drafts: list[EdgeDraft], nodes: dict[NodeName, Node], systems: Systems) -> Edge:
    first = drafts[0]
    source, target = nodes[first.source], nodes[first.target]
    seen = [draft.evidence for draft in drafts]
    told = declared_evidence(systems, source.system, target.system)
    return Edge(
        source=source.id,
        target=target.id,
        kind=first.kind,
        tier=strongest(evidence.tier for evidence in seen),
        verdict=_verdict(source, target, systems),
        records=max(draft.records for draft in drafts),
        first_seen_ms=min(evidence.first_seen_ms for evidence in seen),
        last_seen_ms=max(evidence.last_seen_ms for evidence in seen),
        evidence=tuple(sorted((*seen, *told), key=by_strength)),
        lag=next((draft.lag for draft in drafts if draft.lag is not None), None),
        fields=tuple(sorted({pair for draft in drafts for pair in draft.fields})),
        alternates=tuple(sorted({name for draft in drafts for name in draft.alternates})),
    )


def _not_visible(parts: Parts, edges: Iterable[Edge], omitted: Iterable[Hidden]) -> tuple[Hidden, ...]:
    groups = {edge.target.name for edge in edges if edge.kind is EdgeKind.CONSUMES}
    with_writer = {edge.target.name for edge in edges if edge.kind is EdgeKind.PRODUCES}
    with_records = {tapped.topic for tapped in parts.topics.tapped() if tapped.audited}
    hidden = {
        *parts.hidden.hidden(parts.topics.tapped_topics(), groups, parts.last_heard_ms),
        *unknown_writers(parts.topics.data_topics(), with_records, with_writer),
        readers_without_group(),
        *omitted,
    }
    return tuple(sorted(hidden, key=lambda one: (one.subject, one.name, one.reason, one.hides, one.channel or "")))
