"""`flowaudit score` as it is typed: what it says of alternates, of decoys, and of how sure the auditor was."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from flowaudit.estates.truth import DecoyPair, Truth, TruthEdge, TruthNode, dump_truth
from flowaudit.graph.document import dump
from flowaudit.linkage.derived import Grade
from tests.e2e.commands import flowaudit
from tests.unit.graph.made_facts import derived, snapshot_of

pytestmark = pytest.mark.e2e

TOPICS = ("arrivals", "bans", "crowd", "doors", "entries")
FLOWS = (("arrivals", "bans"), ("crowd", "doors"))
DECOYS = (("entries", "arrivals"), ("arrivals", "entries"), ("doors", "entries"))


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """One flow is found, of the other one the parent is only named as an alternate, and two of three decoys linked."""
    graph = snapshot_of(
        [],
        derived("arrivals", "bans"),
        replace(derived("bans", "doors"), alternates=("crowd",)),
        derived("entries", "arrivals"),
        replace(derived("doors", "entries", Grade.SUSPECTED), confidence=0.33),
    )
    truth = Truth(
        topology="made",
        nodes=tuple(TruthNode(id=f"topic:{topic}", kind="topic", name=topic) for topic in TOPICS),
        edges=tuple(
            TruthEdge(kind="derives", source=f"topic:{one}", target=f"topic:{other}", hidden=False)
            for one, other in FLOWS
        ),
        decoys=tuple(DecoyPair(source=f"topic:{one}", target=f"topic:{other}") for one, other in DECOYS),
        systems=(),
    )
    (tmp_path / "graph.json").write_bytes(dump(graph))
    (tmp_path / "truth.json").write_bytes(dump_truth(truth))
    return tmp_path


def test_the_table_names_alternates_decoys_and_calibration(estate: Path) -> None:
    scored = flowaudit("score", "--truth", "truth.json", cwd=estate)
    assert scored.returncode == 0, scored.stderr
    assert "true derives edges found or named as an alternate: 2 of 2" in scored.stdout
    assert "decoys linked at probable or better: 1 of 3" in scored.stdout
    # Of three that claim .93 one is right, of one that claims .33 none: 3/4 · .597 + 1/4 · .33.
    assert "calibration error over 4 edges: 0.530" in scored.stdout
    assert "decoy     topic:doors → topic:entries was linked (suspected)" in scored.stdout


def test_the_document_has_the_same_figures(estate: Path) -> None:
    scored = flowaudit("score", "graph.json", "--truth", "truth.json", "--format", "json", cwd=estate)
    assert scored.returncode == 0, scored.stderr
    said = json.loads(scored.stdout)
    assert said["found_or_alternate"] == {"count": 2, "share": 1.0}
    assert said["decoys_at_probable"] == {"linked": 1, "pairs": 3}
    assert said["calibration"] == {"edges": 4, "error": pytest.approx(0.53)}
    assert said["overall"]["derives"]["recall"] == 0.5
