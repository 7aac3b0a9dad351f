"""The exposition page: its golden copy, its promises about labels, and what happens at the cap."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from flowaudit.graph.evidence import Verdict
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.snapshot import GraphSnapshot, Node
from flowaudit.graph.views import system_view
from flowaudit.metrics.collector import StateCollector, registry_of
from flowaudit.metrics.families import FAMILIES, MetricType
from flowaudit.metrics.flows import flows_between_systems
from flowaudit.metrics.state import GroupLag, GroupMembers, ServiceState, TapLag
from tests.unit.metrics.samples import NAMESPACE, consumes, estate, group, running, topic

GOLDEN = Path(__file__).parent / "golden" / "metrics.txt"


def page_of(state: ServiceState, max_series: int = 2_000) -> str:
    collector = StateCollector(lambda: state, version="1.2.3", max_series=max_series, timer=lambda: 0.0)
    return generate_latest(registry_of(collector)).decode()


def series_of(page: str) -> list[tuple[str, dict[str, str], float]]:
    families = text_string_to_metric_families(page)
    return [(sample.name, sample.labels, sample.value) for family in families for sample in family.samples]


def labels_of(page: str, name: str) -> list[dict[str, str]]:
    return [labels for found, labels, _ in series_of(page) if found == name]


def test_the_page_of_the_sample_estate_is_the_golden_one() -> None:
    assert page_of(running()) == GOLDEN.read_text(encoding="utf-8")


def test_the_golden_page_shows_every_family() -> None:
    shown = {name for name, _, _ in series_of(GOLDEN.read_text(encoding="utf-8"))}
    assert {family.name for family in FAMILIES} == shown


def test_every_family_has_a_unit_or_a_plain_count_and_a_sentence() -> None:
    for family in FAMILIES:
        assert re.fullmatch(r"flowaudit_[a-z][a-z_]*[a-z]", family.name)
        assert family.help.endswith((".", "?"))
        assert (family.type is MetricType.COUNTER) == family.name.endswith("_total")


def test_no_family_has_a_label_that_could_name_a_person_or_a_client() -> None:
    labels = {label for family in FAMILIES for label in family.labels}
    assert labels == {
        "channel", "consumergroup", "id", "kafka_cluster", "kind", "part", "reason", "source", "subject", "subtitle",
        "target", "tier", "title", "topic", "verdict", "version",
    }  # fmt: skip


def test_before_the_first_look_there_is_no_graph_but_a_page() -> None:
    names = {name for name, _, _ in series_of(page_of(ServiceState(up=False)))}
    assert "flowaudit_graph_edge_info" not in names
    assert ("flowaudit_up", {"kafka_cluster": ""}, 0.0) in series_of(page_of(ServiceState(up=False)))


def test_a_group_that_is_gone_takes_its_series_along() -> None:
    whole = estate()
    less = replace(
        whole,
        nodes=tuple(node for node in whole.nodes if node.id != group("citizen-score")),
        edges=tuple(edge for edge in whole.edges if edge.target != group("citizen-score")),
    )
    states = [running(whole), replace(running(less), group_lags=(), group_members=())]
    collector = StateCollector(lambda: states[0], version="1", max_series=2_000)
    registry = registry_of(collector)
    assert b"group:citizen-score" in generate_latest(registry)
    states.pop(0)
    assert b"group:citizen-score" not in generate_latest(registry)


def test_the_label_kafka_cluster_may_be_given_by_the_configuration() -> None:
    collector = StateCollector(running, version="1", max_series=2_000, kafka_cluster="north")
    page = generate_latest(registry_of(collector)).decode()
    assert {labels["kafka_cluster"] for _, labels, _ in series_of(page) if "kafka_cluster" in labels} == {"north"}


def crowded(count: int) -> ServiceState:
    names = [f'hostile-\x1b[31m\u202e\ud800\n"\\{"x" * 40}{number}' for number in range(count)]
    nodes = [Node(topic(name), name) for name in names] + [Node(group(name), f"{name}-team") for name in names]
    edges = tuple(consumes(name, name, 1, Verdict.VERIFIED) for name in names)
    snapshot = replace(estate(), nodes=(*estate().nodes, *nodes), edges=(*edges, *estate().edges))
    return replace(
        running(snapshot),
        group_lags=tuple(GroupLag(name, name, 1) for name in names),
        group_members=tuple(GroupMembers(name, 1) for name in names),
        tap_lags=tuple(TapLag(name, 1) for name in names),
    )


@pytest.mark.parametrize(("count", "max_series"), [(50_000, 2_000), (3_000, 100), (3_000, 10_000)])
def test_a_hundred_thousand_hostile_names_stay_below_the_cap_and_are_quick(count: int, max_series: int) -> None:
    state = crowded(count)  # so many topics, and as many groups
    started_s = time.process_time()
    page = page_of(state, max_series)
    spent_s = time.process_time() - started_s
    series = series_of(page)
    assert max_series * 0.9 <= len(series) <= max_series, "the cap is kept, and used"
    assert spent_s < 5, "half of the default scrape timeout"
    dropped = sum(value for name, _, value in series if name == "flowaudit_series_dropped_total")
    assert dropped > count


@pytest.mark.parametrize("max_series", [100, 130, 137, 180, 2_000])
def test_both_ends_of_every_exported_edge_are_among_the_exported_nodes(max_series: int) -> None:
    page = page_of(crowded(300), max_series)
    nodes = [labels["id"] for labels in labels_of(page, "flowaudit_graph_node_records")]
    edges = labels_of(page, "flowaudit_graph_edge_info")
    assert edges
    assert len(set(nodes)) == len(nodes)
    assert {labels[end] for labels in edges for end in ("source", "target")} <= set(nodes)
    counted = labels_of(page, "flowaudit_graph_edge_records")
    assert {labels["id"] for labels in edges} == {labels["id"] for labels in counted}


def test_at_the_cap_undeclared_flows_come_first() -> None:
    verdicts = {labels["verdict"] for labels in labels_of(page_of(crowded(300), 120), "flowaudit_graph_edge_info")}
    assert Verdict.UNDECLARED.value in verdicts
    flows = labels_of(page_of(crowded(300), 120), "flowaudit_flow_info")
    assert ("lock", "central-monitor") in {(labels["source"], labels["target"]) for labels in flows}


def test_dropped_series_add_up_over_scrapes() -> None:
    state = crowded(300)
    registry = registry_of(StateCollector(lambda: state, version="1", max_series=200))
    totals = []
    for _ in range(3):
        page = generate_latest(registry).decode()
        totals.append(sum(v for name, _, v in series_of(page) if name == "flowaudit_series_dropped_total"))
    assert totals[0] > 0
    assert totals == [totals[0], 2 * totals[0], 3 * totals[0]]


def test_nothing_is_dropped_from_a_small_estate() -> None:
    dropped = [value for name, _, value in series_of(page_of(running())) if name == "flowaudit_series_dropped_total"]
    assert dropped
    assert not any(dropped)


def test_two_nodes_that_differ_only_in_their_cluster_stay_two_series() -> None:
    snapshot: GraphSnapshot = estate()
    twin = replace(snapshot.nodes[-1], id=replace(snapshot.nodes[-1].id, namespace="kafka://elsewhere.example:9092"))
    page = page_of(running(replace(snapshot, nodes=(*snapshot.nodes, twin))))
    ids = [labels["id"] for labels in labels_of(page, "flowaudit_graph_node_records")]
    assert len(set(ids)) == len(ids) == len(snapshot.nodes) + 1


def test_flows_agree_with_the_system_view() -> None:
    view = system_view(estate())
    best: dict[tuple[str, str], int] = {}
    for edge in view.edges:
        ends = (edge.source.name, edge.target.name)
        best[ends] = min(best.get(ends, 99), edge.tier.rank)
    assert {(flow.source, flow.target): flow.tier.rank for flow in flows_between_systems(estate())} == best


def test_a_flow_is_one_series_however_many_kinds_of_edges_it_has() -> None:
    flows = labels_of(page_of(running()), "flowaudit_flow_info")
    ends = [(labels["source"], labels["target"]) for labels in flows]
    assert len(ends) == len(set(ends)) == 4


def test_client_ids_and_principals_are_shown_by_an_alias() -> None:
    whole = estate()
    people = [NodeId(kind, NAMESPACE, "j.doe") for kind in (NodeKind.CLIENT, NodeKind.PRINCIPAL)]
    page = page_of(running(replace(whole, nodes=(*whole.nodes, *(Node(person, "") for person in people)))))
    assert "j.doe" not in page
    aliases = {labels["id"] for _, labels, _ in series_of(page) if "#" in labels.get("id", "")}
    assert len(aliases) == 2
