"""The benchmark's commands: which seeds they look at, what they refuse, and what they print of a tiny estate."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

import pytest

from benchmarks.linkage.__main__ import main
from benchmarks.linkage.baselines.__main__ import main as baselines_main
from benchmarks.linkage.foreign.__main__ import main as foreign_main
from benchmarks.linkage.run import Task, question_of, run, run_one
from benchmarks.linkage.tapped import store, tap
from benchmarks.linkage.version import EVALUATION_SEEDS, STILL_SEEDS, TUNING_SEEDS, VERSION
from tests.unit.benchmarks.tiny_estates import played

Capture = pytest.CaptureFixture[str]
HALF_FOUND = "1.000 0.500 0.667 1.000 0.500 0.667"
Main = Callable[[Sequence[str]], int]


def test_no_seed_is_in_two_sets() -> None:
    for one, other in combinations((TUNING_SEEDS, EVALUATION_SEEDS, STILL_SEEDS), 2):
        assert not set(one) & set(other)


@pytest.mark.parametrize(
    ("command", "arguments", "told"),
    [
        (main, ["--set", "validation"], "invalid choice: 'validation'"),
        (main, ["--estates", "0"], "argument --estates: must be 1 or more, not 0"),
        (main, ["--processes", "0"], "argument --processes: must be 1 or more, not 0"),
        (main, ["--theta", "1.5"], "argument --theta: must be above 0 and up to 1, not 1.5"),
        (main, ["--theta", "much"], "argument --theta: invalid share value: 'much'"),
        (main, ["--estates", "1001"], "seeds 0-1000 reach beyond the set tuning: 0-999"),
        (main, ["--first", "10000"], "seeds 10000-10019 reach beyond the set tuning: 0-999"),
        (main, ["--set", "evaluation", "--first", "999"], "reach beyond the set evaluation: 10000-19999"),
        (main, ["export", "--seed", "one", "--output", "x"], "argument --seed: invalid int value: 'one'"),
        (main, ["export", "--seed", "1", "--output", __file__], "test_linkage_commands.py is no directory"),
        (baselines_main, ["--estates", "-1"], "argument --estates: must be 1 or more, not -1"),
        (baselines_main, ["--tune", "--estates", "2000"], "seeds 0-1999 reach beyond the set tuning: 0-999"),
        (foreign_main, ["--sets", "lehman"], "invalid choice: 'lehman'"),
        (foreign_main, ["--theta", "0"], "argument --theta: must be above 0 and up to 1, not 0"),
    ],
)
def test_bad_input_is_told_in_a_line_and_ends_with_2(
    command: Main, arguments: list[str], told: str, capsys: Capture
) -> None:
    with pytest.raises(SystemExit) as ended:
        command(arguments)
    assert ended.value.code == 2
    out, err = capsys.readouterr()
    assert told in err.splitlines()[-1]
    assert out == ""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is kept of a benchmark that has tapped estate 7, a tiny one."""
    folder = tmp_path_factory.mktemp("cache")
    store(folder / f"v{VERSION}-estate-7-theta1.sightings", tap(played(), 1.0))
    return folder


def test_an_estate_is_taken_from_the_cache_and_its_facts_are_kept_there(cache: Path) -> None:
    task = Task(7, "estate", 1.0, cache, keeps_facts=True)
    assert question_of(task).cases == played().cases
    first = run_one(task)
    assert (cache / f"v{VERSION}-estate-7-theta1.facts").exists()
    (again,) = run([task], 1)
    assert (again.results, again.errors) == (first.results, first.errors)
    assert first.errors["passive"].wrong == ()
    assert first.errors["passive"].missed == (("topic:lines", "topic:notes", "map translated"),)
    passive = first.results["passive"]
    assert (passive.drawn, passive.reversed_edges, passive.ordered_pairs) == (1, 0, 6)
    assert (passive.decoys, passive.decoys_linked) == ({"co-activity": 1}, {})


def test_the_tables_of_a_tiny_estate(cache: Path, tmp_path: Path, capsys: Capture) -> None:
    written = tmp_path / "figures.json"
    assert main(["--first", "7", "--estates", "1", "--cache", str(cache), "--list-errors", "--json", str(written)]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == f"generator version {VERSION}, tuning seeds 7-7, theta 1"
    rows = [" ".join(line.split()) for line in lines[:-1] if line]
    (calibration,) = (row for row in rows if row.startswith("calibration"))
    # How sure linkage is of the one flow that it draws changes with its tuning.
    assert re.fullmatch(r"calibration error \(10 bins\) 0\.0\d\d 0\.0\d\d", calibration)
    assert [row for row in rows if row != calibration] == [
        "7 passive missed topic:lines -> topic:notes [map translated]",
        "7 metadata missed topic:lines -> topic:notes [map translated]",
        "passive metadata",
        *(f"direct edges, {grade} or better: P R F1 {HALF_FOUND}" for grade in ("suspected", "probable", "confirmed")),
        # Of three pairs that can be reached one is drawn.
        "reachability: P R F1 1.000 0.333 0.500 1.000 0.333 0.500",
        "true in chosen or alternates 0.500 (1/2) 0.500 (1/2)",
        "drawn against a flow 0.000 (0/1) 0.000 (0/1)",
        "decoys at probable or better 0.000 (0/1) 0.000 (0/1)",
        "recall by case passive metadata",
        "map 0.500 (1/2) 0.500 (1/2)",
        "quotes-event 1.000 (1/1) 1.000 (1/1)",
        "translated 0.000 (0/1) 0.000 (0/1)",
        "decoys at probable or better passive metadata",
        "co-activity 0.000 (0/1) 0.000 (0/1)",
    ]
    assert lines[-1].startswith("1 estates in ")
    document = json.loads(written.read_bytes())
    assert (document["set"], document["seeds"], len(document["estates"])) == ("tuning", [7, 7], 1)
