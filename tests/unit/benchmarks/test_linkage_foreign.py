"""Somebody else's truth: how it is read and told, and how what is found is held against it."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from benchmarks.linkage.foreign import lahman, tpch
from benchmarks.linkage.foreign.database import START_MS, Reference, Row, folder_of, tell
from benchmarks.linkage.foreign.tried import Attempt, directed, found_by_flowaudit, undirected
from flowaudit.errors import UsageError
from flowaudit.estates.score import Accuracy
from tests.unit.benchmarks.tiny_estates import orders_and_lines

LONG, SHORT = Reference("people", "batting"), Reference("teams", "batting", followed=False)


def test_rows_are_told_in_their_own_time_and_each_table_counts_its_own() -> None:
    rows = [Row("b", 2.0, {"id": 2}), Row("a", 2.0, {"id": 1}), Row("b", 0.5, {"id": "é"})]
    told = [(r.topic, r.offset, r.timestamp_ms - START_MS, json.loads(r.value or b"")) for r in tell(rows)]
    assert told == [("b", 0, 500, {"id": "é"}), ("a", 0, 2_000, {"id": 1}), ("b", 1, 2_000, {"id": 2})]


def test_a_database_is_an_estate_of_which_nothing_but_the_records_is_known() -> None:
    estate = orders_and_lines().as_played()
    assert [(edge.source, edge.target) for edge in estate.truth.edges] == [("topic:orders", "topic:lines")]
    assert [topic.name for topic in estate.spec.topics] == ["lines", "notes", "orders"]
    assert (estate.metadata_facts, len(estate.log)) == ((), 480)


def test_flowaudit_finds_the_one_key_of_a_tiny_database() -> None:
    assert found_by_flowaudit(orders_and_lines(), 1.0) == {("orders", "lines")}


def test_a_key_the_wrong_way_round_counts_undirected_only() -> None:
    attempt = Attempt("some way", frozenset({("batting", "people"), ("teams", "batting"), ("people", "teams")}))
    assert directed(attempt, [LONG, SHORT]) == Accuracy(1, 2, 1)
    assert undirected(attempt, [LONG, SHORT]) == Accuracy(2, 1, 0)
    # Where keys are too short to be followed, finding them is neither right nor wrong.
    assert directed(attempt, [LONG], [SHORT]) == Accuracy(0, 2, 1)
    assert undirected(attempt, [LONG], [SHORT]) == Accuracy(1, 1, 0)


@pytest.mark.parametrize("references", [lahman.REFERENCES, tpch.REFERENCES], ids=["lahman", "tpch"])
def test_every_reference_is_named_once_and_none_refers_to_itself(references: tuple[Reference, ...]) -> None:
    pairs = [(each.parent, each.child) for each in references]
    assert len(set(pairs)) == len(pairs)
    assert all(parent != child for parent, child in pairs)
    assert {each.followed for each in references} == {True, False}


def test_a_data_set_that_is_not_installed_is_named_with_the_way_to_install_it() -> None:
    with pytest.raises(UsageError, match=r"no_such_data is not installed; install 'flowaudit\[benchmarks\]'"):
        folder_of("no_such_data")


def test_people_come_before_what_they_did_and_seasons_that_are_not_told_are_left_out(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="of the extra benchmarks")
    connection = duckdb.connect()
    empty = "select 'p' as playerID, 2001 as yearID where false"
    tables = {
        **dict.fromkeys((*lahman._PEOPLE_ONLY, *lahman._PEOPLE_AND_TEAMS), empty),
        "Batting": "select * from (values ('ann01', 2001), ('bob01', 2003), ('old01', 1950)) as t(playerID, yearID)",
        "People": "select * from (values ('ann01'), ('bob01'), ('old01'), ('idle1')) as t(playerID)",
        "Teams": "select * from (values ('AAA', 2001), ('BBB', 1950)) as t(teamID, yearID)",
        "TeamsFranchises": "select 'AAA' as franchID",
    }
    for table, query in tables.items():
        connection.execute(f"copy ({query}) to '{tmp_path / table}.parquet' (format parquet)")
    told = tell(lahman._rows(tmp_path, Random(1)))
    assert [(record.topic, json.loads(record.value or b"")) for record in told] == [
        ("TeamsFranchises", {"franchID": "AAA"}),
        ("Teams", {"teamID": "AAA", "yearID": 2001}),
        ("People", {"playerID": "ann01"}),
        ("Batting", {"playerID": "ann01", "yearID": 2001}),
        ("People", {"playerID": "bob01"}),
        ("Batting", {"playerID": "bob01", "yearID": 2003}),
    ]
