"""SARIF 2.1.0 by the clauses of the standard that a reader depends on, and what code scanning asks for beyond it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flowaudit.exports.findings.sarif import findings_sarif
from tests.unit.exports.findings.reports import FILE, HOSTILE, report


@pytest.fixture(scope="module")
def run() -> dict[str, Any]:
    log = json.loads(findings_sarif(report(), FILE))
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_the_rules_come_with_help_and_a_default_level(run: dict[str, Any]) -> None:
    driver = run["tool"]["driver"]
    assert driver["name"] == "flowaudit"
    assert [rule["id"] for rule in driver["rules"]] == ["FA001", "FA004", "FA005"]
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert "Example" in rule["help"]["text"]
        assert "```yaml" in rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}


def test_each_result_names_its_rule_by_id_and_index(run: dict[str, Any]) -> None:
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]


def test_results_have_logical_locations_and_a_file_to_be_shown_at(run: dict[str, Any]) -> None:
    for result in run["results"]:
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "policies/my%20policy.yaml"
        assert place["region"]["startLine"] == 1
        for logical in location["logicalLocations"]:
            assert logical["name"]
            assert logical["fullyQualifiedName"].startswith(f"{logical['kind']}:")


def test_fingerprints_are_those_of_the_findings(run: dict[str, Any]) -> None:
    held = report()
    expected = [found.fingerprint for found in (*held.findings, *(one.finding for one in held.excused))]
    told = [result["partialFingerprints"] for result in run["results"]]
    assert [one["flowaudit/v1"] for one in told] == expected
    assert [one["primaryLocationLineHash"] for one in told] == [f"{name}:1" for name in expected]


def test_only_what_is_excused_is_suppressed(run: dict[str, Any]) -> None:
    (suppressed,) = (result for result in run["results"] if "suppressions" in result)
    assert suppressed["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "it ends soon (until 2026-06-01)"}
    ]


def test_the_ways_are_code_flows_hop_by_hop(run: dict[str, Any]) -> None:
    way = run["results"][-1]["codeFlows"][0]["threadFlows"][0]["locations"]
    (step,) = way
    assert [one["name"] for one in step["location"]["logicalLocations"]] == ["lock.events", "monitor.seen"]
    assert step["executionTimeUtc"] == "1970-01-01T00:00:01.000Z"
    assert step["importance"] == "essential"


def test_notes_and_blind_spots_are_notifications(run: dict[str, Any]) -> None:
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is True
    told = [(one["level"], one["message"]["text"]) for one in invocation["toolExecutionNotifications"]]
    assert ("warning", "FA001: nothing in the graph is from 'system:nobody'") in told
    assert ("note", "could not be seen: 2 of kind topic: not-tapped") in told
    assert ("warning", "a suppression covers nothing: loops") in told


def test_names_of_strangers_stay_text() -> None:
    text = findings_sarif(report(f"lock.events > {HOSTILE}"), FILE)
    messages = [result["message"]["text"] for result in json.loads(text)["runs"][0]["results"]]
    assert not {"\x1b", "\u202e", "\x00"} & set("".join(messages))
