"""The graph document `flowaudit.graph/v1`: snapshot ↔ bytes. Canonical JSON (RFC 8785): equal graphs, equal bytes."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import msgspec

from flowaudit.graph.canonical import canonical_json, canonical_values
from flowaudit.graph.document_form import (
    ClusterForm,
    CoverageForm,
    DocumentForm,
    EdgeForm,
    EvidenceForm,
    HiddenForm,
    LagForm,
    NodeForm,
    SchemaForm,
    SourceForm,
    TappedForm,
    WindowForm,
)
from flowaudit.graph.document_reading import read_form
from flowaudit.graph.errors import GraphUnreadable
from flowaudit.graph.evidence import Evidence
from flowaudit.graph.identity import NodeId, NodeKind, edge_id
from flowaudit.graph.identity_document import cluster_form, inference_form, sampling_form, without_flow_form
from flowaudit.graph.identity_form import IdentifierForm, JoinForm, LinkageForm
from flowaudit.graph.snapshot import SCHEMA, CheckedSource, Edge, GraphSnapshot, Node
from flowaudit.graph.times import iso_time


def dump(snapshot: GraphSnapshot) -> bytes:
    """The document of a snapshot: UTF-8 JSON in canonical form (RFC 8785), without a newline at the end."""
    return canonical_json(_document(snapshot), ascii_keys=_has_ascii_keys(snapshot))


def load(data: bytes, name: str) -> GraphSnapshot:
    """Read a document; `name` is the file's, for messages. `dump(load(data, …)) == data` for what `dump` wrote.

    Raises:
        GraphUnreadable: no JSON, no graph document, one of another version, or one that contradicts itself.
    """
    try:
        schema = msgspec.json.decode(data, type=SchemaForm).schema
        if schema != SCHEMA:
            msg = f"{name}: a document of schema {schema[:80]!r}; this command reads {SCHEMA}"
            raise GraphUnreadable(msg)
        return read_form(msgspec.json.decode(data, type=DocumentForm))
    except msgspec.ValidationError as error:
        msg = f"{name}: not a graph document ({SCHEMA}): {error}"
        raise GraphUnreadable(msg) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"{name}: not JSON; a graph is written by `flowaudit snapshot --output FILE`"
        raise GraphUnreadable(msg) from error
    except ValueError as error:
        msg = f"{name}: a graph document that contradicts itself: {error}"
        raise GraphUnreadable(msg) from error


def document_ids(nodes: tuple[Node, ...]) -> dict[NodeId, str]:
    """How the document writes each node's identity: `kind:name`, with the namespace where two would be the same."""
    shared = Counter(node.id.document_id for node in nodes)
    return {
        node.id: node.id.document_id
        if shared[node.id.document_id] == 1
        else f"{node.id.document_id} {node.id.namespace}"
        for node in nodes
    }


def _has_ascii_keys(snapshot: GraphSnapshot) -> bool:
    attributes = (node.attributes for node in snapshot.nodes)
    details = (evidence.detail for edge in snapshot.edges for evidence in edge.evidence)
    return all(key.isascii() for values in chain(attributes, details) for key, _ in values)


def _document(snapshot: GraphSnapshot) -> DocumentForm:
    ids = document_ids(snapshot.nodes)
    return DocumentForm(
        schema=SCHEMA,
        cluster=ClusterForm(snapshot.cluster.id, snapshot.cluster.namespace),
        window=WindowForm(iso_time(snapshot.window.from_ms), iso_time(snapshot.window.to_ms)),
        nodes=[_node(node, ids, snapshot.cluster.namespace) for node in snapshot.nodes],
        edges=[_edge(edge, ids) for edge in snapshot.edges],
        linkage=_linkage(snapshot),
        coverage=CoverageForm(
            [
                TappedForm(t.topic, t.partitions, t.audited, t.quarantined, t.invisible, t.truncated)
                for t in snapshot.coverage.tapped
            ],
            [HiddenForm(h.subject, h.name, h.reason, h.hides, h.channel) for h in snapshot.coverage.not_visible],
            [_source(source) for source in snapshot.coverage.sources],
        ),
    )


def _linkage(snapshot: GraphSnapshot) -> LinkageForm:
    return LinkageForm(
        [IdentifierForm(field.topic, field.path, field.field_class) for field in snapshot.identifiers],
        [
            JoinForm(
                join.upstream_topic,
                join.upstream_path,
                join.downstream_topic,
                join.downstream_path,
                join.sightings,
                join.tier,
                iso_time(join.first_seen_ms),
            )
            for join in snapshot.joins
        ],
        [cluster_form(cluster) for cluster in snapshot.clusters],
        [without_flow_form(found) for found in snapshot.same_people],
        sampling_form(snapshot.sampling),
    )


def _source(source: CheckedSource) -> SourceForm:
    last_success = iso_time(source.last_success_ms) if source.last_success_ms else None
    return SourceForm(source.name, source.duration_ms, source.failure, last_success)


def _node(node: Node, ids: dict[NodeId, str], cluster_namespace: str) -> NodeForm:
    usual = "" if node.id.kind is NodeKind.SYSTEM else cluster_namespace
    return NodeForm(
        id=ids[node.id],
        kind=node.id.kind,
        name=node.id.name,
        system=node.system,
        categories=list(node.categories),
        attributes=canonical_values(dict(node.attributes)),
        namespace=None if node.id.namespace == usual else node.id.namespace,
    )


def _edge(edge: Edge, ids: dict[NodeId, str]) -> EdgeForm:
    return EdgeForm(
        id=edge_id(edge.source, edge.target, edge.kind.value),
        kind=edge.kind,
        source=ids[edge.source],
        target=ids[edge.target],
        tier=edge.tier,
        verdict=edge.verdict,
        records=edge.records,
        first_seen=iso_time(edge.first_seen_ms),
        last_seen=iso_time(edge.last_seen_ms),
        fields=list(edge.fields),
        alternates=list(edge.alternates),
        evidence=[_evidence(evidence) for evidence in edge.evidence],
        lag_ms=None if edge.lag is None else LagForm(edge.lag.p50_ms, edge.lag.p95_ms),
        inference=inference_form(edge.inference),
        verdict_reason=edge.verdict_reason,
    )


def _evidence(evidence: Evidence) -> EvidenceForm:
    return EvidenceForm(
        channel=evidence.channel,
        tier=evidence.tier,
        first_seen=iso_time(evidence.first_seen_ms),
        last_seen=iso_time(evidence.last_seen_ms),
        reference=evidence.reference,
        detail=canonical_values(dict(evidence.detail)),
    )
