"""The figures of the benchmark, on graphs whose figures are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.linkage.conclude import conclude, linkage_facts
from benchmarks.linkage.export import export
from benchmarks.linkage.results import Result, measure, total
from benchmarks.linkage.table import by_case, by_decoy, headline, still
from benchmarks.linkage.tapped import Question, store, stored, tap
from flowaudit.estates.truth import load_truth
from flowaudit.facts import GroupSeen
from tests.unit.benchmarks.linkage_estates import short


@pytest.fixture(scope="module")
def question() -> Question:
    return tap(short(1), 1.0)


def test_an_empty_graph_misses_everything_and_invents_nothing(question: Question) -> None:
    result, errors = measure(question, conclude(question, [], with_metadata=False))
    true = len(question.cases)
    assert (result.direct["suspected"].missed, result.drawn, result.true_or_alternate) == (true, 0, 0)
    assert (len(errors.missed), errors.wrong) == (true, ())
    assert sum(result.decoys_linked.values()) == 0
    assert sum(result.decoys.values()) == len(question.decoys)


def test_results_add_up(question: Question) -> None:
    result, _ = measure(question, conclude(question, [], with_metadata=True))
    double = total([result, result])
    assert double.estates == 2
    assert double.direct["probable"].missed == 2 * result.direct["probable"].missed
    assert double.cases == {name: 2 * count for name, count in result.cases.items()}
    for table in (headline, by_case, by_decoy, still):
        assert all(table({"passive": double, "metadata": Result().plus(double)}))


def test_a_stored_question_is_the_same_question(question: Question, tmp_path: Path) -> None:
    path = tmp_path / "cache" / "one.sightings"
    assert stored(path) is None
    store(path, question)
    assert stored(path) == question


def test_only_the_metadata_makes_the_difference(question: Question) -> None:
    facts = linkage_facts(question)
    nodes = {
        mode: {node.id.kind.value for node in conclude(question, facts, with_metadata=mode).nodes}
        for mode in (False, True)
    }
    assert "group" in nodes[True] - nodes[False]
    assert any(isinstance(fact, GroupSeen) for fact in question.metadata)


def test_an_exported_estate_has_every_record_and_a_truth_that_score_reads(tmp_path: Path) -> None:
    estate = short(1)
    export(estate, tmp_path)
    records = [json.loads(line) for line in (tmp_path / "records.jsonl").read_bytes().splitlines()]
    assert len(records) == len(estate.log)
    assert records[0]["topic"] == estate.log[0].topic
    assert load_truth(tmp_path / "truth.json") == estate.truth
    assert len(json.loads((tmp_path / "cases.json").read_bytes())["edges"]) == len(estate.cases)
    assert len((tmp_path / "metadata.jsonl").read_bytes().splitlines()) == len(estate.metadata_facts)
