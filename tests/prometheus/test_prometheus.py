"""A real Prometheus scrapes a real web server, and every query of the dashboard has an answer there."""

from __future__ import annotations

import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.grafana.expressions import TARGET, Expression, expressions
from flowaudit.metrics.state import ServiceState
from flowaudit.web import WebServer
from tests.prometheus.prometheus_process import Prometheus
from tests.unit.metrics.samples import estate, running

pytestmark = [
    pytest.mark.prometheus,
    pytest.mark.skipif(
        not (shutil.which("prometheus") and shutil.which("promtool")), reason="prometheus is not installed"
    ),
]

EXAMPLE = Path(__file__).parents[2] / "deploy" / "prometheus" / "prometheus.yml"


class ReadingService:
    """A service that reads: its counters grow from scrape to scrape."""

    def __init__(self) -> None:
        self._scrapes = 0

    def __call__(self) -> ServiceState:
        self._scrapes += 1
        more = 10 * self._scrapes
        snapshot = estate()
        tapped = tuple(replace(topic, audited=topic.audited + more) for topic in snapshot.coverage.tapped)
        grown = replace(snapshot, coverage=replace(snapshot.coverage, tapped=tapped))
        return replace(running(grown), ledger_facts=more)


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with WebServer(ReadingService()) as server:
        yield server


@pytest.fixture(scope="module")
def prometheus(web: WebServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with Prometheus(web.url.removeprefix("http://"), tmp_path_factory.mktemp("prometheus")) as server:
        server.wait_for("count_over_time(flowaudit_up[1m]) >= 3")
        yield server


def test_promtool_finds_nothing_to_say_about_the_page(web: WebServer) -> None:
    with urllib.request.urlopen(f"{web.url}/metrics", timeout=10) as response:
        page = response.read()
    checked = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_promtool_accepts_the_example_configuration() -> None:
    checked = subprocess.run(["promtool", "check", "config", EXAMPLE], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_the_scrape_succeeds(prometheus: Prometheus) -> None:
    (target,) = prometheus.targets()
    assert target["health"] == "up", target["lastError"]


@pytest.mark.parametrize("expression", list(expressions(TARGET, "30s")), ids=lambda e: f"{e.panel}-{e.ref_id}")
def test_every_query_of_the_dashboard_has_an_answer(prometheus: Prometheus, expression: Expression) -> None:
    assert prometheus.wait_for(expression.text)


def test_the_node_graph_frames_have_the_fields_that_the_panel_reads(prometheus: Prometheus) -> None:
    queries = {e.ref_id: e.text for e in expressions(TARGET) if e.panel_type == "nodeGraph"}
    nodes = [series["metric"] for series in prometheus.query(queries["nodes"])]
    edges = [series["metric"] for series in prometheus.query(queries["edges"])]
    assert len(nodes) == 9
    assert len(edges) == 7
    assert all({"id", "title", "subtitle", "detail__kind", "color"} <= node.keys() for node in nodes)
    assert all({"id", "source", "target", "mainstat", "detail__verdict"} <= edge.keys() for edge in edges)
    assert not any("source" in node for node in nodes), "a frame with a field `source` is taken for the edges"
    assert {edge[end] for edge in edges for end in ("source", "target")} <= {node["id"] for node in nodes}
    assert {edge["color"] for edge in edges if edge["detail__verdict"] == "undeclared"} == {"#E02F44"}


def test_no_created_series_and_nothing_of_the_libraries(prometheus: Prometheus) -> None:
    names = {series["metric"]["__name__"] for series in prometheus.query('{job="flowaudit"}')}
    scraped = {name for name in names if not name.startswith(("scrape_", "up"))}
    assert scraped
    assert all(name.startswith("flowaudit_") and not name.endswith("_created") for name in scraped)
