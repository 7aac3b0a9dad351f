"""Each verdict with its reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flowaudit.facts import (
    Channel,
    ClientAction,
    ClientSeen,
    ConnectorSeen,
    DataDeclared,
    Direction,
    External,
    Fact,
    FlowDeclared,
    NotVisible,
    OffsetClass,
    SourceChecked,
    SystemDeclared,
    TransactionalIdSeen,
)
from flowaudit.graph.document import dump, load
from flowaudit.graph.evidence import Verdict
from flowaudit.graph.nearest_flow import nearest_flow
from flowaudit.graph.snapshot import Edge, GraphSnapshot
from flowaudit.graph.views import system_view
from tests.unit.graph.made_facts import (
    commit,
    derived,
    flow,
    group,
    provenance,
    run,
    snapshot_of,
    system,
    topic,
    writer,
)

DECLARED: list[Fact] = [
    system("lock", topics="locks.*", groups="gateway"),
    system("tenancy", topics="tenancy.*", groups="tenancy"),
    system("score", topics="score.*", groups="scorer"),
]


def edge(snapshot: GraphSnapshot, source: str, target: str) -> Edge:
    found = [one for one in snapshot.edges if (one.source.document_id, one.target.document_id) == (source, target)]
    assert len(found) == 1
    return found[0]


def said(snapshot: GraphSnapshot, source: str, target: str) -> tuple[Verdict, str]:
    one = edge(snapshot, source, target)
    return one.verdict, one.verdict_reason


def limited(upstream: str, downstream: str, *topics: str) -> FlowDeclared:
    return FlowDeclared(provenance(Channel.DECLARED, 1), upstream, downstream, "", "", topics)


def test_what_is_declared_names_its_declaration() -> None:
    snapshot = snapshot_of([*DECLARED, flow("lock", "tenancy"), group("tenancy", "locks.events")])
    reason = "declared by made for a test as 'lock' → 'tenancy': a purpose"
    assert said(snapshot, "topic:locks.events", "group:tenancy") == (Verdict.VERIFIED, reason)


def test_what_stays_inside_a_system_needs_no_declaration() -> None:
    snapshot = snapshot_of([*DECLARED, group("gateway", "locks.events")])
    reason = "inside the system 'lock', which needs no declaration"
    assert said(snapshot, "topic:locks.events", "group:gateway") == (Verdict.VERIFIED, reason)


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ([("score", "lock")], "declared is the reverse, 'score' → 'lock'"),
        ([("lock", "scores"), ("lock", "tenancy")], "goes to another system, 'lock' → 'scores'"),
        ([("locks", "score")], "comes from another system, 'locks' → 'score'"),
        ([("a", "b")], "the one that is has neither end in common with it"),
        ([("a", "b"), ("c", "d")], "the 2 that are have neither end in common with it"),
        ([], "nor is any other"),
    ],
)
def test_the_nearest_declared_flow_is_named(declared: list[tuple[str, str]], told: str) -> None:
    assert told in nearest_flow("lock", "score", declared)


def test_what_nobody_declared_says_so_and_names_the_nearest_flow() -> None:
    snapshot = snapshot_of([*DECLARED, flow("lock", "tenancy"), group("scorer", "locks.events")])
    assert said(snapshot, "topic:locks.events", "group:scorer") == (
        Verdict.UNDECLARED,
        "no flow 'lock' → 'score' is declared; the nearest that is goes to another system, 'lock' → 'tenancy'",
    )


def test_a_flow_that_is_declared_for_some_topics_admits_no_others() -> None:
    facts = [*DECLARED, limited("lock", "score", "locks.ev*"), group("scorer", "locks.events", "locks.faces")]
    snapshot = snapshot_of(facts)
    assert edge(snapshot, "topic:locks.events", "group:scorer").verdict is Verdict.VERIFIED
    verdict, reason = said(snapshot, "topic:locks.faces", "group:scorer")
    assert verdict is Verdict.UNDECLARED
    assert reason == "the flow 'lock' → 'score' is declared for locks.ev* only, not for the topic 'locks.faces'"
    told = edge(snapshot, "topic:locks.faces", "group:scorer").evidence
    assert Channel.DECLARED not in {evidence.channel for evidence in told}


def test_a_flow_of_which_only_other_topics_were_seen_is_a_phantom() -> None:
    snapshot = snapshot_of([*DECLARED, limited("lock", "score", "locks.faces"), group("scorer", "locks.events")])
    assert edge(snapshot, "system:lock", "system:score").verdict is Verdict.PHANTOM


def test_without_a_topology_or_a_name_nothing_is_judged_and_the_reason_says_so() -> None:
    assert said(snapshot_of([group("g", "t")]), "topic:t", "group:g") == (Verdict.UNJUDGED, "no topology was given")
    verdict, reason = said(snapshot_of([*DECLARED, writer("locks.events", 7)]), "producer:7", "topic:locks.events")
    assert verdict is Verdict.UNJUDGED
    assert "nothing but a producer id" in reason
    sunk = [*DECLARED, sink("archive", "locks.events", External("s3://archive", "topics"))]
    verdict, reason = said(snapshot_of(sunk), "connector:archive", "external:topics")
    assert verdict is Verdict.UNJUDGED
    assert reason == "the system of external:topics is not known: no rule of the topology matches it"


def sink(name: str, topic_name: str, external: External) -> ConnectorSeen:
    return ConnectorSeen(
        provenance(Channel.CONNECT, 5_000),
        name,
        "workers",
        Direction.SINK,
        "S3SinkConnector",
        "RUNNING",
        1,
        topics=(topic_name,),
        externals=(external,),
    )


def rules(name: str, **patterns: Any) -> SystemDeclared:  # noqa: ANN401
    return SystemDeclared(provenance(Channel.DECLARED, 1), name, **patterns)


def test_connectors_externals_clients_and_producers_belong_to_the_systems_that_declare_them() -> None:
    reads = ClientSeen(provenance(Channel.BROKER_LOG), "locks.events", ClientAction.READS, "console-7", "User:eve", "")
    nameless = ClientSeen(provenance(Channel.BROKER_LOG), "locks.events", ClientAction.READS, "", "User:bob", "")
    facts: list[Fact] = [
        rules("lock", topics=("locks.*",)),
        rules("archive", connectors=("archive-*",)),
        rules("bucket", externals=("s3://archive/*",)),
        rules("desk", producers=("console-*", "User:bob")),
        rules("score", transactional_ids=("scorer-?",)),
        flow("archive", "bucket"),
        sink("archive-sink", "locks.events", External("s3://archive", "topics")),
        reads,
        nameless,
        writer("locks.events", 7),
        TransactionalIdSeen(provenance(Channel.TRANSACTION), "scorer-1", 7),
    ]
    snapshot = snapshot_of(facts)
    systems = {node.id.document_id: node.system for node in snapshot.nodes}
    assert systems["connector:archive-sink"] == "archive"
    assert systems["external:topics"] == "bucket"
    assert systems["client:console-7"] == "desk"
    assert systems["principal:User:bob"] == "desk"
    assert systems["producer:7"] == "score"
    assert edge(snapshot, "connector:archive-sink", "external:topics").verdict is Verdict.VERIFIED
    assert edge(snapshot, "topic:locks.events", "connector:archive-sink").verdict is Verdict.UNDECLARED
    assert edge(snapshot, "producer:7", "topic:locks.events").verdict is Verdict.UNDECLARED


def test_rules_about_data_give_topics_their_categories() -> None:
    data = DataDeclared(provenance(Channel.DECLARED, 1), ("locks.*",), categories=("user.biometric",))
    older = DataDeclared(provenance(Channel.DECLARED, 0), ("locks.*",), categories=("user.location",))
    facts = [*DECLARED, data, older, group("gateway", "locks.events"), topic("tenancy.checks")]
    categories = {node.id.document_id: node.categories for node in snapshot_of(facts).nodes}
    assert categories["topic:locks.events"] == ("user.biometric",)
    assert categories["topic:tenancy.checks"] == ()
    assert categories["group:gateway"] == ()


# --- declared and not seen ----------------------------------------------------------------------------------------


UNSEEN: list[Fact] = [*DECLARED, flow("lock", "score")]


def unseen(*facts: Fact) -> tuple[Verdict, str]:
    return said(snapshot_of([*UNSEEN, *facts]), "system:lock", "system:score")


def test_a_phantom_names_the_channels_that_would_have_shown_it_and_since_when_they_watched() -> None:
    verdict, reason = unseen(group("gateway", at_ms=9_000), group("gateway", at_ms=4_000), commit("gateway", "t", 1))
    assert verdict is Verdict.PHANTOM
    assert reason == (
        "declared and not seen, though it would have shown in "
        "committed-offsets (watching since 1970-01-01T00:00:01.000Z), "
        "group-membership (watching since 1970-01-01T00:00:04.000Z)"
    )


def test_a_flow_that_nobody_could_have_seen_is_no_phantom() -> None:
    told = (Verdict.UNJUDGED, "declared and not seen, but no channel that could show it was watching")
    assert unseen() == told
    assert unseen(topic("locks.events"), writer("locks.events", 7)) == told
    asked = SourceChecked(provenance(Channel.METADATA), "groups", 0, 3, "TimeoutError")
    assert unseen(asked) == told


def test_a_source_that_answered_has_watched_even_when_it_saw_nothing() -> None:
    verdict, reason = unseen(SourceChecked(provenance(Channel.METADATA, 9_000), "groups", 8_000, 3))
    assert verdict is Verdict.PHANTOM
    assert "group-membership (watching since 1970-01-01T00:00:08.000Z)" in reason


@pytest.mark.parametrize(
    ("subject", "name", "reason"),
    [
        ("cluster", "groups", "no-describe-right"),
        ("group", "*", "no-describe-right"),
        ("topic", "*", "no-describe-right"),
        ("group", "scorer", "no-describe-right"),
    ],
)
def test_a_channel_that_is_known_to_leave_out_readers_could_not_have_shown_them(
    subject: str, name: str, reason: str
) -> None:
    hidden = NotVisible(provenance(Channel.GROUP_MEMBERSHIP), subject, name, reason, "readers")
    assert unseen(group("gateway"), commit("gateway", "t", 1), hidden)[0] is Verdict.UNJUDGED


def test_linkage_could_have_shown_it_only_where_both_systems_are_tapped() -> None:
    locks, score = (run(0, 9, OffsetClass.AUDITED, name) for name in ("locks.events", "score.changes"))
    assert unseen(locks)[0] is Verdict.UNJUDGED
    verdict, reason = unseen(locks, score)
    assert verdict is Verdict.PHANTOM
    assert "linkage" in reason


def test_a_system_outside_of_kafka_shows_only_in_its_connectors() -> None:
    facts: list[Fact] = [*DECLARED, rules("bucket", externals=("s3://*",)), flow("lock", "bucket"), group("gateway")]
    assert said(snapshot_of(facts), "system:lock", "system:bucket")[0] is Verdict.UNJUDGED
    asked = SourceChecked(provenance(Channel.METADATA, 9_000), "connect", 8_000, 3)
    verdict, reason = said(snapshot_of([*facts, asked]), "system:lock", "system:bucket")
    assert verdict is Verdict.PHANTOM
    assert "connect (watching since" in reason


# --- views and documents ------------------------------------------------------------------------------------------


def test_between_systems_the_worst_verdict_stands_with_its_own_reason() -> None:
    facts = [*DECLARED, limited("lock", "score", "locks.events"), group("scorer", "locks.events", "locks.faces")]
    one = edge(system_view(snapshot_of(facts)), "system:lock", "system:score")
    assert one.verdict is Verdict.UNDECLARED
    assert "'locks.faces'" in one.verdict_reason


def test_reasons_are_kept_in_documents_and_a_document_without_them_is_read() -> None:
    snapshot = snapshot_of([*UNSEEN, group("tenancy", "locks.events")], derived("locks.events", "tenancy.checks"))
    data = dump(snapshot)
    assert load(data, "graph.json") == snapshot
    document = json.loads(data)
    assert all(one.pop("verdict_reason") for one in document["edges"])
    old = load(json.dumps(document).encode(), "old.json")
    assert {one.verdict_reason for one in old.edges} == {""}
    assert [one.verdict for one in old.edges] == [one.verdict for one in snapshot.edges]
