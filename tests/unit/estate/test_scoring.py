"""The arithmetic that the estate's audit is judged by: it sees what is invented, what is missed, and of which class."""

from __future__ import annotations

import pytest

from tests.estate.broker_log import UNSIGNED, BrokerLog
from tests.integration.scoring import reads_in, score, seen_flows, writes_in

TRUE = {
    "classic": frozenset({("topic:a", "group:g"), ("topic:b", "group:g")}),
    "share": frozenset({("topic:a", "group:s")}),
}


def test_all_that_is_true_and_nothing_else_scores_one() -> None:
    found = {("topic:a", "group:g"), ("topic:b", "group:g"), ("topic:a", "group:s")}
    assert score(TRUE, found).precision == score(TRUE, found).recall == 1
    assert not score(TRUE, found).missed


def test_a_missed_edge_lowers_recall_and_is_named_by_its_class() -> None:
    scored = score(TRUE, {("topic:a", "group:g"), ("topic:b", "group:g")})
    assert scored.missed == {"share": {("topic:a", "group:s")}}
    assert scored.precision == 1
    assert scored.recall == pytest.approx(2 / 3)


def test_an_invented_edge_lowers_precision() -> None:
    scored = score(TRUE, {("topic:a", "group:g"), ("topic:a", "group:s"), ("topic:b", "group:s")})
    assert scored.invented == {("topic:b", "group:s")}
    assert scored.precision == pytest.approx(2 / 3)


def test_only_what_was_seen_is_scored() -> None:
    edges = [
        {"kind": "consumes", "source": "topic:a", "target": f"group:{tier}", "tier": tier}
        for tier in ("proven", "observed", "confirmed", "permitted", "declared")
    ]
    assert seen_flows({"edges": edges}, "consumes") == {
        ("topic:a", "group:proven"): "proven",
        ("topic:a", "group:observed"): "observed",
    }
    assert seen_flows({"edges": edges}, "produces") == {}


def test_a_producer_id_is_the_group_whose_offsets_it_commits_or_whose_machinery_it_writes() -> None:
    log = BrokerLog(
        writes=frozenset(
            {("out", 1), ("app-counts-changelog", 2), ("sink", 2), ("raw", 3), ("raw", UNSIGNED), ("sink", 3)}
        ),
        aborted=frozenset({("rehearsed", 1)}),
        commits=frozenset({("in", "loop"), ("in", "connect-archive")}),
        groups={1: frozenset({"loop"})},
    )
    assert writes_in(log, [("group:app", "topic:app-counts-changelog")]) == {
        ("group:loop", "topic:out"),
        ("group:app", "topic:app-counts-changelog"),
        ("group:app", "topic:sink"),
        ("producer:3", "topic:raw"),
        ("producer:3", "topic:sink"),
    }
    assert reads_in(log, {"connect-archive": "connector:archive"}) == {
        ("topic:in", "group:loop"),
        ("topic:in", "connector:archive"),
    }
