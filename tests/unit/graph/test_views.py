"""Views: the same graph from further away."""

from __future__ import annotations

from flowaudit.facts import Channel, Fact
from flowaudit.graph.document import dump, load
from flowaudit.graph.evidence import EdgeKind, Tier, Verdict
from flowaudit.graph.snapshot import Edge, GraphSnapshot
from flowaudit.graph.views import system_view, topic_view
from flowaudit.linkage.derived import Grade
from tests.unit.graph.made_facts import commit, derived, flow, group, snapshot_of, system, writer

FACTS: list[Fact] = [
    system("lock", topics="locks.*", title="Door locks"),
    system("score", topics="score.*", groups="score"),
    system("tenancy", groups="tenancy"),
    flow("lock", "tenancy"),
    flow("tenancy", "score"),
    group("tenancy", "locks.events"),
    group("score", "locks.events", at_ms=3_000),
    commit("score", "locks.events", 30, at_ms=2_000),
    commit("score", "locks.visitors", 12, at_ms=5_000),
    writer("locks.events", 1),
    writer("locks.visitors", 2),
    writer("score.changes", 2),
]
FLOWS = (
    derived("locks.events", "score.changes", Grade.SUSPECTED, 20),
    derived("locks.visitors", "score.changes", Grade.PROBABLE, 30),
    derived("locks.events", "locks.visitors"),
)


def edges(snapshot: GraphSnapshot) -> dict[tuple[str, str, str], Edge]:
    return {(edge.source.document_id, edge.target.document_id, edge.kind.value): edge for edge in snapshot.edges}


def test_edges_between_systems_are_added_up_by_kind() -> None:
    found = edges(system_view(snapshot_of(FACTS, *FLOWS)))
    assert set(found) == {
        ("producer:2", "system:lock", "produces"),
        ("producer:2", "system:score", "produces"),
        ("system:lock", "system:score", "consumes"),
        ("system:lock", "system:score", "derives"),
        ("system:lock", "system:tenancy", "consumes"),
        ("system:tenancy", "system:score", "declared"),
    }
    derives = found["system:lock", "system:score", "derives"]
    assert (derives.tier, derives.records, derives.verdict) == (Tier.PROBABLE, 50, Verdict.UNDECLARED)
    assert [(evidence.tier, evidence.channel) for evidence in derives.evidence] == [
        (Tier.PROBABLE, Channel.LINKAGE),
        (Tier.SUSPECTED, Channel.LINKAGE),
    ]
    consumes = found["system:lock", "system:score", "consumes"]
    assert (consumes.records, consumes.first_seen_ms, consumes.last_seen_ms) == (42, 2_000, 5_000)
    commits = consumes.evidence[0]
    assert dict(commits.detail) == {
        "edges": 2,
        "flows": "topic:locks.events → group:score, topic:locks.visitors → group:score",
    }


def test_system_nodes_say_how_much_they_stand_for() -> None:
    nodes = {node.id.document_id: dict(node.attributes) for node in system_view(snapshot_of(FACTS, *FLOWS)).nodes}
    assert nodes["system:lock"] == {"groups": 0, "producers": 1, "title": "Door locks", "topics": 2}
    assert nodes["system:tenancy"] == {"groups": 1, "producers": 0, "title": "tenancy", "topics": 0}


def test_a_view_is_a_document_too_and_seen_again_it_stays() -> None:
    view = system_view(snapshot_of(FACTS, *FLOWS))
    assert load(dump(view), "view.json") == view
    assert edges(system_view(view)).keys() == edges(view).keys()


def test_the_topic_view_shows_content_only() -> None:
    view = topic_view(snapshot_of(FACTS, *FLOWS))
    assert {node.id.name for node in view.nodes} == {"locks.events", "locks.visitors", "score.changes"}
    assert {edge.kind for edge in view.edges} == {EdgeKind.DERIVES}
    assert len(view.edges) == 3
