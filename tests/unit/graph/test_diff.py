"""What changed between two graphs, and which ways have opened: by the rules, and against every witness."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations

from flowaudit.graph.constraint import Constraint
from flowaudit.graph.diff import Drift, Moment, compare
from flowaudit.graph.evidence import Tier, Verdict
from flowaudit.graph.reach import witness
from flowaudit.graph.snapshot import GraphSnapshot
from tests.unit.graph.made_graphs import edge, graph, random_graph

SYSTEMS = {"locks": "lock", "score": "score", "bans": "ban", "group:office": "ban"}
LOCK_TO_SCORE = edge("locks", "score")
SCORE_TO_BAN = edge("score", "group:office", seen=(50, 100))


def drift_of(before: GraphSnapshot, after: GraphSnapshot, constraint: Constraint | None = None) -> Drift:
    return compare(Moment(before, constraint), Moment(after, constraint))


def test_a_graph_does_not_differ_from_itself() -> None:
    snapshot = graph([LOCK_TO_SCORE, SCORE_TO_BAN], SYSTEMS)
    assert drift_of(snapshot, snapshot).is_none


def test_the_one_new_consumer_that_connects_lock_to_travel_ban() -> None:
    before, after = graph([LOCK_TO_SCORE], SYSTEMS), graph([LOCK_TO_SCORE, SCORE_TO_BAN], SYSTEMS)
    drift = drift_of(before, after)
    assert drift.added == (SCORE_TO_BAN,)
    assert drift.opened_pairs == (("lock", "ban"), ("score", "ban"))
    first = drift.opened[0]
    assert [hop.edge for hop in first.path.hops] == [LOCK_TO_SCORE, SCORE_TO_BAN]
    assert [hop.edge for hop in first.opened_by] == [SCORE_TO_BAN]
    back = drift_of(after, before)
    assert (back.gone, back.opened_pairs) == ((SCORE_TO_BAN,), ())


def test_a_detour_of_what_was_reached_before_is_no_new_path() -> None:
    before = graph([LOCK_TO_SCORE, SCORE_TO_BAN], SYSTEMS)
    after = graph([LOCK_TO_SCORE, SCORE_TO_BAN, edge("locks", "bans")], SYSTEMS)
    assert (len(drift_of(before, after).added), drift_of(before, after).opened_pairs) == (1, ())


def test_tier_and_verdict_are_compared_edge_by_edge() -> None:
    before = graph([edge("locks", "score", Tier.SUSPECTED)], SYSTEMS)
    judged = replace(edge("locks", "score", Tier.CONFIRMED), verdict=Verdict.UNDECLARED)
    drift = drift_of(before, graph([judged], SYSTEMS))
    (change,) = drift.changed_tier
    assert (change.before.tier, change.after.tier) == (Tier.SUSPECTED, Tier.CONFIRMED)
    assert drift.changed_verdict == drift.changed_tier
    assert not drift.opened_pairs


def test_a_flow_that_is_known_better_opens_a_way_where_that_is_asked_for() -> None:
    weak, strong = (graph([edge("locks", "score", tier)], SYSTEMS) for tier in (Tier.SUSPECTED, Tier.PROVEN))
    drift = drift_of(weak, strong, Constraint(Tier.OBSERVED))
    assert drift.opened_pairs == (("lock", "score"),)
    assert len(drift.opened[0].opened_by) == 1


def test_a_flow_that_is_seen_again_opens_the_way_that_time_had_barred() -> None:
    late, early = edge("locks", "score", seen=(50, 60)), edge("score", "group:office", seen=(0, 10))
    again = replace(early, last_seen_ms=70)
    drift = drift_of(graph([late, early], SYSTEMS), graph([late, again], SYSTEMS))
    assert not drift.added
    assert drift.opened_pairs == (("lock", "ban"),)
    assert [hop.edge for hop in drift.opened[0].opened_by] == [again]


def test_nodes_come_and_go() -> None:
    drift = drift_of(graph([], {"a": "s"}), graph([], {"b": "s"}))
    assert [node.name for node in (*drift.gone_nodes, *drift.added_nodes)] == ["a", "b"]
    assert not drift.is_none


def test_no_more_witnesses_than_asked_for() -> None:
    before = graph([], SYSTEMS)
    drift = compare(Moment(before), Moment(graph([LOCK_TO_SCORE, SCORE_TO_BAN], SYSTEMS)), most_paths=1)
    assert (len(drift.opened_pairs), len(drift.opened)) == (3, 1)


def test_opened_pairs_are_those_that_have_a_witness_now_and_had_none() -> None:
    chance = random.Random("drift")
    opened = 0
    for _ in range(400):
        after = random_graph(chance, 20)
        kept = [replace(one, last_seen_ms=chance.randint(one.first_seen_ms, one.last_seen_ms)) for one in after.edges]
        before = replace(after, edges=tuple(one for one in kept if chance.random() < 0.8))
        constraint = Constraint(chance.choice((Tier.SUSPECTED, Tier.PROBABLE)), in_time=chance.random() < 0.7)
        was, now = Moment(before, constraint), Moment(after, constraint)
        expected = {pair for pair in permutations(now.members, 2) if has_way(now, *pair) and not has_way(was, *pair)}
        drift = compare(was, now)
        assert set(drift.opened_pairs) == expected
        assert all(one.opened_by for one in drift.opened)
        opened += len(expected)
    assert opened > 100


def has_way(moment: Moment, source: str, target: str) -> bool:
    members = moment.members
    return witness(moment.index, members[source], members[target], moment.constraint) is not None
