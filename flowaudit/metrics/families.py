"""Every metric's name, help text, type and labels. A metric that is not in here does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MetricType(StrEnum):
    """The Prometheus types in use."""

    GAUGE = "gauge"
    COUNTER = "counter"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric family. `name` is as it is scraped: counters end in `_total`."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    type: MetricType = MetricType.GAUGE


def _counter(name: str, text: str, labels: tuple[str, ...] = ()) -> Family:
    return Family(name, text, labels, MetricType.COUNTER)


BUILD_INFO = Family("flowaudit_build_info", "The running version of flowaudit; always 1.", ("version",))
UP = Family("flowaudit_up", "Did the audited cluster answer the last time it was asked?", ("kafka_cluster",))
SNAPSHOT_TIMESTAMP = Family(
    "flowaudit_snapshot_timestamp_seconds", "Up to when the exported graph's evidence goes.", ("kafka_cluster",)
)
COLLECT_DURATION = Family("flowaudit_collect_duration_seconds", "How long it took to make this page's series.")
SERIES_DROPPED = _counter(
    "flowaudit_series_dropped_total",
    "Series that were left out because of metrics.max_series, summed over all scrapes.",
    ("part",),
)

SOURCE_LAST_SUCCESS = Family(
    "flowaudit_source_last_success_timestamp_seconds",
    "When a source of evidence last answered; 0 is never.",
    ("source",),
)
SOURCE_DURATION = Family("flowaudit_source_duration_seconds", "How long a source's last poll took.", ("source",))
SOURCE_POLLS = _counter("flowaudit_source_polls_total", "How often a source was asked.", ("source",))
SOURCE_ERRORS = _counter("flowaudit_source_errors_total", "How often a source did not answer.", ("source",))
LEDGER_FACTS = _counter("flowaudit_ledger_facts_total", "Facts in the ledger, which only ever grows.")

NODES = Family("flowaudit_graph_nodes", "Nodes of the graph.", ("kafka_cluster", "kind"))
EDGES = Family("flowaudit_graph_edges", "Edges of the graph.", ("kafka_cluster", "kind", "tier", "verdict"))
NODE_RECORDS = Family(
    "flowaudit_graph_node_records",
    "Records that came into a node or went out of it, whichever is more.",
    ("kafka_cluster", "id", "title", "subtitle", "kind"),
)
EDGE_INFO = Family(
    "flowaudit_graph_edge_info",
    "An edge of the graph, with its best evidence and its verdict; always 1.",
    ("kafka_cluster", "id", "source", "target", "kind", "tier", "verdict"),
)
EDGE_RECORDS = Family(
    "flowaudit_graph_edge_records",
    "Records that went over an edge, as far as its evidence counts them.",
    ("kafka_cluster", "id", "source", "target"),
)
NOT_VISIBLE = Family(
    "flowaudit_not_visible",
    "Things that this audit could not see, by what they are and why.",
    ("kafka_cluster", "subject", "reason"),
)

CHANNEL_NOT_VISIBLE = Family(
    "flowaudit_channel_not_visible",
    "Things that an evidence channel was not allowed or not able to see.",
    ("kafka_cluster", "channel"),
)

FLOW_INFO = Family(
    "flowaudit_flow_info",
    "A flow between two systems, with its best evidence and its verdict; always 1.",
    ("kafka_cluster", "source", "target", "tier", "verdict"),
)
FLOW_RECORDS = Family(
    "flowaudit_flow_records", "Records that went from one system to another.", ("kafka_cluster", "source", "target")
)
FLOW_LAST_SEEN = Family(
    "flowaudit_flow_last_seen_timestamp_seconds",
    "When a flow between two systems was last seen.",
    ("kafka_cluster", "source", "target"),
)

EDGE_CONFIDENCE = Family(
    "flowaudit_graph_edge_confidence",
    "How likely (0-1) an edge is real that linkage inferred.",
    ("kafka_cluster", "id", "source", "target"),
)
THETA = Family(
    "flowaudit_linkage_theta",
    "The share (0-1) of all identifiers that linkage looked at: the lowest and the highest so far.",
    ("kafka_cluster", "kind"),
)
IDENTITY_CLUSTERS = Family(
    "flowaudit_identity_clusters",
    "Sets of fields of several topics that name the same people, places or things.",
    ("kafka_cluster",),
)
TOPIC_PEOPLE = Family(
    "flowaudit_topic_people",
    "People, places or things that a topic shares with others, of the kind that it holds most of; rounded down.",
    ("kafka_cluster", "topic"),
)
SAME_PEOPLE = Family(
    "flowaudit_same_people_pairs",
    "Pairs of topics that carry the same people although nothing flows between them.",
    ("kafka_cluster", "reason"),
)

GROUP_MEMBERS = Family(
    "flowaudit_consumergroup_members", "Members of a consumer group.", ("kafka_cluster", "consumergroup")
)
GROUP_LAG = Family(
    "flowaudit_consumergroup_lag_records",
    "Records of a topic that a consumer group has yet to commit.",
    ("kafka_cluster", "consumergroup", "topic"),
)

TAP_AUDITED = _counter(
    "flowaudit_tap_audited_records_total", "Records that the tap read and audited.", ("kafka_cluster", "topic")
)
TAP_QUARANTINED = _counter(
    "flowaudit_tap_quarantined_records_total", "Records that the tap could not read.", ("kafka_cluster", "topic")
)
TAP_INVISIBLE = _counter(
    "flowaudit_tap_invisible_offsets_total",
    "Offsets that hold no record to read: transaction markers, aborted or compacted records.",
    ("kafka_cluster", "topic"),
)
TAP_TRUNCATED = _counter(
    "flowaudit_tap_truncated_offsets_total",
    "Offsets that were deleted before the tap came to them.",
    ("kafka_cluster", "topic"),
)
TAP_LAG = Family(
    "flowaudit_tap_lag_records", "Records of a topic that the tap has yet to read.", ("kafka_cluster", "topic")
)

FAMILIES: tuple[Family, ...] = (
    BUILD_INFO, UP, SNAPSHOT_TIMESTAMP, COLLECT_DURATION, SERIES_DROPPED,
    SOURCE_LAST_SUCCESS, SOURCE_DURATION, SOURCE_POLLS, SOURCE_ERRORS, LEDGER_FACTS,
    NODES, EDGES, NODE_RECORDS, EDGE_INFO, EDGE_RECORDS, NOT_VISIBLE, CHANNEL_NOT_VISIBLE,
    EDGE_CONFIDENCE, THETA, IDENTITY_CLUSTERS, TOPIC_PEOPLE, SAME_PEOPLE,
    FLOW_INFO, FLOW_RECORDS, FLOW_LAST_SEEN,
    GROUP_MEMBERS, GROUP_LAG,
    TAP_AUDITED, TAP_QUARANTINED, TAP_INVISIBLE, TAP_TRUNCATED, TAP_LAG,
)  # fmt: skip
"""All of them, in the order of the page."""
