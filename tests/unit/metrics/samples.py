"""A small estate as values: what the surfaces' tests read. Nothing in it was seen on a cluster."""

from __future__ import annotations

from flowaudit.engine.ports import SourceHealth
from flowaudit.facts import Channel
from flowaudit.graph.evidence import EdgeKind, Evidence, Lag, Tier, Verdict
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.snapshot import (
    Cluster,
    Coverage,
    Edge,
    GraphSnapshot,
    Hidden,
    IdentityField,
    Join,
    Node,
    TappedTopic,
    Window,
)
from flowaudit.metrics.state import GroupLag, GroupMembers, ServiceState, TapLag

NAMESPACE = "kafka://broker.example:9092"
START_MS = 1_763_892_000_000
"""2025-11-23 10:00:00Z"""


def topic(name: str) -> NodeId:
    return NodeId(NodeKind.TOPIC, NAMESPACE, name)


def group(name: str) -> NodeId:
    return NodeId(NodeKind.GROUP, NAMESPACE, name)


def evidence(channel: Channel, tier: Tier, reference: str, **detail: str | int) -> Evidence:
    return Evidence(channel, tier, START_MS, START_MS + 60_000, reference, tuple(sorted(detail.items())))


def consumes(source: str, target: str, records: int, verdict: Verdict = Verdict.UNDECLARED) -> Edge:
    seen = evidence(Channel.COMMITTED_OFFSETS, Tier.OBSERVED, "OffsetFetch v9", committed_offset=records)
    member = evidence(Channel.GROUP_MEMBERSHIP, Tier.OBSERVED, "DescribeGroups v6", state="Stable")
    return Edge(
        topic(source),
        group(target),
        EdgeKind.CONSUMES,
        Tier.OBSERVED,
        verdict,
        records,
        START_MS,
        START_MS + 60_000,
        (seen, member),
    )


def derives(source: str, target: str, tier: Tier, verdict: Verdict = Verdict.UNDECLARED) -> Edge:
    found = evidence(Channel.LINKAGE, tier, f"content of {source} seen again in {target}", sightings=420)
    return Edge(
        topic(source),
        topic(target),
        EdgeKind.DERIVES,
        tier,
        verdict,
        420,
        START_MS + 5_000,
        START_MS + 60_000,
        (found,),
        lag=Lag(40, 90),
        fields=(("$.subject", "$.citizen"),),
    )


def estate() -> GraphSnapshot:
    """locks → central monitor → citizen score → travel ban; only locks → tenancy control is declared."""
    systems = {
        topic("locks.events"): "lock",
        topic("monitor.sightings"): "central-monitor",
        topic("score.updates"): "citizen-score",
        topic("travel.bans"): "travel-ban",
        topic("lonely.topic"): "",
        group("central-monitor"): "central-monitor",
        group("citizen-score"): "citizen-score",
        group("tenancy-control"): "tenancy-control",
        group("travel-ban-office"): "travel-ban",
    }
    nodes = tuple(Node(node, system) for node, system in sorted(systems.items()))
    edges = (
        consumes("locks.events", "central-monitor", 1_200),
        consumes("locks.events", "tenancy-control", 1_100, Verdict.VERIFIED),
        consumes("monitor.sightings", "citizen-score", 1_150),
        consumes("score.updates", "travel-ban-office", 300),
        derives("locks.events", "monitor.sightings", Tier.CONFIRMED),
        derives("monitor.sightings", "score.updates", Tier.PROBABLE),
        derives("score.updates", "travel.bans", Tier.CONFIRMED),
    )
    return GraphSnapshot(
        Cluster("cluster-1", NAMESPACE),
        Window(START_MS, START_MS + 60_000),
        nodes,
        tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind))),
        (IdentityField("locks.events", "$.subject", "entity"),),
        (Join("locks.events", "$.subject", "monitor.sightings", "$.citizen", 420, Tier.CONFIRMED, START_MS),),
        Coverage(
            (TappedTopic("locks.events", 4, 1_190, 6, 4, 0), TappedTopic("score.updates", 2, 290, 0, 10, 0)),
            (
                Hidden("topic", "lonely.topic", "no-read-right", "what is in lonely.topic"),
                Hidden("cluster", "", "no-acl-right", "who may read and write", Channel.ACL),
            ),
        ),
    )


def running(snapshot: GraphSnapshot | None = None) -> ServiceState:
    """A service that has looked at the estate."""
    return ServiceState(
        up=True,
        snapshot=snapshot or estate(),
        sources=(
            SourceHealth("groups", START_MS + 59_000, 120, attempts=20, errors=1),
            SourceHealth("topics", START_MS + 59_500, 40, attempts=20),
        ),
        tap_lags=(TapLag("locks.events", 3), TapLag("score.updates", 0)),
        group_lags=(GroupLag("central-monitor", "locks.events", 7), GroupLag("citizen-score", "monitor.sightings", 0)),
        group_members=(GroupMembers("central-monitor", 2), GroupMembers("citizen-score", 1)),
        ledger_facts=4_321,
    )
