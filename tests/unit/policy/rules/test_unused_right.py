from __future__ import annotations

from flowaudit.graph.evidence import EdgeKind, Tier, Verdict
from tests.unit.policy.made import cases, edge, graph, subjects

PERMIT = edge("lock.events > @monitor", Tier.PERMITTED, Verdict.PERMITTED, kind=EdgeKind.PERMITTED)


def test_a_right_that_was_never_used() -> None:
    (case,) = cases("rule: FA007", graph(PERMIT))
    assert subjects([case]) == ["topic:lock.events > group:monitor"]
    assert (case.ways, case.cut) == ((), ())
    assert cases("rule: FA007, topics: system:score", graph(PERMIT)) == []


def test_a_right_that_is_used_is_no_case() -> None:
    assert cases("rule: FA007", graph(PERMIT, "lock.events > @monitor")) == []
