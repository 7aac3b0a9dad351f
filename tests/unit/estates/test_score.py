from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.estates.score import TIERS, Flow, ScoredEdge, Tier, closure, score
from flowaudit.estates.truth import DecoyPair, Truth, TruthEdge, TruthNode, UnexercisedFlow

TOPICS = ("a", "b", "c", "d")


def node(name: str) -> TruthNode:
    return TruthNode(id=f"topic:{name}", kind="topic", name=name)


def derives(source: str, target: str, tier: Tier = "probable") -> ScoredEdge:
    return ScoredEdge("derives", f"topic:{source}", f"topic:{target}", tier)


def consumes(topic: str, tier: Tier = "observed") -> ScoredEdge:
    return ScoredEdge("consumes", f"topic:{topic}", "group:g", tier)


CHAIN = Truth(
    topology="chain",
    nodes=(*map(node, TOPICS), TruthNode(id="group:g", kind="group", name="g")),
    edges=(
        TruthEdge(kind="derives", source="topic:a", target="topic:b", hidden=True),
        TruthEdge(kind="derives", source="topic:b", target="topic:c", hidden=False),
        TruthEdge(kind="consumes", source="topic:a", target="group:g", hidden=False),
    ),
    decoys=(DecoyPair(source="topic:d", target="topic:a"), DecoyPair(source="topic:a", target="topic:d")),
    systems=(),
)


def test_a_perfect_graph_scores_one() -> None:
    report = score([derives("a", "b"), derives("b", "c"), consumes("a")], CHAIN)
    assert report.overall("derives").f1 == report.overall("consumes").f1 == report.reachability.f1 == 1.0
    assert (report.wrong, report.missed, report.reversed_flows, report.decoys) == ((), (), (), ())


def test_an_empty_graph_has_no_recall_and_nothing_wrong() -> None:
    report = score([], CHAIN)
    assert (report.overall("derives").precision, report.overall("derives").recall) == (1.0, 0.0)
    assert report.overall("derives").f1 == 0.0
    assert [(edge.kind, edge.source) for edge in report.missed] == [
        ("consumes", "topic:a"),
        ("derives", "topic:a"),
        ("derives", "topic:b"),
    ]


def test_a_reversed_edge_is_wrong_missed_and_counted_as_reversed() -> None:
    report = score([derives("b", "a"), derives("b", "c")], CHAIN)
    assert report.reversed_flows == (Flow("topic:b", "topic:a"),)
    assert (report.overall("derives").precision, report.overall("derives").recall) == (0.5, 0.5)


def test_both_directions_of_a_true_edge_count_one_reversal() -> None:
    report = score([derives("a", "b"), derives("b", "a")], CHAIN)
    assert report.reversed_flows == (Flow("topic:b", "topic:a"),)


def test_a_shortcut_is_a_wrong_edge_but_right_about_reachability() -> None:
    report = score([derives("a", "b"), derives("b", "c"), derives("a", "c")], CHAIN)
    assert report.overall("derives").precision == pytest.approx(2 / 3)
    assert report.reachability.precision == report.reachability.recall == 1.0


def test_tiers_are_thresholds() -> None:
    report = score(
        [derives("a", "b", "confirmed"), derives("b", "c", "suspected"), derives("c", "a", "declared")], CHAIN
    )
    correct = {s.tier: (s.accuracy.correct, s.accuracy.wrong) for s in report.by_tier if s.kind == "derives"}
    assert correct == {
        "proven": (0, 0),
        "observed": (0, 0),
        "confirmed": (1, 0),
        "probable": (1, 0),
        "suspected": (2, 0),
        "permitted": (2, 0),
        "declared": (2, 1),
    }
    assert report.wrong == ()


def test_decoys_are_listed_with_the_strongest_tier_they_were_given() -> None:
    report = score(
        [derives("a", "d", "suspected"), derives("a", "d", "confirmed"), derives("d", "a", "suspected")], CHAIN
    )
    assert [(decoy.source, decoy.tier) for decoy in report.decoys] == [
        ("topic:a", "confirmed"),
        ("topic:d", "suspected"),
    ]
    assert report.decoys_at("probable") == 1
    assert report.decoys_at("suspected") == 2
    assert report.decoys_at("proven") == 0


def test_what_the_truth_does_not_know_is_not_judged() -> None:
    report = score([derives("a", "elsewhere"), ScoredEdge("produces", "producer:1", "topic:a", "observed")], CHAIN)
    assert report.unjudged == 1
    assert report.overall("derives").wrong == 0


flows = st.sets(st.builds(Flow, st.sampled_from(TOPICS), st.sampled_from(TOPICS)), max_size=10)


@given(flows)
def test_closure_is_transitive_and_stable(found: set[Flow]) -> None:
    reached = closure(found)
    assert found <= reached
    assert closure(reached) == reached
    assert all(Flow(x.source, y.target) in reached for x in reached for y in reached if x.target == y.source)


@given(
    st.lists(st.builds(derives, st.sampled_from(TOPICS), st.sampled_from(TOPICS), st.sampled_from(TIERS)), max_size=20)
)
def test_order_and_repetition_do_not_matter_and_recall_never_falls_with_weaker_tiers(edges: list[ScoredEdge]) -> None:
    report = score(edges, CHAIN)
    assert report == score([*reversed(edges), *edges], CHAIN)
    recalls = [found.accuracy.recall for found in report.by_tier if found.kind == "derives"]
    assert recalls == sorted(recalls)


def test_a_true_edge_that_is_only_an_alternate_is_offered_but_not_found() -> None:
    edge = ScoredEdge("derives", "topic:b", "topic:c", "probable", alternates=("topic:d",))
    instead = ScoredEdge("derives", "topic:d", "topic:b", "probable", alternates=("topic:a",))
    report = score([edge, instead], CHAIN)
    assert (report.overall("derives").correct, report.offered, report.offered_share) == (1, 2, 1.0)


def test_the_calibration_error_is_how_far_confidence_is_from_being_right() -> None:
    def sure(source: str, target: str, confidence: float) -> ScoredEdge:
        return ScoredEdge("derives", f"topic:{source}", f"topic:{target}", "probable", confidence=confidence)

    assert score([derives("a", "b")], CHAIN).calibration_error is None
    assert score([sure("a", "b", 1.0), sure("b", "c", 1.0)], CHAIN).calibration_error == 0.0
    assert score([sure("a", "b", 0.93), sure("c", "b", 0.93)], CHAIN).calibration_error == pytest.approx(0.43)
    assert score([sure("a", "b", 0.8), sure("c", "b", 0.2)], CHAIN).calibration_error == pytest.approx(0.2)


def test_decoys_are_counted_beside_those_that_were_linked() -> None:
    report = score([derives("d", "a", "suspected"), derives("a", "d")], CHAIN)
    assert (report.decoys_at("probable"), report.decoys_at("suspected"), report.decoy_pairs) == (1, 2, 2)


def test_a_flow_that_was_not_exercised_is_neither_right_nor_wrong_nor_leads_on() -> None:
    unexercised = (UnexercisedFlow(source="topic:c", target="topic:d"),)
    drawn = [consumes("a"), derives("a", "b"), derives("b", "c"), derives("c", "d")]
    assert score(drawn, CHAIN).overall("derives").wrong == 1
    report = score(drawn, msgspec.structs.replace(CHAIN, not_exercised=unexercised))
    assert (report.overall("derives").wrong, report.reachability.wrong, report.wrong) == (0, 0, ())
    missing = score(drawn[:3], msgspec.structs.replace(CHAIN, not_exercised=unexercised))
    assert missing.missed == report.missed == ()
