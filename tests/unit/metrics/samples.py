"""A small estate as values: what the surfaces' tests read. Nothing in it was seen on a cluster."""

from __future__ import annotations

from flowaudit.engine.ports import SourceHealth
from flowaudit.facts import Channel, FieldName
from flowaudit.graph.evidence import EdgeKind, Evidence, Inference, Lag, Tier, Verdict
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.identity_view import (
    Addition,
    IdentityCluster,
    PeopleField,
    PeopleWithoutFlow,
    Sampling,
    SharedPeople,
)
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
from flowaudit.linkage.derived import Sharing
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
        alternates=("lonely.topic",) if tier is Tier.PROBABLE else (),
        inference=Inference(0.93, Tier.SUSPECTED, ("committed-offsets",)) if tier is Tier.PROBABLE else None,
    )


def identity() -> IdentityCluster:
    """The people whom locks, monitor, score and ban know, as linkage would tell of them."""
    paths = {
        "locks.events": "$.subject",
        "monitor.sightings": "$.citizen",
        "score.updates": "$.who",
        "travel.bans": "$.person",
    }
    locks, *others = (FieldName(topic, path) for topic, path in paths.items())
    people = {locks: 4_100, **dict(zip(others, (4_100, 3_900, 0), strict=True))}
    return IdentityCluster(
        fields=tuple(PeopleField(field, people[field], START_MS) for field in (locks, *others)),
        people=4_100,
        relative_error=0.067,
        since_ms=START_MS,
        shared=tuple(SharedPeople((locks, other), people[other], START_MS) for other in others),
        additions=(
            Addition("locks.events", None, 4_100, 0, ("$.door", "$.opened_at")),
            Addition("score.updates", (others[1], locks), 3_900, START_MS, ("$.score", "$.reason")),
            Addition("monitor.sightings", (others[0], locks), 4_100, START_MS, ("$.place",)),
            Addition("travel.bans", (others[2], locks), 0, START_MS, ()),
        ),
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
        clusters=(identity(),),
        same_people=(
            PeopleWithoutFlow(
                ("locks.events", "travel.bans"),
                Sharing.HUMAN_ORDER,
                sightings=50,
                people=0,
                first_seen_ms=START_MS,
                last_seen_ms=START_MS + 60_000,
                fields=(("$.subject", "$.person"),),
            ),
        ),
        sampling=Sampling(0.025, 0.1),
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
