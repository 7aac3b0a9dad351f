"""Writes the dashboard: `python -m deploy.grafana.generate`.

The Foundation SDK is pinned to 0.0.21 on purpose: without a pin, pip prefers 1769699998!10.1.0, which is older.
"""

from __future__ import annotations

import json
from typing import Any, Final

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard, nodegraph, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common, units
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from deploy.grafana import queries
from deploy.grafana.expressions import TARGET

DATASOURCE: Final = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
PER_SECOND: Final = units.CountsPerSecond


def _instant(ref_id: str, expression: str) -> prometheus.Dataquery:
    query = prometheus.Dataquery().ref_id(ref_id).expr(expression).instant().datasource(DATASOURCE)
    return query.format(PromQueryFormat.TABLE)


def _range(expression: str, legend: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().ref_id("A").expr(expression).range().legend_format(legend).datasource(DATASOURCE)


def _stat(title: str, description: str, expression: str, unit: str) -> stat.Panel:
    panel = stat.Panel().title(title).description(description).datasource(DATASOURCE).unit(unit)
    reduce = common_builders.ReduceDataOptions().calcs(["lastNotNull"])
    panel = panel.reduce_options(reduce).graph_mode(common.BigValueGraphMode.NONE)
    return panel.with_target(_instant("A", expression)).height(4).span(4)


def _series(title: str, description: str, expression: str, legend: str, unit: str) -> timeseries.Panel:
    panel = timeseries.Panel().title(title).description(description).datasource(DATASOURCE).unit(unit)
    return panel.fill_opacity(8).line_width(1).min(0).with_target(_range(expression, legend)).height(8).span(12)


def _table(title: str, description: str, targets: dict[str, str], names: dict[str, str]) -> table.Panel:
    panel = table.Panel().title(title).description(description).datasource(DATASOURCE).unit(units.Short)
    for ref_id, expression in targets.items():
        panel = panel.with_target(_instant(ref_id, expression))
    if len(targets) > 1:
        panel = panel.with_transformation(models.DataTransformerConfig(id_val="merge", options={}))
    tidy = {"excludeByName": {"Time": True}, "renameByName": names}
    return panel.with_transformation(models.DataTransformerConfig(id_val="organize", options=tidy)).height(9).span(12)


def _node_graph() -> nodegraph.Panel:
    description = (
        "Topics (blue), consumer groups (green) and producers (orange), with the flows between them; a red edge was "
        "never declared. The words on an edge say how good its evidence is."
    )
    panel = nodegraph.Panel().title("Where the data goes").description(description).datasource(DATASOURCE)
    panel = panel.unit(units.Short).with_target(_instant("nodes", queries.GRAPH_NODES))
    return panel.with_target(_instant("edges", queries.GRAPH_EDGES)).height(18).span(24)


def _variable(name: str, label: str, query: str) -> dashboard.QueryVariable:
    variable = dashboard.QueryVariable(name).label(label).query({"query": query, "refId": name})
    variable = variable.datasource(DATASOURCE).refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
    return (
        variable.multi(True)
        .include_all(True)
        .all_value(".*")
        .current(models.VariableOption(text="All", value="$__all"))
    )


def build() -> dashboard.Dashboard:
    """The dashboard."""
    board = dashboard.Dashboard("flowaudit").uid("flowaudit").tags(["flowaudit", "kafka"]).readonly()
    board = board.description("Where data goes in a Kafka estate, how we know, and what nobody declared.")
    board = board.refresh("30s").time("now-1h", "now").timezone(common.TimeZoneBrowser)
    board = board.with_variable(dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus"))
    for name, label, query in (
        ("job", "Job", "label_values(flowaudit_up, job)"),
        ("instance", "Instance", 'label_values(flowaudit_up{job=~"$job"}, instance)'),
        ("kafka_cluster", "Kafka cluster", 'label_values(flowaudit_up{job=~"$job"}, kafka_cluster)'),
    ):
        board = board.with_variable(_variable(name, label, query))
    for panel in (*_overview(), _node_graph(), *_tables(), *_flows(), *_people(), *_health()):
        board = board.with_panel(panel)
    return board


def _overview() -> list[stat.Panel]:
    up = _stat("Cluster answers", "1: the audited cluster answered when it was last asked.", queries.UP, units.Short)
    return [
        up,
        _stat("Nodes", "Topics, groups, producers and systems in the graph.", queries.NODES, units.Short),
        _stat("Edges", "Flows in the graph, over all kinds of evidence.", queries.EDGES, units.Short),
        _stat("Never declared", "Flows between systems that no topology declares.", queries.UNDECLARED, units.Short),
        _stat("Not visible", "Things that the audit could not see.", queries.NOT_VISIBLE, units.Short),
        _stat("Series left out", "Series over metrics.max_series: raise it if not 0.", queries.DROPPED, units.Short),
    ]


def _tables() -> list[table.Panel]:
    coverage = {"topic": "Topic"} | {f"Value #{name}": name.capitalize() for name in queries.COVERAGE}
    undeclared = {"source": "From", "target": "To", "tier": "Evidence", "Value #records": "Records"}
    flows = _table(
        "Flows that nobody declared",
        "Flows between systems that the topology does not declare, with the best evidence for each.",
        {"records": queries.UNDECLARED_FLOWS, "last_seen": queries.UNDECLARED_LAST_SEEN},
        {**undeclared, "Value #last_seen": "Last seen"},
    )
    return [
        flows.override_by_name("Last seen", [models.DynamicConfigValue(id_val="unit", value=units.DateTimeFromNow)]),
        _table("Coverage of the tap", "What became of the tapped topics' offsets.", queries.COVERAGE, coverage),
        _table(
            "Edges by evidence",
            "How many edges rest on which best evidence.",
            {"A": queries.EDGES_BY_TIER},
            {"tier": "Evidence", "verdict": "Verdict", "kind": "Kind", "Value": "Edges"},
        ),
        _table(
            "Not visible",
            "What the audit could not see, and why.",
            {"A": queries.HIDDEN},
            {"subject": "What", "reason": "Why", "Value": "How many"},
        ),
    ]


def _flows() -> list[timeseries.Panel]:
    return [
        _series(
            "Tapped records", "Records a second that the tap audits.", queries.TAPPED_RATE, "{{topic}}", PER_SECOND
        ),
        _series(
            "Quarantined records",
            "Records a second that could not be read: garbage, or a format that is not known.",
            queries.QUARANTINED_RATE,
            "{{topic}}",
            PER_SECOND,
        ),
        _series("Tap behind", "Records that the tap has yet to read.", queries.TAP_LAG, "{{topic}}", units.Short),
        _series(
            "Consumer group lag",
            "Records that each consumer group has yet to commit.",
            queries.GROUP_LAG,
            "{{consumergroup}} ← {{topic}}",
            units.Short,
        ),
        _series(
            "Consumer group members",
            "Members of each consumer group; none: only its commits are known.",
            queries.GROUP_MEMBERS,
            "{{consumergroup}}",
            units.Short,
        ),
    ]


def _people() -> list[timeseries.Panel | table.Panel]:
    return [
        _series(
            "People by topic",
            "People, places or things that a topic shares with others, of the kind that it holds most of.",
            queries.TOPIC_PEOPLE,
            "{{topic}}",
            units.Short,
        ),
        _series(
            "Identity clusters",
            "Sets of fields of several topics that name the same people, places or things.",
            queries.IDENTITY_CLUSTERS,
            "clusters",
            units.Short,
        ),
        _series(
            "Sampled identifiers",
            "The share of all identifiers that linkage looked at; it falls when memory is short.",
            queries.THETA,
            "{{kind}}",
            units.PercentUnit,
        ),
        _table(
            "The same people, and no flow between",
            "Pairs of topics that carry the same people although nothing flows between them, and why.",
            {"A": queries.SAME_PEOPLE},
            {"reason": "Why", "Value": "Pairs"},
        ),
        _table(
            "Least sure of the inferred flows",
            "How likely the flows are that linkage inferred, the least likely ones.",
            {"A": queries.LEAST_SURE},
            {"source": "From", "target": "To", "Value": "Likelihood"},
        ),
    ]


def _health() -> list[timeseries.Panel]:
    return [
        _series(
            "Since a source answered",
            "Seconds since each source of evidence last answered; growing means it is stuck.",
            queries.SOURCE_AGE,
            "{{source}}",
            units.Seconds,
        ),
        _series(
            "Failed polls",
            "Share of the polls of each source that failed.",
            queries.SOURCE_ERRORS,
            "{{source}}",
            units.PercentUnit,
        ),
        _series(
            "Poll duration",
            "How long each source's last poll took.",
            queries.SOURCE_DURATION,
            "{{source}}",
            units.Seconds,
        ),
        _series(
            "Hidden from each channel",
            "Things that each evidence channel was not allowed or not able to see.",
            queries.CHANNEL_HIDDEN,
            "{{channel}}",
            units.Short,
        ),
        _series("New facts", "Facts a second that reach the ledger.", queries.LEDGER_RATE, "facts", PER_SECOND),
        _series(
            "Scrape",
            "How long it takes to make the series of a scrape.",
            queries.COLLECT_DURATION,
            "scrape",
            units.Seconds,
        ),
    ]


def rendered() -> str:
    """The dashboard as JSON, as it is committed."""
    document: dict[str, Any] = json.loads(json.dumps(build().build(), cls=JSONEncoder))
    document["annotations"] = {"list": []}
    for number, panel in enumerate(document["panels"], start=1):
        panel["id"] = number
        if panel["type"] == "nodeGraph":
            # The SDK has no builder for it; the default layout is slow above 500 nodes, but clearest below.
            panel.setdefault("options", {})["layoutAlgorithm"] = "layered"
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(rendered(), encoding="utf-8")
