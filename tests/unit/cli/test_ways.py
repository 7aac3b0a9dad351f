"""`impact`, `cut`, `diff`, and `path` with a minimum tier: what they print, and how they end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from flowaudit.cli.main import main
from flowaudit.errors import ExitCode
from flowaudit.graph.document import dump
from tests.unit.cli.fakes import FakeWiring
from tests.unit.metrics.samples import estate

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def graph(tmp_path: Path) -> str:
    path = tmp_path / "estate.json"
    path.write_bytes(dump(estate()))
    return str(path)


def test_impact_lists_systems_with_hops_tier_and_the_first_possible_moment(graph: str, capsys: Capture) -> None:
    assert main(["impact", "lock", graph]) == ExitCode.CLEAN
    out = capsys.readouterr().out
    assert "The data of lock can reach 4 systems" in out
    row = next(line for line in out.splitlines() if line.startswith("travel-ban"))
    assert row.split()[:3] == ["travel-ban", "3", "probable"]


def test_impact_upstream_as_json(graph: str, capsys: Capture) -> None:
    assert main(["impact", "travel-ban", graph, "--upstream", "--format", "json"]) == ExitCode.CLEAN
    document = json.loads(capsys.readouterr().out)
    assert [one["system"] for one in document["systems"]] == ["citizen-score", "central-monitor", "lock"]
    assert document["nodes"][-1]["id"] == "topic:locks.events"
    assert document["nodes"][-1]["last_possible"].startswith("2025-")


def test_impact_of_what_reaches_nothing_is_exit_code_1(graph: str, capsys: Capture) -> None:
    assert main(["impact", "travel-ban", graph]) == ExitCode.FINDINGS
    assert "the data of travel-ban is not known to reach anything" in capsys.readouterr().out
    assert main(["impact", "topic:locks.events", graph, "--upstream", "--minimum-tier", "proven"]) == ExitCode.FINDINGS
    assert "nothing is known to reach topic:locks.events" in capsys.readouterr().out


def test_cut_names_the_hop_its_evidence_and_whom_to_stop(graph: str, capsys: Capture) -> None:
    assert main(["cut", "lock", "travel-ban", graph]) == ExitCode.CLEAN
    out = capsys.readouterr().out
    for told in (
        "Every way from lock to travel-ban takes this hop",
        "topic:locks.events → topic:monitor.sightings  derives, confirmed",
        "group:central-monitor must not read topic:locks.events",
    ):
        assert told in out


def test_cut_as_json_has_what_to_revoke(graph: str, capsys: Capture) -> None:
    assert main(["cut", "lock", "travel-ban", graph, "--format", "json"]) == ExitCode.CLEAN
    document = json.loads(capsys.readouterr().out)
    (hop,) = document["hops"]
    assert document["smallest"] is True
    assert [reading["target"] for reading in hop["revoke"]] == ["group:central-monitor"]


def test_no_way_to_cut_is_exit_code_1(graph: str, capsys: Capture) -> None:
    assert main(["cut", "travel-ban", "lock", graph]) == ExitCode.FINDINGS
    assert "there is nothing to cut" in capsys.readouterr().out


def test_path_leaves_out_what_is_known_less_well(graph: str, capsys: Capture) -> None:
    assert main(["path", "lock", "travel-ban", graph, "--minimum-tier", "confirmed"]) == ExitCode.FINDINGS
    assert main(["path", "lock", "central-monitor", graph, "--minimum-tier", "confirmed"]) == ExitCode.CLEAN
    capsys.readouterr()
    assert main(["path", "lock", "central-monitor", graph, "--minimum-tier", "certain"]) == ExitCode.USAGE
    assert "--minimum-tier" in capsys.readouterr().err


def older(tmp_path: Path) -> str:
    """The estate before the monitor read the locks."""
    snapshot = estate()
    edges = tuple(edge for edge in snapshot.edges if edge.target.name not in {"monitor.sightings", "central-monitor"})
    path = tmp_path / "older.json"
    path.write_bytes(dump(replace(snapshot, edges=edges)))
    return str(path)


def test_diff_tells_the_new_path_first_and_what_opened_it(graph: str, tmp_path: Path, capsys: Capture) -> None:
    assert main(["diff", older(tmp_path), graph]) == ExitCode.FINDINGS
    out = capsys.readouterr().out
    assert "lock can reach travel-ban now, and could not before: opened by topic:locks.events →" in out
    assert out.index("lock can reach travel-ban") < out.index("Flows added")
    assert "Flows gone" not in out


def test_diff_as_json(graph: str, tmp_path: Path, capsys: Capture) -> None:
    assert main(["diff", graph, older(tmp_path), "--format", "json"]) == ExitCode.FINDINGS
    document = json.loads(capsys.readouterr().out)
    assert "topic:monitor.sightings" in {edge["target"] for edge in document["edges"]["gone"]}
    assert document["opened_pairs"] == document["opened"] == document["edges"]["added"] == []


def test_diff_of_the_same_is_clean(graph: str, tmp_path: Path, capsys: Capture) -> None:
    assert main(["diff", graph, graph]) == ExitCode.CLEAN
    assert capsys.readouterr().out.startswith("no difference")
    wiring = FakeWiring()
    assert main(["diff", str(tmp_path), graph], wiring) == ExitCode.CLEAN
    assert wiring.asked == ["state", tmp_path]
