"""`flowaudit topology`: what it prints where, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowaudit.cli.main import main
from flowaudit.errors import ExitCode
from flowaudit.graph.document import dump
from flowaudit.topology.json_schema import schema_text
from flowaudit.topology.load import load_topology, parse_topology
from tests.unit.metrics.samples import estate
from tests.unit.topology.test_asyncapi import LOCK, SCORE
from tests.unit.topology.test_checks import WHOLE

Capture = pytest.CaptureFixture[str]


def written(folder: Path, text: str) -> Path:
    path = folder / "topology.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_valid_file_is_told_in_one_line(tmp_path: Path, capsys: Capture) -> None:
    path = written(tmp_path, WHOLE)
    assert main(["topology", "validate", str(path)]) == ExitCode.CLEAN
    assert capsys.readouterr().out == f"{path}: valid: Whole (2 systems, 1 flow, 2 purposes, 2 data rules)\n"


def test_every_mistake_is_a_line_on_stdout_and_the_exit_code_says_usage(tmp_path: Path, capsys: Capture) -> None:
    path = written(tmp_path, WHOLE.replace("to: desk", "to: desc").replace("people: [patients]", "people: [x]"))
    assert main(["topology", "validate", str(path)]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines() == [
        f"{path}:21: the rule's 'people' names the category of people 'x', which does not exist; valid: patients",
        f"{path}:26: the flow's 'to' names the system 'desc', which does not exist; did you mean 'desk'?",
    ]


def test_as_json_it_says_the_same(tmp_path: Path, capsys: Capture) -> None:
    path = written(tmp_path, WHOLE)
    assert main(["topology", "validate", str(path), "--format", "json"]) == ExitCode.CLEAN
    valid = json.loads(capsys.readouterr().out)
    assert (valid["valid"], valid["mistakes"], valid["declares"]["system"]) == (True, [], 2)
    path = written(tmp_path, "name: x")
    assert main(["topology", "validate", str(path), "--format", "json"]) == ExitCode.USAGE
    invalid = json.loads(capsys.readouterr().out)
    assert not invalid["valid"]
    assert {"line": 1, "text": "the key 'title' is missing"} in invalid["mistakes"]


def test_a_file_that_is_not_there_is_an_error_of_usage(tmp_path: Path, capsys: Capture) -> None:
    assert main(["topology", "validate", str(tmp_path / "absent.yaml")]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert "cannot be read" in err


def test_the_schema_is_printed_as_the_docs_have_it(capsys: Capture) -> None:
    assert main(["topology", "schema"]) == ExitCode.CLEAN
    assert capsys.readouterr().out == schema_text()


def test_a_graph_is_adopted_as_a_draft_that_is_valid_as_it_stands(tmp_path: Path, capsys: Capture) -> None:
    graph, draft = tmp_path / "graph.json", tmp_path / "draft.yaml"
    graph.write_bytes(dump(estate()))
    assert main(["topology", "import", str(graph)]) == ExitCode.CLEAN
    text = capsys.readouterr().out
    flows = {(flow.source, flow.target) for flow in parse_topology(text).flows}
    assert {("lock", "central-monitor"), ("lock", "tenancy-control"), ("citizen-score", "travel-ban")} <= flows
    assert "purpose: TODO" in text
    assert main(["topology", "import", str(graph), "--output", str(draft)]) == ExitCode.CLEAN
    assert capsys.readouterr().out == ""
    assert draft.read_text(encoding="utf-8") == text
    assert len(load_topology(draft).systems) == 5
    assert main(["topology", "import", str(graph), "--format", "json"]) == ExitCode.CLEAN
    document = json.loads(capsys.readouterr().out)
    assert (document["topology"], document["declares"]["system"]) == (text, 5)
    assert any("lonely.topic" in left for left in document["left_out"])


def test_asyncapi_documents_are_taken_together(tmp_path: Path, capsys: Capture) -> None:
    lock, score = tmp_path / "lock.yaml", tmp_path / "score.yaml"
    lock.write_text(LOCK, encoding="utf-8")
    score.write_text(SCORE, encoding="utf-8")
    assert main(["topology", "import", str(lock), str(score)]) == ExitCode.CLEAN
    flows = parse_topology(capsys.readouterr().out).flows
    assert ("door-locks", "citizen-score") in {(flow.source, flow.target) for flow in flows}


@pytest.mark.parametrize(("text", "said"), [(WHOLE, "not an AsyncAPI 3.0 document"), ("{}", "not a graph document")])
def test_what_is_neither_is_refused(text: str, said: str, tmp_path: Path, capsys: Capture) -> None:
    assert main(["topology", "import", str(written(tmp_path, text))]) == ExitCode.USAGE
    assert said in capsys.readouterr().err
    assert main(["topology", "import", str(tmp_path / "absent.yaml")]) == ExitCode.USAGE
    assert "cannot be read" in capsys.readouterr().err
