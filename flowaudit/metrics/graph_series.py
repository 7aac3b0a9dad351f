"""A snapshot → series. Node and edge series come from the same snapshot: an edge's ends are always among the nodes."""

from __future__ import annotations

from collections import Counter

from flowaudit.graph.document import document_ids
from flowaudit.graph.evidence import Verdict
from flowaudit.graph.identity import NodeId, edge_id
from flowaudit.graph.snapshot import Edge, GraphSnapshot, Node
from flowaudit.metrics import families
from flowaudit.metrics.budget import SeriesBudget, foremost
from flowaudit.metrics.flows import TIER_RANK, Flow, flows_between_systems
from flowaudit.metrics.labels import alias
from flowaudit.metrics.page import Page

PART = "graph"
_SERIES_PER_EDGE = 2


def _series_of(edge: Edge) -> int:
    return _SERIES_PER_EDGE + (edge.inference is not None)


def _importance(edge: Edge) -> tuple[bool, int, str, str, str]:
    """Undeclared flows first, then those with the best evidence."""
    undeclared = edge.verdict is Verdict.UNDECLARED
    return not undeclared, TIER_RANK[edge.tier], edge.source.name, edge.target.name, edge.kind.value


def _flow_importance(flow: Flow) -> tuple[bool, int, str, str]:
    return flow.verdict is not Verdict.UNDECLARED, TIER_RANK[flow.tier], flow.source, flow.target


def put_totals(page: Page, cluster: str, snapshot: GraphSnapshot) -> None:
    """How many nodes and edges there are, and what was not visible."""
    for kind, count in Counter(node.id.kind for node in snapshot.nodes).items():
        page.set(families.NODES, (cluster, kind.value), count)
    for (edge_kind, tier, verdict), count in Counter((e.kind, e.tier, e.verdict) for e in snapshot.edges).items():
        page.set(families.EDGES, (cluster, edge_kind.value, tier.value, verdict.value), count)
    page.set(families.SNAPSHOT_TIMESTAMP, (cluster,), snapshot.window.to_ms / 1000)


def put_not_visible(page: Page, budget: SeriesBudget, cluster: str, snapshot: GraphSnapshot) -> None:
    """What the audit could not see, counted by what it is and why."""
    hidden = Counter((h.subject, h.reason) for h in snapshot.coverage.not_visible)
    for subject, reason in budget.choose("not_visible", list(hidden), series_each=1, share=0.1, first=lambda key: key):
        page.set(families.NOT_VISIBLE, (cluster, subject, reason), hidden[subject, reason])
    channels = Counter(h.channel for h in snapshot.coverage.not_visible if h.channel is not None)
    for channel, count in channels.items():
        page.set(families.CHANNEL_NOT_VISIBLE, (cluster, channel.value), count)
        budget.spend(1)


def put_flows(page: Page, budget: SeriesBudget, cluster: str, snapshot: GraphSnapshot) -> None:
    """Flows between systems."""
    flows = flows_between_systems(snapshot)
    for flow in budget.choose("flows", flows, series_each=3, share=0.2, first=_flow_importance):
        ends = (cluster, flow.source, flow.target)
        page.set(families.FLOW_INFO, (*ends, flow.tier.value, flow.verdict.value), 1)
        page.set(families.FLOW_RECORDS, ends, flow.records)
        page.set(families.FLOW_LAST_SEEN, ends, flow.last_seen_ms / 1000)


def put_graph(page: Page, budget: SeriesBudget, cluster: str, snapshot: GraphSnapshot) -> None:
    """Edges, the nodes at their ends, then as many of the other nodes as there is room for."""
    nodes = {node.id: node for node in snapshot.nodes}
    candidates = foremost(snapshot.edges, budget.left // _SERIES_PER_EDGE, _importance)
    kept: list[Edge] = []
    shown: set[NodeId] = set()
    for edge in candidates:
        ends = {edge.source, edge.target}
        cost = _series_of(edge) + len(ends - shown)
        if cost <= budget.left and ends <= nodes.keys():
            budget.spend(cost)
            shown |= ends
            kept.append(edge)
    budget.drop(PART, sum(map(_series_of, snapshot.edges)) - sum(map(_series_of, kept)))
    lone = [node for node in snapshot.nodes if node.id not in shown]
    chosen = budget.choose(PART, lone, series_each=1, share=1, first=lambda node: node.id)
    listed = [nodes[node_id] for node_id in sorted(shown | {node.id for node in chosen})]
    names = {node: alias(node) or name for node, name in document_ids(tuple(listed)).items()}
    _put_nodes(page, cluster, listed, names, snapshot.edges)
    _put_edges(page, cluster, kept, names)


def _put_nodes(page: Page, cluster: str, nodes: list[Node], names: dict[NodeId, str], edges: tuple[Edge, ...]) -> None:
    arrived: Counter[NodeId] = Counter()
    left: Counter[NodeId] = Counter()
    for edge in edges:
        arrived[edge.target] += edge.records
        left[edge.source] += edge.records
    for node in nodes:
        title = alias(node.id) or node.id.name
        labels = (cluster, names[node.id], title, node.system or node.id.kind.value, node.id.kind.value)
        page.set(families.NODE_RECORDS, labels, max(arrived[node.id], left[node.id]))


def _put_edges(page: Page, cluster: str, edges: list[Edge], names: dict[NodeId, str]) -> None:
    for edge in edges:
        source, target = names[edge.source], names[edge.target]
        ends = (cluster, edge_id(edge.source, edge.target, edge.kind.value), source, target)
        page.set(families.EDGE_INFO, (*ends, edge.kind.value, edge.tier.value, edge.verdict.value), 1)
        page.set(families.EDGE_RECORDS, ends, edge.records)
        if edge.inference is not None:
            page.set(families.EDGE_CONFIDENCE, ends, edge.inference.confidence)
