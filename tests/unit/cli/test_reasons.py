"""Where verdicts are printed, so is why; where nothing was declared, nothing is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from flowaudit.cli.main import main
from flowaudit.errors import ExitCode
from flowaudit.graph.document import dump
from flowaudit.graph.verdicts import NO_TOPOLOGY
from tests.unit.metrics.samples import estate

Capture = pytest.CaptureFixture[str]
WHY = "no flow is declared; the nearest that is goes elsewhere"


def graph_with(folder: Path, reason: str) -> str:
    snapshot = estate()
    path = folder / "graph.json"
    path.write_bytes(dump(replace(snapshot, edges=tuple(replace(e, verdict_reason=reason) for e in snapshot.edges))))
    return str(path)


@pytest.mark.parametrize("command", [["path", "lock", "travel-ban"], ["show"]])
def test_the_reason_stands_beside_the_verdict(command: list[str], tmp_path: Path, capsys: Capture) -> None:
    view = ["--view", "system"] if command == ["show"] else []
    assert main([*command, graph_with(tmp_path, WHY), *view]) == ExitCode.CLEAN
    assert WHY in capsys.readouterr().out


def test_without_a_topology_no_reason_is_printed(tmp_path: Path, capsys: Capture) -> None:
    assert main(["path", "lock", "travel-ban", graph_with(tmp_path, NO_TOPOLOGY.reason)]) == ExitCode.CLEAN
    assert "why:" not in capsys.readouterr().out


def test_as_json_paths_and_summaries_have_the_reason(tmp_path: Path, capsys: Capture) -> None:
    graph = graph_with(tmp_path, WHY)
    assert main(["path", "lock", "travel-ban", graph, "--format", "json"]) == ExitCode.CLEAN
    hops = json.loads(capsys.readouterr().out)["paths"][0]["hops"]
    assert {hop["verdict_reason"] for hop in hops} == {WHY}
    assert main(["show", graph, "--format", "json"]) == ExitCode.CLEAN
    assert {flow["reason"] for flow in json.loads(capsys.readouterr().out)["undeclared"]} == {WHY}
