"""Putting the drafts together: nodes with their systems, edges with their verdicts, and what could not be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from flowaudit.graph.accumulators import Accumulators
from flowaudit.graph.clock_limits import wrong_clocks
from flowaudit.graph.could_show import watch_of
from flowaudit.graph.declared_edges import declared_evidence, system_nodes, unseen_edges
from flowaudit.graph.draft import EdgeDraft, NodeDraft, NodeName, group_node, topic_node
from flowaudit.graph.evidence import EdgeKind, Evidence, by_strength, strongest
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.identity_clusters import Known, identity_clusters
from flowaudit.graph.identity_view import Sampling
from flowaudit.graph.internal import is_internal_name
from flowaudit.graph.limits import not_visible
from flowaudit.graph.linkage_facts import derives_edges, joins
from flowaudit.graph.owners import Owners
from flowaudit.graph.permits import Permits, permits
from flowaudit.graph.placing import attributes_of, system_of, topics_written
from flowaudit.graph.same_people import people_without_flow
from flowaudit.graph.snapshot import Cluster, Coverage, Edge, GraphSnapshot, Node, Window
from flowaudit.graph.systems import Systems
from flowaudit.graph.unread_fields import encrypted_fields, unresolved_digests
from flowaudit.graph.verdicts import Judge, topic_of
from flowaudit.graph.writers import Writers
from flowaudit.linkage.derived import Inferred

_Ends = tuple[NodeName, NodeName, EdgeKind]


@dataclass(frozen=True, slots=True)
class Parts:
    """All that a snapshot is made of."""

    cluster: Cluster
    window: Window
    held: Accumulators
    writers: Writers
    owners: Owners
    seen: tuple[EdgeDraft, ...]
    """What `seen_edges` yields, every end drawn as its owner."""
    inferred: Inferred
    systems: Systems
    k_anonymity: int


def assemble(parts: Parts) -> GraphSnapshot:
    """Make the snapshot: nodes sorted by identity, edges by (source, target, kind)."""
    held = parts.held
    seen = [*parts.seen, *derives_edges(parts.inferred.edges, parts.k_anonymity)]
    allowed = permits(held, parts.owners, seen)
    drafts = _merge([*seen, *allowed.edges])
    own_groups = held.groups.auditor_groups()
    internal = held.topics.internal_topics() | _internal_ends(drafts)
    omitted = {group_node(group) for group in own_groups} | {topic_node(topic) for topic in internal}
    drafts = {ends: merged for ends, merged in drafts.items() if ends[0] not in omitted and ends[1] not in omitted}
    nodes = {name: node for name, node in _nodes(parts, allowed, drafts).items() if name not in omitted}
    judge = Judge(parts.systems)
    edges = [_edge(merged, nodes, parts.systems, judge, allowed.evidence.get(ends)) for ends, merged in drafts.items()]
    known = Known(
        people=held.people,
        classes=held.linkage.classes(),
        paths=held.linkage.paths(),
        derived=parts.inferred.edges,
        omitted=frozenset(internal),
        k_anonymity=parts.k_anonymity,
    )
    beside = (
        *allowed.hidden,
        *unresolved_digests(held.digests.unresolved(), known),
        *encrypted_fields(held.linkage.reasons(), known),
        *wrong_clocks(held.clocks, known.omitted),
    )
    hidden = not_visible(held, parts.writers, edges, beside, (own_groups, internal), parts.window.to_ms)
    coverage = Coverage(held.topics.tapped(), hidden, held.health.sources())
    edges += _unseen(parts, edges, nodes.values(), coverage)
    return GraphSnapshot(
        cluster=parts.cluster,
        window=parts.window,
        nodes=tuple(sorted((*nodes.values(), *system_nodes(parts.systems)), key=lambda node: node.id)),
        edges=tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind))),
        identifiers=held.linkage.identifiers(parts.inferred.edges),
        joins=joins(parts.inferred.edges, parts.k_anonymity),
        clusters=identity_clusters(known),
        same_people=people_without_flow(parts.inferred.same_people, known),
        sampling=_sampling(held),
        coverage=coverage,
    )


def seen_edges(held: Accumulators, writers: Writers) -> Iterator[EdgeDraft]:
    """Everything that any source saw of who reads and who writes, under the names by which it was seen."""
    yield from held.groups.edges()
    yield from held.transactions.edges()
    yield from held.streams.edges(held.topics.listed_topics(), held.topics.topics_with_records())
    yield from held.connect.edges()
    yield from held.clients.edges()
    yield from held.headers.edges()
    yield from writers.edges()


def _node_drafts(parts: Parts) -> Iterator[NodeDraft]:
    held = parts.held
    yield from held.topics.nodes()
    yield from held.groups.nodes()
    yield from held.streams.nodes(held.topics.listed_topics())
    yield from held.connect.nodes()
    yield from held.clients.nodes()
    yield from held.headers.nodes()
    yield from parts.writers.nodes()


def _sampling(held: Accumulators) -> Sampling | None:
    sampling = held.people.sampling()
    if sampling is None:
        return None
    return replace(sampling, records=held.linkage.records_share(), digests=held.digests.kept)


def _merge(drafts: Iterable[EdgeDraft]) -> dict[_Ends, list[EdgeDraft]]:
    merged: dict[_Ends, list[EdgeDraft]] = {}
    for draft in drafts:
        merged.setdefault((draft.source, draft.target, draft.kind), []).append(draft)
    return merged


def _internal_ends(drafts: Iterable[_Ends]) -> set[str]:
    ends = {end for source, target, _ in drafts for end in (source, target)}
    return {end.name for end in ends if end.kind is NodeKind.TOPIC and is_internal_name(end.name)}


def _nodes(parts: Parts, allowed: Permits, drafts: Iterable[_Ends]) -> dict[NodeName, Node]:
    """A node a name, whether a source listed it or only an edge mentions it."""
    attributes = attributes_of((*parts.owners.nodes(_node_drafts(parts)), *allowed.nodes))
    names = attributes.keys() | {end for source, target, _ in drafts for end in (source, target)}
    written = topics_written(drafts)
    nodes: dict[NodeName, Node] = {}
    for node in names:
        known = attributes.get(node, ())
        system = system_of(node, known, parts.systems, written.get(node, ()))
        identity = NodeId(node.kind, node.namespace or parts.cluster.namespace, node.name)
        topic = node.name if node.kind is NodeKind.TOPIC else None
        nodes[node] = Node(identity, system, parts.systems.categories(system, topic), known)
    return nodes


def _unseen(parts: Parts, edges: Iterable[Edge], nodes: Iterable[Node], coverage: Coverage) -> list[Edge]:
    tapped = (tapped.topic for tapped in coverage.tapped if tapped.audited)
    since_ms = parts.held.watching.since_ms()
    watch = watch_of(since_ms, coverage.not_visible, coverage.sources, tapped, parts.systems)
    return unseen_edges(edges, {node.id: node.system for node in nodes}, parts.systems, watch)


def _edge(
    drafts: list[EdgeDraft],
    nodes: Mapping[NodeName, Node],
    systems: Systems,
    judge: Judge,
    permission: Evidence | None,
) -> Edge:
    """What is declared or permitted stands beside what was seen: it dates no edge and makes none stronger."""
    first = drafts[0]
    source, target = nodes[first.source], nodes[first.target]
    seen = sorted({draft.evidence for draft in drafts}, key=by_strength)
    beside = declared_evidence(systems, source.system, target.system, topic_of(source.id, target.id))
    if permission is not None:
        beside = (permission, *beside)
    judgement = judge.judge(source, target, first.kind)
    return Edge(
        source=source.id,
        target=target.id,
        kind=first.kind,
        tier=strongest(evidence.tier for evidence in seen),
        verdict=judgement.verdict,
        records=max(draft.records for draft in drafts),
        first_seen_ms=min(evidence.first_seen_ms for evidence in seen),
        last_seen_ms=max(evidence.last_seen_ms for evidence in seen),
        evidence=tuple(sorted((*seen, *beside), key=by_strength)),
        lag=next((draft.lag for draft in drafts if draft.lag is not None), None),
        fields=tuple(sorted({pair for draft in drafts for pair in draft.fields})),
        alternates=tuple(sorted({name for draft in drafts for name in draft.alternates})),
        inference=next((draft.inference for draft in drafts if draft.inference is not None), None),
        verdict_reason=judgement.reason,
    )
