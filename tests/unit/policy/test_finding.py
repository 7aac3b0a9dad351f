from __future__ import annotations

from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.policy.finding import fingerprint
from flowaudit.policy.model import Parameters
from tests.unit.policy.made import NAMESPACE, policy


def entry(text: str) -> Parameters:
    (read,) = policy(text).rules
    return read


def name_of(text: str, *subject: NodeId, namespace: str = NAMESPACE) -> str:
    return fingerprint(entry(text), subject, namespace)


FLOW = "rule: FA001, from: system:a, to: system:b"
TOPIC = NodeId(NodeKind.TOPIC, NAMESPACE, "t")


def test_a_fingerprint_is_pinned_so_that_suppressions_outlive_versions() -> None:
    assert name_of(FLOW, TOPIC) == "09cbab5f21faa564"


def test_it_is_of_the_rule_what_it_asks_for_and_the_nodes() -> None:
    others = {
        name_of(FLOW, NodeId(NodeKind.GROUP, NAMESPACE, "t")),
        name_of(FLOW, NodeId(NodeKind.TOPIC, NAMESPACE, "u")),
        name_of(FLOW, TOPIC, TOPIC),
        name_of("rule: FA001, from: system:a, to: system:c", TOPIC),
        name_of("rule: FA004", TOPIC),
        name_of(FLOW, NodeId(NodeKind.TOPIC, "kafka://other:9092", "t")),
    }
    assert len(others | {name_of(FLOW, TOPIC)}) == 7


def test_names_severity_tier_and_the_address_of_the_cluster_do_not_enter() -> None:
    assert name_of(f"{FLOW}, id: x, severity: note, minimum_tier: proven", TOPIC) == name_of(FLOW, TOPIC)
    moved = NodeId(NodeKind.TOPIC, "kafka://moved:9092", "t")
    assert name_of(FLOW, moved, namespace="kafka://moved:9092") == name_of(FLOW, TOPIC)
