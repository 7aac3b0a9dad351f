"""Small estates for the rules: names say what a node is and whose.

`lock.events` is a topic of the system `lock`, `@monitor` a group of the system `monitor`, `!archive` lies outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flowaudit.facts import Channel
from flowaudit.graph.evidence import EdgeKind, Evidence, Tier, Verdict
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.snapshot import Cluster, Coverage, Edge, GraphSnapshot, Hidden, Join, Node, Window
from flowaudit.policy.estate import Estate
from flowaudit.policy.finding import Case
from flowaudit.policy.load import parse_policy
from flowaudit.policy.model import Policy
from flowaudit.policy.rules.catalogue import RULES
from flowaudit.topology.load import parse_topology
from flowaudit.topology.model import Topology

NAMESPACE = "kafka://broker:9092"
_KINDS = {"@": NodeKind.GROUP, "!": NodeKind.EXTERNAL}
_EDGES = {
    (NodeKind.TOPIC, NodeKind.TOPIC): EdgeKind.DERIVES,
    (NodeKind.TOPIC, NodeKind.GROUP): EdgeKind.CONSUMES,
    (NodeKind.GROUP, NodeKind.TOPIC): EdgeKind.PRODUCES,
    (NodeKind.TOPIC, NodeKind.EXTERNAL): EdgeKind.SINKS,
}

TOPOLOGY = """\
schema: flowaudit.topology/v1
name: made
title: Made
purposes:
  - {name: access, title: open doors}
  - {name: order, title: watch}
  - {name: tenancy, title: find subletting, compatible_with: [access]}
systems:
  - {name: lock, title: Lock, match: {topics: ["lock.*"]}, categories: [biometric], purposes: [access]}
  - {name: tenancy, title: Tenancy, purposes: [tenancy]}
  - {name: monitor, title: Monitor, purposes: [order]}
  - {name: faces, title: Faces, purposes: [order]}
  - {name: archive, title: Archive, residency: US, retention_days: 400, match: {externals: ["archive"]}}
data:
  - {topics: ["lock.*"], purposes: [access], categories: [user.biometric]}
"""


def node(name: str) -> NodeId:
    kind = _KINDS.get(name[0], NodeKind.TOPIC)
    return NodeId(kind, NAMESPACE, name.lstrip("@!"))


def edge(
    ends: str,
    tier: Tier = Tier.CONFIRMED,
    verdict: Verdict = Verdict.UNDECLARED,
    seen: tuple[int, int] = (1_000, 9_000),
    kind: EdgeKind | None = None,
) -> Edge:
    """`lock.events > monitor.seen`"""
    source, target = (node(name.strip()) for name in ends.split(" > "))
    evidence = Evidence(Channel.LINKAGE, tier, *seen, "made")
    drawn = kind or _EDGES[source.kind, target.kind]
    return Edge(source, target, drawn, tier, verdict, 10, *seen, (evidence,))


def graph(*edges: Edge | str, joins: Iterable[tuple[str, str]] = (), hidden: tuple[Hidden, ...] = ()) -> GraphSnapshot:
    drawn = [edge(one) if isinstance(one, str) else one for one in edges]
    ends = {end for one in drawn for end in (one.source, one.target)}
    nodes = [Node(end, end.name.split(".")[0], ("biometric",) if end.name.startswith("lock") else ()) for end in ends]
    return GraphSnapshot(
        Cluster("made", NAMESPACE),
        Window(1_000, 9_000),
        tuple(sorted(nodes, key=lambda one: one.id)),
        tuple(sorted(drawn, key=lambda one: (one.source, one.target, one.kind))),
        joins=tuple(Join(one, "$.a", other, "$.b", 10, Tier.CONFIRMED, 1_000) for one, other in joins),
        coverage=Coverage(not_visible=hidden),
    )


def topology() -> Topology:
    return parse_topology(TOPOLOGY)


def policy(*rules: str, suppressions: str = "") -> Policy:
    """A policy of entries in YAML's flow style, without their braces."""
    lines = ["schema: flowaudit.policy/v1", "name: made", "title: Made", "rules:"]
    lines += [f"  - {{{rule}}}" for rule in rules]
    return parse_policy("\n".join(lines) + (f"\nsuppressions:\n  - {{{suppressions}}}" if suppressions else "") + "\n")


def cases(rule: str, snapshot: GraphSnapshot, declared: Topology | None = None) -> list[Case]:
    """What one entry finds."""
    (entry,) = policy(rule).rules
    return list(RULES[entry.rule].cases(Estate(snapshot, declared), entry))


def subjects(found: Iterable[Case]) -> list[str]:
    return [" > ".join(one.document_id for one in case.subject) for case in found]


def way_names(case: Case) -> Iterator[str]:
    for way in case.ways:
        yield " > ".join(one.name for one in way.nodes)
