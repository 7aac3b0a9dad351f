"""The dashboard: what is committed is what is generated, and it keeps the rules that a Grafana would hold it to."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import promql_parser
import pytest
import yaml

from deploy.grafana.expressions import TARGET, expressions
from flowaudit.metrics.families import FAMILIES, MetricType

NAMES = {family.name: family for family in FAMILIES}


def document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(TARGET.read_text(encoding="utf-8"))
    return loaded


def test_the_committed_dashboard_is_the_generated_one() -> None:
    # In a process of its own: importing the SDK warns about itself.
    script = "import sys; from deploy.grafana.generate import rendered; sys.stdout.write(rendered())"
    root = TARGET.parents[3]
    made = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=120, cwd=root)
    assert TARGET.read_text(encoding="utf-8") == made.stdout.decode()


def test_every_query_is_promql_and_uses_only_metrics_and_labels_that_exist() -> None:
    found = list(expressions(TARGET))
    assert len(found) > 20
    for expression in found:
        assert "$" not in expression.text.replace('"$1"', "")
        promql_parser.parse(expression.text)
        for name, matchers in re.findall(r"(flowaudit_\w+)\{([^}]*)\}", expression.text):
            assert name in NAMES, expression
            known = {*NAMES[name].labels, "job", "instance"}
            assert set(re.findall(r"(\w+)=", matchers)) <= known, expression


def test_every_family_that_an_operator_needs_is_on_the_dashboard() -> None:
    text = TARGET.read_text(encoding="utf-8")
    beside = {"flowaudit_build_info", "flowaudit_snapshot_timestamp_seconds"}
    assert {name for name in NAMES if name not in text} == beside


def test_counters_are_shown_as_rates_or_totals_never_bare_over_time() -> None:
    panels = {panel["title"]: panel for panel in document()["panels"]}
    for expression in expressions(TARGET):
        if panels[expression.panel]["type"] != "timeseries":
            continue
        for name, family in NAMES.items():
            if family.type is MetricType.COUNTER and name in expression.text:
                assert re.search(rf"rate\({name}\{{[^}}]*\}}\[1m\]\)", expression.text), expression


def test_every_panel_has_a_title_a_description_a_unit_a_target_and_the_templated_source() -> None:
    for panel in document()["panels"]:
        assert panel["title"]
        assert panel["description"].endswith((".", "!", "?")) or panel["type"] == "row"
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["targets"]
        for source in (panel["datasource"], *(target["datasource"] for target in panel["targets"])):
            assert source == {"type": "prometheus", "uid": "${datasource}"}


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    panels = document()["panels"]
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_the_dashboard_is_not_editable_and_has_its_variables_in_order() -> None:
    board = document()
    assert board["editable"] is False
    assert board["uid"] == "flowaudit"
    variables = board["templating"]["list"]
    assert [variable["name"] for variable in variables] == ["datasource", "job", "instance", "kafka_cluster"]
    assert all(variable["refresh"] == 2 for variable in variables[1:])


def test_the_node_graph_panel_gets_the_two_frames_that_it_needs() -> None:
    (panel,) = (panel for panel in document()["panels"] if panel["type"] == "nodeGraph")
    queries = {target["refId"]: target for target in panel["targets"]}
    assert set(queries) == {"nodes", "edges"}
    for query in queries.values():
        assert query["instant"] is True
        assert query["format"] == "table"
    assert "max by (id, title, subtitle, kind)" in queries["nodes"]["expr"]
    assert "max by (id, source, target" in queries["edges"]["expr"]


@pytest.mark.parametrize("path", ["dashboards/flowaudit.yaml", "datasources/flowaudit.yaml"])
def test_provisioning_is_of_the_version_that_grafana_reads(path: str) -> None:
    loaded = yaml.safe_load((TARGET.parents[1] / "provisioning" / path).read_text(encoding="utf-8"))
    assert loaded["apiVersion"] == 1
    assert loaded.get("providers") or loaded.get("datasources")
