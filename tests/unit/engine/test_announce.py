from __future__ import annotations

from flowaudit.engine.announce import Announcer
from flowaudit.engine.progress import LinkFirstSeen, ProgressEvent
from flowaudit.facts import Channel
from flowaudit.graph.evidence import EdgeKind, Evidence, Tier, Verdict
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.snapshot import Cluster, Edge, GraphSnapshot, Node, Window

LOCKS = NodeId(NodeKind.TOPIC, "kafka://k:1", "locks")
SCORE = NodeId(NodeKind.TOPIC, "kafka://k:1", "score")


class Listener:
    def __init__(self) -> None:
        self.told: list[LinkFirstSeen] = []

    def tell(self, event: ProgressEvent) -> None:
        assert isinstance(event, LinkFirstSeen)
        self.told.append(event)


def snapshot(*tiers: Tier) -> GraphSnapshot:
    edges = tuple(
        Edge(
            source=LOCKS,
            target=SCORE,
            kind=EdgeKind.DERIVES,
            tier=tier,
            verdict=Verdict.UNJUDGED,
            records=1,
            first_seen_ms=1,
            last_seen_ms=2,
            evidence=(Evidence(Channel.LINKAGE, tier, 1, 2, ""),),
        )
        for tier in tiers
    )
    return GraphSnapshot(Cluster("c", "kafka://k:1"), Window(0, 9), (Node(LOCKS, "lock"), Node(SCORE, "")), edges)


def test_a_link_is_told_once() -> None:
    listener = Listener()
    announcer = Announcer(listener)
    for _ in range(3):
        announcer.see(snapshot(Tier.PROBABLE))
    assert [(e.upstream_system, e.downstream_system, e.at_ms) for e in listener.told] == [("lock", "", 9)]


def test_it_is_told_again_when_it_grows_stronger_and_not_when_it_grows_weaker() -> None:
    listener = Listener()
    announcer = Announcer(listener)
    for tier in (Tier.SUSPECTED, Tier.CONFIRMED, Tier.PROBABLE, Tier.CONFIRMED):
        announcer.see(snapshot(tier))
    assert [event.edge.tier for event in listener.told] == [Tier.SUSPECTED, Tier.CONFIRMED]


def test_what_is_only_declared_was_not_seen() -> None:
    listener = Listener()
    Announcer(listener).see(snapshot(Tier.DECLARED))
    assert listener.told == []
