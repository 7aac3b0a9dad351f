"""Every query of the dashboard, by name. `JOB` selects the scraped flowaudit, `CLUSTER` the audited cluster too."""

from __future__ import annotations

from typing import Final

JOB: Final = 'job=~"$job", instance=~"$instance"'
CLUSTER: Final = f'{JOB}, kafka_cluster=~"$kafka_cluster"'

UP: Final = f"min(flowaudit_up{{{CLUSTER}}})"
NODES: Final = f"sum(flowaudit_graph_nodes{{{CLUSTER}}})"
EDGES: Final = f"sum(flowaudit_graph_edges{{{CLUSTER}}})"
UNDECLARED: Final = f'count(flowaudit_flow_info{{{CLUSTER}, verdict="undeclared"}}) or vector(0)'
NOT_VISIBLE: Final = f"sum(flowaudit_not_visible{{{CLUSTER}}}) or vector(0)"
DROPPED: Final = f"sum(increase(flowaudit_series_dropped_total{{{JOB}}}[$__rate_interval]))"

_COLOURS: Final = (("topic", "#5794F2"), ("group", "#73BF69"), ("producer", "#FF9830"), ("system", "#B877D9"))


def _replaced(query: str, label: str, value: str, source: str, pattern: str) -> str:
    return f'label_replace({query}, "{label}", "{value}", "{source}", "{pattern}")'


def _graph_nodes() -> str:
    """The columns that the node graph panel reads: id, title, subtitle, detail__kind, color."""
    query = f"max by (id, title, subtitle, kind) (flowaudit_graph_node_records{{{CLUSTER}}})"
    query = _replaced(query, "detail__kind", "$1", "kind", "(.*)")
    for kind, colour in _COLOURS:
        query = _replaced(query, "color", colour, "kind", kind)
    return query


def _graph_edges() -> str:
    """The columns that the panel reads: id, source, target, mainstat (the tier), detail__*, color (red: undeclared)."""
    info = f"max by (id, source, target, kind, tier, verdict) (flowaudit_graph_edge_info{{{CLUSTER}}})"
    records = f"max by (id, source, target) (flowaudit_graph_edge_records{{{CLUSTER}}})"
    query = f"{info} * on (id, source, target) group_left () {records}"
    for label, source in (("mainstat", "tier"), ("detail__kind", "kind"), ("detail__verdict", "verdict")):
        query = _replaced(query, label, "$1", source, "(.*)")
    return _replaced(query, "color", "#E02F44", "verdict", "undeclared")


GRAPH_NODES: Final = _graph_nodes()
GRAPH_EDGES: Final = _graph_edges()

UNDECLARED_FLOWS: Final = (
    f'max by (source, target, tier) (flowaudit_flow_info{{{CLUSTER}, verdict="undeclared"}})'
    f" * on (source, target) group_left () max by (source, target) (flowaudit_flow_records{{{CLUSTER}}})"
)
UNDECLARED_LAST_SEEN: Final = (
    f'max by (source, target, tier) (flowaudit_flow_info{{{CLUSTER}, verdict="undeclared"}})'
    " * on (source, target) group_left ()"
    f" max by (source, target) (flowaudit_flow_last_seen_timestamp_seconds{{{CLUSTER}}}) * 1000"
)
EDGES_BY_TIER: Final = f"sum by (tier, verdict, kind) (flowaudit_graph_edges{{{CLUSTER}}})"
HIDDEN: Final = f"sum by (subject, reason) (flowaudit_not_visible{{{CLUSTER}}})"
CHANNEL_HIDDEN: Final = f"sum by (channel) (flowaudit_channel_not_visible{{{CLUSTER}}})"

COVERAGE: Final = {
    "audited": f"sum by (topic) (flowaudit_tap_audited_records_total{{{CLUSTER}}})",
    "quarantined": f"sum by (topic) (flowaudit_tap_quarantined_records_total{{{CLUSTER}}})",
    "invisible": f"sum by (topic) (flowaudit_tap_invisible_offsets_total{{{CLUSTER}}})",
    "truncated": f"sum by (topic) (flowaudit_tap_truncated_offsets_total{{{CLUSTER}}})",
    "behind": f"sum by (topic) (flowaudit_tap_lag_records{{{CLUSTER}}})",
}

TAPPED_RATE: Final = f"sum by (topic) (rate(flowaudit_tap_audited_records_total{{{CLUSTER}}}[$__rate_interval]))"
QUARANTINED_RATE: Final = (
    f"sum by (topic) (rate(flowaudit_tap_quarantined_records_total{{{CLUSTER}}}[$__rate_interval]))"
)
TAP_LAG: Final = f"sum by (topic) (flowaudit_tap_lag_records{{{CLUSTER}}})"
GROUP_LAG: Final = f"sum by (consumergroup, topic) (flowaudit_consumergroup_lag_records{{{CLUSTER}}})"
GROUP_MEMBERS: Final = f"sum by (consumergroup) (flowaudit_consumergroup_members{{{CLUSTER}}})"
TOPIC_PEOPLE: Final = f"max by (topic) (flowaudit_topic_people{{{CLUSTER}}})"
THETA: Final = f"min by (kind) (flowaudit_linkage_theta{{{CLUSTER}}})"
IDENTITY_CLUSTERS: Final = f"sum(flowaudit_identity_clusters{{{CLUSTER}}})"
SAME_PEOPLE: Final = f"sum by (reason) (flowaudit_same_people_pairs{{{CLUSTER}}})"
LEAST_SURE: Final = f"bottomk(20, max by (source, target) (flowaudit_graph_edge_confidence{{{CLUSTER}}}))"
SOURCE_AGE: Final = f"time() - max by (source) (flowaudit_source_last_success_timestamp_seconds{{{JOB}}})"
SOURCE_ERRORS: Final = (
    f"sum by (source) (rate(flowaudit_source_errors_total{{{JOB}}}[$__rate_interval]))"
    f" / sum by (source) (rate(flowaudit_source_polls_total{{{JOB}}}[$__rate_interval]))"
)
SOURCE_DURATION: Final = f"max by (source) (flowaudit_source_duration_seconds{{{JOB}}})"
LEDGER_RATE: Final = f"sum(rate(flowaudit_ledger_facts_total{{{JOB}}}[$__rate_interval]))"
COLLECT_DURATION: Final = f"max(flowaudit_collect_duration_seconds{{{JOB}}})"
