"""`flowaudit check` as a CI job runs it: on files, with exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowaudit.cli.main import main
from flowaudit.errors import ExitCode, SourceUnreachable
from flowaudit.graph.document import dump
from flowaudit.graph.snapshot import GraphSnapshot
from tests.unit.cli.fakes import FakeWiring
from tests.unit.policy.made import TOPOLOGY, graph

Capture = pytest.CaptureFixture[str]
POLICY = """\
schema: flowaudit.policy/v1
name: made
title: Made
rules:
  - rule: FA001
    id: flow
    from: system:lock
    to: system:ban
"""
SUPPRESSED = """\
suppressions:
  - rule: flow
    subject: [system:lock, system:ban]
    reason: it ends soon
    expires: 2026-06-01
"""
COMMAND = ["check", "graph.json", "--policy", "policy.yaml"]


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(graph("lock.events > monitor.seen", "monitor.seen > ban.orders"))
    Path("policy.yaml").write_text(POLICY, encoding="utf-8")
    Path("topology.yaml").write_text(TOPOLOGY, encoding="utf-8")


def write(snapshot: GraphSnapshot) -> None:
    Path("graph.json").write_bytes(dump(snapshot))


def test_findings_end_with_1_and_are_told_with_way_cut_and_fingerprint(capsys: Capture) -> None:
    assert main(COMMAND) == ExitCode.FINDINGS
    out, err = capsys.readouterr()
    assert err == ""
    for told in (
        "error FA001 data of lock gets to ban by way of monitor, which the policy forbids",
        "2. topic:monitor.seen → topic:ban.orders: derives, confirmed by linkage, first seen",
        "weakest evidence: confirmed; possible since 1970-01-01 00:00:01Z",
        "to stop it, cut: ",
        "entry flow; about system:lock, system:ban",
        "1 finding, 0 suppressed by 1 rule of Made",
    ):
        assert told in out


def test_no_findings_end_with_0(capsys: Capture) -> None:
    write(graph("lock.events > monitor.seen"))
    assert main(COMMAND) == ExitCode.CLEAN
    assert "0 findings" in capsys.readouterr().out


def test_a_suppressed_finding_stays_suppressed_until_it_expires(capsys: Capture) -> None:
    Path("policy.yaml").write_text(POLICY + SUPPRESSED, encoding="utf-8")
    assert main([*COMMAND, "--today", "2026-06-01"]) == ExitCode.CLEAN
    assert "suppressed until 2026-06-01: FA001" in capsys.readouterr().out
    assert main([*COMMAND, "--today", "2026-06-02"]) == ExitCode.FINDINGS
    assert "suppression expired on 2026-06-01: flow of system:lock, system:ban" in capsys.readouterr().out


def test_the_topology_gives_data_its_purposes(capsys: Capture) -> None:
    Path("policy.yaml").write_text(POLICY.replace("    from: system:lock\n    to: system:ban\n", "").replace("1", "5"))
    text = Path("policy.yaml").read_text(encoding="utf-8").replace("policy/v5", "policy/v1")
    Path("policy.yaml").write_text(text, encoding="utf-8")
    assert main(COMMAND) == ExitCode.CLEAN
    assert "note: no topology was given" in capsys.readouterr().out
    assert main([*COMMAND, "--topology", "topology.yaml"]) == ExitCode.FINDINGS
    assert "collected for access" in capsys.readouterr().out


@pytest.mark.parametrize("format_", ["json", "sarif", "junit", "markdown", "text"])
def test_every_format_goes_to_stdout_or_into_a_file(format_: str, capsys: Capture) -> None:
    assert main([*COMMAND, "--format", format_]) == ExitCode.FINDINGS
    printed = capsys.readouterr().out
    assert main([*COMMAND, "--format", format_, "--output", "findings"]) == ExitCode.FINDINGS
    assert capsys.readouterr().out == ""
    written = Path("findings").read_text(encoding="utf-8")
    assert [line.rstrip() for line in written.splitlines()] == printed.splitlines()


def test_the_same_finding_is_known_again_after_more_evidence(capsys: Capture) -> None:
    def fingerprints() -> set[str]:
        assert main([*COMMAND, "--format", "json"]) == ExitCode.FINDINGS
        return {found["fingerprint"] for found in json.loads(capsys.readouterr().out)["findings"]}

    before = fingerprints()
    write(graph("lock.events > monitor.seen", "monitor.seen > ban.orders", "lock.events > ban.orders", "a.b > lock.x"))
    assert fingerprints() == before


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("policy.yaml", POLICY.replace("    to:", "    too:"), "policy.yaml:8: unknown key 'too'; did you mean 'to'?"),
        ("policy.yaml", "\udcff", "policy.yaml: not UTF-8 text"),
        ("topology.yaml", "name: x", "topology.yaml:1: the key 'schema' is missing"),
        ("graph.json", "{}", "graph.json"),
    ],
)
def test_what_cannot_be_used_ends_with_2(file: str, text: str, told: str, capsys: Capture) -> None:
    Path(file).write_bytes(text.encode("utf-8", errors="surrogateescape"))
    assert main([*COMMAND, "--topology", "topology.yaml"]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err


@pytest.mark.parametrize("arguments", [["--policy", "none.yaml"], ["--policy", "policy.yaml", "--today", "soon"], []])
def test_arguments_that_cannot_be_used_end_with_2(arguments: list[str], capsys: Capture) -> None:
    assert main(["check", "graph.json", *arguments]) == ExitCode.USAGE
    assert capsys.readouterr().err


def test_a_source_that_does_not_answer_ends_with_3(tmp_path: Path, capsys: Capture) -> None:
    wiring = FakeWiring(error=SourceUnreachable("the cluster does not answer"))
    assert main(["check", "--state", str(tmp_path), "--policy", "policy.yaml"], wiring) == ExitCode.UNREACHABLE
    assert "does not answer" in capsys.readouterr().err


def test_names_from_the_cluster_cannot_steer_the_terminal(capsys: Capture) -> None:
    write(graph("lock.events > ban.\x1b[2J\u202e[bold]x"))
    assert main(COMMAND) == ExitCode.FINDINGS
    out = capsys.readouterr().out
    assert not set(out) & {"\x1b", "\u202e"}
    assert "[bold]x" in out


def test_the_rules_are_printed_as_they_are_documented(capsys: Capture) -> None:
    assert main(["policy", "rules"]) == ExitCode.CLEAN
    assert "## FA001 forbidden-flow" in capsys.readouterr().out
