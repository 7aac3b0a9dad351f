"""Every format: deterministic, complete, and not to be broken out of by any name."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowaudit.errors import ExitCode
from flowaudit.exports import FORMATS, FormatUnknown, csv_files, render
from flowaudit.exports.text import distinct, label, xml_text
from flowaudit.graph.document import load
from flowaudit.graph.snapshot import GraphSnapshot
from flowaudit.graph.views import system_view
from tests.unit.exports.hostile import HOSTILE, hostile_snapshot
from tests.unit.graph.made_facts import derived, group, snapshot_of, system, topic

ESTATE = snapshot_of(
    [
        system("lock", topics="locks.*", title="Door locks"),
        topic("locks.events"),
        group("central-monitor", "locks.events"),
    ],
    derived("locks.events", "score.changes"),
)
FORMULA_STARTS = set("=+-@＝＋－＠")
# A name that marks a topic as internal is left out of the graph before any export sees it.
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda name: not name.startswith("__")
)


def named(name: str) -> GraphSnapshot:
    return snapshot_of([topic(name), group(name, name)], derived(name, name + "2"))


@pytest.fixture(scope="module")
def hostile() -> GraphSnapshot:
    return hostile_snapshot()


def test_these_are_the_formats() -> None:
    assert list(FORMATS) == ["json", "graphml", "gexf", "mermaid", "dot", "csv"]


def test_an_unknown_format_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(FormatUnknown, match="'xlsx'; choose one of json, graphml, gexf, mermaid, dot, csv") as refused:
        render(ESTATE, "xlsx")
    assert refused.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize("name", FORMATS)
def test_equal_snapshots_give_equal_text(name: str, hostile: GraphSnapshot) -> None:
    assert render(hostile, name) == render(hostile_snapshot(), name)
    assert render(hostile, name).endswith("\n")
    render(hostile, name).encode()


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_graph_and_a_view_can_be_exported(name: str, hostile: GraphSnapshot) -> None:
    assert render(snapshot_of([]), name)
    assert render(system_view(hostile), name)


def test_json_is_the_graph_document(hostile: GraphSnapshot) -> None:
    assert load(render(hostile, "json").encode(), "x") == hostile


def read_graphml(text: str) -> nx.MultiDiGraph[str]:
    graph = nx.parse_graphml(text, force_multigraph=True)
    assert isinstance(graph, nx.MultiDiGraph)
    return graph


def read_gexf(text: str) -> nx.DiGraph[str]:
    graph = nx.read_gexf(io.BytesIO(text.encode()))
    assert isinstance(graph, nx.DiGraph)
    return graph


def test_graphml_reads_back_with_its_attributes() -> None:
    graph = read_graphml(render(ESTATE, "graphml"))
    assert set(graph) == {"topic:locks.events", "topic:score.changes", "group:central-monitor", "system:lock"}
    assert graph.nodes["topic:locks.events"]["system"] == "lock"
    assert graph.nodes["topic:locks.events"]["label"] == "locks.events"
    (edge,) = graph["topic:locks.events"]["topic:score.changes"].values()
    assert (edge["kind"], edge["tier"], edge["records"], edge["lag_p95_ms"]) == ("derives", "probable", 100, 90)
    assert edge["fields"] == "$.tenant_id -> $.subject"


def test_gexf_reads_back_with_its_attributes_and_times() -> None:
    graph = read_gexf(render(ESTATE, "gexf"))
    assert graph.graph["mode"] == "dynamic"
    assert graph.nodes["topic:locks.events"]["label"] == "locks.events"
    edge = graph["topic:locks.events"]["topic:score.changes"]
    assert (edge["tier"], edge["records"], edge["start"], edge["end"]) == ("probable", 100, 2_000, 9_000)


def test_hostile_names_stay_nodes_in_xml(hostile: GraphSnapshot) -> None:
    for graph in (read_graphml(render(hostile, "graphml")), read_gexf(render(hostile, "gexf"))):
        assert len(graph) == len(hostile.nodes)
        assert graph.number_of_edges() == len(hostile.edges)


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT)
def test_any_name_survives_xml_as_far_as_xml_can_say_it(name: str) -> None:
    snapshot = named(name)
    for graph in (read_graphml(render(snapshot, "graphml")), read_gexf(render(snapshot, "gexf"))):
        names = sorted(data["name"] or "" for _, data in graph.nodes(data=True))
        assert names == sorted([xml_text(name), xml_text(name), xml_text(name + "2")])


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_csv_files_hold_a_row_a_node_and_a_row_an_edge() -> None:
    files = csv_files(ESTATE)
    assert list(files) == ["nodes.csv", "edges.csv"]
    nodes = list(csv.DictReader(io.StringIO(files["nodes.csv"])))
    edges = list(csv.DictReader(io.StringIO(files["edges.csv"])))
    assert [row["id"] for row in nodes][-2:] == ["topic:locks.events", "topic:score.changes"]
    derives = next(row for row in edges if row["kind"] == "derives")
    assert (derives["source"], derives["target"], derives["verdict"]) == (
        "topic:locks.events",
        "topic:score.changes",
        "undeclared",
    )
    assert derives["first_seen"] == "1970-01-01T00:00:02.000Z"
    sure = (derives["confidence"], derives["records_alone"], derives["settled_by"], derives["through"])
    assert sure == ("0.93", "suspected", "committed-offsets", "tenants.table")


def test_one_csv_stream_holds_both() -> None:
    rows = list(csv.DictReader(io.StringIO(render(ESTATE, "csv"))))
    assert [row["row"] for row in rows] == ["node"] * len(ESTATE.nodes) + ["edge"] * len(ESTATE.edges)
    assert rows[0]["node_name"] == "central-monitor"
    assert rows[-1]["target"] == "topic:score.changes"


def test_no_cell_of_any_csv_starts_a_formula(hostile: GraphSnapshot) -> None:
    for text in (*csv_files(hostile).values(), render(hostile, "csv")):
        rows = cells(text)
        assert {len(row) for row in rows} == {len(rows[0])}
        assert not [cell for row in rows[1:] for cell in row if cell.lstrip()[:1] in FORMULA_STARTS]
    assert "'=cmd|' /C calc'!A0" in csv_files(hostile)["nodes.csv"]


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT)
def test_any_name_is_read_back_from_csv_or_disarmed(name: str) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_files(named(name))["nodes.csv"], newline="")))
    found = {row["name"] for row in rows if row["kind"] == "topic"}
    plain = re.sub(r"[\t\r\n]", " ", name.replace("\0", ""))
    assert plain in found or f"'{plain}" in found
    assert not any(value.lstrip()[:1] in FORMULA_STARTS for row in rows for value in row.values())


MERMAID_LINE = re.compile(
    r"""flowchart\ LR|\ \ end
    |\ \ subgraph\ s\d+\["[^"\[\](){}<>|]*"\]
    |\ +n\d+(\[\("|\(\["|\[/"|\[\["|\[")[^"\[\](){}<>|`%\\]*("\)\]|"\]\)|"/\]|"\]\]|"\])
    |\ \ n\d+\ (-->|-\.->)\|"[a-z0-9., ]+"\|\ n\d+
    |\ \ linkStyle\ [\d,]+\ stroke:\#c4162a,stroke-width:3px""",
    re.VERBOSE,
)


def test_mermaid_has_no_line_that_is_not_ours(hostile: GraphSnapshot) -> None:
    for snapshot in (ESTATE, hostile, system_view(hostile)):
        for line in render(snapshot, "mermaid").splitlines():
            assert MERMAID_LINE.fullmatch(line), line


def test_mermaid_marks_what_was_never_declared() -> None:
    lines = render(ESTATE, "mermaid").splitlines()
    edges = [line for line in lines if "-->" in line]
    assert edges == [
        '  n1 -->|"consumes, observed, undeclared"| n0',
        '  n1 -->|"derives, probable 0.93, undeclared"| n2',
    ]
    assert lines[-1].startswith("  linkStyle 0,1 ")
    assert '  subgraph s1["lock"]' in lines


DOT_LINE = re.compile(
    r"""digraph\ flowaudit\ \{|\ *\}|\ \ rankdir=LR;|\ \ node\ \[fontname="sans-serif"\];|\ \ subgraph\ cluster_\d+\ \{
    |\ +label="(?:[^"\\]|\\.)*";
    |\ +"n\d+"\ \[label="(?:[^"\\]|\\.)*",\ shape=\w+\];
    |\ +"n\d+"\ ->\ "n\d+"\ \[label="[a-z0-9., ]+",\ style=\w+(,\ color="\#c4162a",\ penwidth=2)?\];""",
    re.VERBOSE,
)


def test_dot_has_no_line_that_is_not_ours(hostile: GraphSnapshot) -> None:
    for snapshot in (ESTATE, hostile, system_view(hostile)):
        for line in render(snapshot, "dot").splitlines():
            assert DOT_LINE.fullmatch(line), line


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_draws_it(hostile: GraphSnapshot, tmp_path: Path) -> None:
    for snapshot in (ESTATE, hostile):
        target = tmp_path / "graph.svg"
        text = render(snapshot, "dot")
        subprocess.run(["dot", "-Tsvg", "-o", str(target)], input=text, text=True, check=True, timeout=60)
        assert target.read_text(encoding="utf-8").count('class="edge"') == len(snapshot.edges)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_label_is_one_visible_line(text: str) -> None:
    shown = label(text)
    assert len(shown.splitlines()) <= 1
    assert "\u202e" not in shown
    assert shown.isprintable()


def test_cleaned_names_that_become_equal_are_told_apart() -> None:
    assert distinct(["a", "a", "b", "a", "a~2"]) == ["a", "a~2", "b", "a~3", "a~2~2"]
    snapshot = snapshot_of([topic("a\0"), topic("a\x01"), topic("a")])
    assert set(read_graphml(render(snapshot, "graphml"))) == {"topic:a", "topic:a~2", "topic:a~3"}


def test_no_script_can_be_closed_from_inside_a_json_export_by_an_id() -> None:
    document = json.loads(render(hostile_snapshot(), "json"))
    assert {node["name"] for node in document["nodes"] if node["kind"] == "topic"} == set(HOSTILE)
