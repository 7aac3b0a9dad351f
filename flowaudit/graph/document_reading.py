"""The graph document's types → snapshot."""

from __future__ import annotations

from collections.abc import Mapping

from flowaudit.graph.canonical import Scalar
from flowaudit.graph.document_form import DocumentForm, EdgeForm, EvidenceForm, NodeForm, SourceForm
from flowaudit.graph.evidence import Detail, Evidence, Lag
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.identity_document import read_cluster, read_inference, read_sampling, read_without_flow
from flowaudit.graph.snapshot import (
    CheckedSource,
    Cluster,
    Coverage,
    Edge,
    GraphSnapshot,
    Hidden,
    IdentityField,
    Join,
    Node,
    TappedTopic,
    Window,
)
from flowaudit.graph.times import read_time


def read_form(form: DocumentForm) -> GraphSnapshot:
    """The snapshot of a document, sorted as snapshots are.

    Raises:
        ValueError: two nodes or edges of one identity, an edge to a node that is not there, or a time that is none.
    """
    nodes = _nodes(form)
    edges = [_edge(edge, nodes) for edge in form.edges]
    if len({(edge.source, edge.target, edge.kind) for edge in edges}) < len(edges):
        msg = "two edges have the same source, target and kind"
        raise ValueError(msg)
    return GraphSnapshot(
        cluster=Cluster(form.cluster.id, form.cluster.namespace),
        window=Window(read_time(form.window.from_), read_time(form.window.to)),
        nodes=tuple(sorted(nodes.values(), key=lambda node: node.id)),
        edges=tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind))),
        identifiers=tuple(IdentityField(f.topic, f.path, f.field_class) for f in form.linkage.identifiers),
        joins=tuple(
            Join(
                join.upstream_topic,
                join.upstream_path,
                join.downstream_topic,
                join.downstream_path,
                join.sightings,
                join.tier,
                read_time(join.first_seen),
            )
            for join in form.linkage.joins
        ),
        clusters=tuple(read_cluster(cluster) for cluster in form.linkage.clusters),
        same_people=tuple(read_without_flow(found) for found in form.linkage.same_people),
        sampling=read_sampling(form.linkage.sampling),
        coverage=Coverage(
            tuple(
                TappedTopic(t.topic, t.partitions, t.audited, t.quarantined, t.invisible, t.truncated)
                for t in form.coverage.tapped
            ),
            tuple(Hidden(h.subject, h.name, h.reason, h.hides, h.channel) for h in form.coverage.not_visible),
            tuple(_source(source) for source in form.coverage.sources),
        ),
    )


def _source(form: SourceForm) -> CheckedSource:
    last_success_ms = 0 if form.last_success is None else read_time(form.last_success)
    return CheckedSource(form.name, last_success_ms, form.duration_ms, form.failure)


def _nodes(form: DocumentForm) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for node in form.nodes:
        if node.id in nodes:
            msg = f"two nodes have the id {node.id!r}"
            raise ValueError(msg)
        nodes[node.id] = _node(node, form.cluster.namespace)
    if len({node.id for node in nodes.values()}) < len(nodes):
        msg = "two nodes have the same kind, namespace and name"
        raise ValueError(msg)
    return nodes


def _node(form: NodeForm, cluster_namespace: str) -> Node:
    usual = "" if form.kind is NodeKind.SYSTEM else cluster_namespace
    identity = NodeId(form.kind, usual if form.namespace is None else form.namespace, form.name)
    return Node(identity, form.system, tuple(form.categories), _detail(form.attributes))


def _edge(form: EdgeForm, nodes: Mapping[str, Node]) -> Edge:
    for end in (form.source, form.target):
        if end not in nodes:
            msg = f"edge {form.id!r} names a node {end!r} that is not in the document"
            raise ValueError(msg)
    return Edge(
        source=nodes[form.source].id,
        target=nodes[form.target].id,
        kind=form.kind,
        tier=form.tier,
        verdict=form.verdict,
        records=form.records,
        first_seen_ms=read_time(form.first_seen),
        last_seen_ms=read_time(form.last_seen),
        evidence=tuple(_evidence(evidence) for evidence in form.evidence),
        lag=None if form.lag_ms is None else Lag(form.lag_ms.p50, form.lag_ms.p95),
        fields=tuple((upstream, downstream) for upstream, downstream in form.fields),
        alternates=tuple(form.alternates),
        inference=read_inference(form.inference),
        verdict_reason=form.verdict_reason,
    )


def _evidence(form: EvidenceForm) -> Evidence:
    first_ms, last_ms = read_time(form.first_seen), read_time(form.last_seen)
    return Evidence(form.channel, form.tier, first_ms, last_ms, form.reference, _detail(form.detail))


def _detail(values: Mapping[str, Scalar]) -> Detail:
    return tuple(sorted(values.items()))
