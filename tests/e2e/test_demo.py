"""`flowaudit demo`, whole: what a newcomer sees in the first two minutes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.e2e.commands import flowaudit

pytestmark = [pytest.mark.kafka, pytest.mark.e2e]

SCHEMA = Path(__file__).parents[2] / "docs" / "graph-v1.schema.json"
CHAIN = {"locks.events", "monitor.sightings", "score.updates", "travel.bans"}
WAYS = (("lock", "travel-ban"), ("lock", "curfew"), ("curfew", "lock"), ("visitor-approval", "lock"))


@pytest.mark.timeout(300)
def test_the_demo_finds_the_chain_that_nobody_declared(tmp_path: Path) -> None:
    output = tmp_path / "graph.json"
    told = flowaudit(
        "demo", "--duration", "60", "--no-browser", "--output", output, "--seed", "7", timeout_s=240, cwd=tmp_path
    )
    assert told.returncode == 0, told.stderr
    assert "Traceback" not in told.stderr
    for system in ("lock", "central-monitor", "citizen-score", "travel-ban"):
        assert f"starts   {system}" in told.stderr
    assert "lock → central-monitor → citizen-score → travel-ban" in told.stdout
    assert "NEVER DECLARED" in told.stdout
    assert "first seen" in told.stdout
    assert str(output) in told.stdout
    graph = json.loads(output.read_bytes())
    jsonschema.validate(graph, json.loads(SCHEMA.read_bytes()))
    assert "not_visible" in graph["coverage"]
    for source, target in WAYS:
        found = flowaudit("path", source, target, output)
        assert found.returncode == 0, f"{source} → {target}: {found.stderr}"
    declared = {
        edge["target"] for edge in graph["edges"] if edge["verdict"] == "verified" and edge["kind"] == "derives"
    }
    assert "topic:tenancy.checks" in declared, "the one flow that is declared is verified"
    assert "topic:travel.bans" not in declared
    assert_the_people_are_followed(graph["linkage"], output)


def assert_the_people_are_followed(linkage: dict[str, Any], output: Path) -> None:
    """The identity view names the people of the locks again in the monitor, the score and the ban."""
    assert (linkage["sampling"]["lowest"], linkage["sampling"]["highest"]) == (0.5, 0.5)
    known = [cluster for cluster in linkage["clusters"] if {told["topic"] for told in cluster["fields"]} >= CHAIN]
    assert known, [{told["topic"] for told in cluster["fields"]} for cluster in linkage["clusters"]]
    assert known[0]["people"] >= 50
    added = {addition["topic"]: addition["attributes"] for addition in known[0]["additions"]}
    assert "$.score" in added["score.updates"]
    shown = flowaudit("show", output, "--view", "identity")
    assert shown.returncode == 0, shown.stderr
    assert "joining score.updates adds, for" in shown.stdout
    assert "Linkage looked at 50% of the identifiers" in shown.stdout
