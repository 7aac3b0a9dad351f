from __future__ import annotations

import numpy as np

from flowaudit.facts import RowsObserved
from flowaudit.linkage.infer import infer
from flowaudit.linkage.settings import LinkageSettings
from flowaudit.linkage.thinning import RowThinning
from tests.unit.linkage.made_runs import START_MS, chain, rows, runs, window_of

SHORT = LinkageSettings(window_ms=5_000, bucket_ms=5_000)


def bucket_facts() -> list[RowsObserved]:
    """Rows of topic `b` in twenty buckets of ten records each."""
    made = runs(chain(200, [40]))
    return [fact for fact in rows(window_of(made, settings=SHORT).close(1 << 50), "b") if fact.rows]


def test_what_is_kept_are_the_smallest_ranks_up_to_then() -> None:
    thinning = RowThinning(kept=15)
    seen: list[int] = []
    for fact in bucket_facts():
        offered = fact.row_table()["rank"].tolist()
        seen = sorted(seen + offered)[:15]
        thinned = thinning.thin(fact)
        assert sorted(thinned.row_table()["rank"].tolist()) == [rank for rank in sorted(offered) if rank <= seen[-1]]


def test_less_and_less_is_kept_and_it_stands_for_everything() -> None:
    facts = bucket_facts()
    thinning = RowThinning(kept=15)
    thinned = [thinning.thin(fact) for fact in facts]
    kept = [len(fact.row_table()) for fact in thinned]
    assert kept[0] == len(facts[0].row_table())
    assert sum(kept) < 100 < sum(len(fact.row_table()) for fact in facts)
    for before, after in zip(facts, thinned, strict=True):
        if len(after.row_table()):
            assert np.isclose(after.row_table()["weight"].sum(), before.row_table()["weight"].sum())


def test_parents_stay_with_their_rows() -> None:
    thinning = RowThinning(kept=8)
    for fact in bucket_facts():
        lag_of = dict(
            zip(fact.row_table()["offset"][fact.parent_table()["row"]], fact.parent_table()["lag_ms"], strict=True)
        )
        thinned = thinning.thin(fact)
        parents = thinned.parent_table()
        assert len(parents) == len(thinned.row_table())
        for offset, lag in zip(thinned.row_table()["offset"][parents["row"]], parents["lag_ms"], strict=True):
            assert lag_of[offset] == lag


def test_edges_survive_a_long_audit() -> None:
    window = window_of(runs(chain(3_000, [40, 90])), settings=SHORT)
    edges = infer(window.close(START_MS + 10_000_000)).edges
    assert [(edge.upstream, edge.downstream, edge.sightings) for edge in edges] == [
        ("a", "b", 3_000),
        ("b", "c", 3_000),
    ]
