from __future__ import annotations

from flowaudit.graph.evidence import Tier, Verdict
from tests.unit.policy.made import cases, edge, graph, subjects

SNAPSHOT = graph(
    edge("lock.events > @monitor", Tier.OBSERVED),
    edge("lock.events > @tenancy", Tier.OBSERVED, Verdict.VERIFIED),
    edge("score.changes > @ban", Tier.OBSERVED),
    edge("@monitor > score.changes", Tier.OBSERVED),
    edge("lock.events > !archive", Tier.OBSERVED, Verdict.UNJUDGED),
)


def test_readers_that_nobody_declared() -> None:
    assert subjects(cases("rule: FA002", SNAPSHOT)) == [
        "topic:lock.events > group:monitor",
        "topic:score.changes > group:ban",
    ]
    (case,) = cases("rule: FA002, topics: topic:lock.*", SNAPSHOT)
    assert case.message == "monitor (group:monitor) reads lock.events, and no declared flow admits it"
    assert [hop.edge for hop in case.cut] == [case.ways[0].hops[0].edge]


def test_writers_that_nobody_declared() -> None:
    assert subjects(cases("rule: FA003", SNAPSHOT)) == ["group:monitor > topic:score.changes"]
    assert cases("rule: FA003, topics: system:lock", SNAPSHOT) == []


def test_weaker_evidence_than_asked_for_makes_no_case() -> None:
    assert cases("rule: FA002, minimum_tier: proven", SNAPSHOT) == []
