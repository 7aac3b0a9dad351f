"""What each kind of fact says in the graph."""

from __future__ import annotations

from flowaudit.facts import (
    AccessListed,
    Channel,
    ClientAction,
    ClientSeen,
    ConnectorSeen,
    Direction,
    Fact,
    GroupSeen,
    NotVisible,
    OffsetClass,
    OffsetCommitted,
    ProducerNamed,
    RecordQuarantined,
    RunAudited,
    Segment,
    SourceChecked,
)
from flowaudit.graph.evidence import EdgeKind, Tier, Verdict
from flowaudit.graph.fold import GraphFold
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.paths import search_paths
from flowaudit.graph.snapshot import Edge, GraphSnapshot, Node, TappedTopic
from flowaudit.linkage.derived import Grade, Inferred
from tests.unit.graph.made_facts import (
    CLUSTER,
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


def edges(snapshot: GraphSnapshot) -> dict[tuple[str, str], Edge]:
    return {(edge.source.document_id, edge.target.document_id): edge for edge in snapshot.edges}


def node(snapshot: GraphSnapshot, document_id: str) -> Node:
    return next(node for node in snapshot.nodes if node.id.document_id == document_id)


GROUP_LESS = "group-less-readers-not-listed"
"""What no audit by these channels can see, and every report says."""


def blind_spots(snapshot: GraphSnapshot) -> set[tuple[str, str, str]]:
    return {(hidden.subject, hidden.name, hidden.reason) for hidden in snapshot.coverage.not_visible}


def test_a_group_consumes_what_it_asks_for_and_what_it_committed() -> None:
    facts: list[Fact] = [
        group("central-monitor", "locks.events", at_ms=5_000),
        commit("central-monitor", "locks.events", 100, 130, at_ms=4_000),
        commit("central-monitor", "locks.events", 120, 150, at_ms=6_000),
        commit("central-monitor", "locks.events", 7, 7, partition=1, at_ms=6_000),
    ]
    edge = edges(snapshot_of(facts))["topic:locks.events", "group:central-monitor"]
    assert (edge.kind, edge.tier, edge.records) == (EdgeKind.CONSUMES, Tier.OBSERVED, 127)
    assert (edge.first_seen_ms, edge.last_seen_ms) == (4_000, 6_000)
    commits, membership = edge.evidence
    assert (commits.channel, membership.channel) == (Channel.COMMITTED_OFFSETS, Channel.GROUP_MEMBERSHIP)
    assert dict(commits.detail) == {
        "committed_records": 127,
        "lag_records": 30,
        "partitions": 2,
        "position_records": 127,
    }
    assert dict(membership.detail) == {"assigned": 1, "members": 1, "state": "Stable"}


def test_nobody_has_read_past_the_end_whatever_was_committed() -> None:
    facts = [commit("liar", "t", 2**62, 10), commit("liar", "u", 2**63 - 1)]
    found = edges(snapshot_of(facts))
    assert found["topic:t", "group:liar"].records == 10
    assert found["topic:u", "group:liar"].records == 2**53 - 1


def test_a_faust_apps_own_machinery_is_no_flow() -> None:
    facts = [group("app", "t", "app-__assignor-__leader", "app-table-changelog", "other-table-changelog")]
    assert {source for source, _ in edges(snapshot_of(facts))} == {"topic:t", "topic:other-table-changelog"}


def test_a_changelog_of_a_group_that_is_no_faust_app_is_a_flow() -> None:
    facts = [group("app", "app-table-changelog")]
    assert ("topic:app-table-changelog", "group:app") in edges(snapshot_of(facts))


def test_internal_topics_are_left_out_and_strangers_among_them_named() -> None:
    facts: list[Fact] = [group("g", "t", "__consumer_offsets", "__sly"), topic("__consumer_offsets", internal=True)]
    snapshot = snapshot_of(facts)
    assert set(edges(snapshot)) == {("topic:t", "group:g")}
    assert {node.id.name for node in snapshot.nodes} == {"t", "g"}
    assert ("topic", "__sly", "internal-name") in blind_spots(snapshot)
    assert "__consumer_offsets" not in {name for _, name, _ in blind_spots(snapshot)}


def test_the_auditors_own_group_is_left_out_and_named() -> None:
    snapshot = snapshot_of([group("audit", "t", clients=("flowaudit-1", "flowaudit-2"))])
    assert snapshot.edges == ()
    assert ("group", "audit", "auditor-client-id") in blind_spots(snapshot)


def test_a_group_with_one_foreign_client_is_not_the_auditors() -> None:
    facts = [group("sly", "t", clients=("flowaudit-1",)), group("sly", "t", clients=("spy",))]
    assert ("topic:t", "group:sly") in edges(snapshot_of(facts))


def test_a_producer_belongs_to_the_one_system_whose_topics_it_writes() -> None:
    facts = [writer("locks.events", 1), writer("locks.doors", 1), writer("locks.events", 2), writer("score.x", 2)]
    snapshot = snapshot_of(facts)
    assert node(snapshot, "producer:1").system == "locks"
    assert node(snapshot, "producer:2").system == ""
    edge = edges(snapshot)["producer:1", "topic:locks.events"]
    assert (edge.kind, edge.tier, edge.verdict, edge.records) == (
        EdgeKind.PRODUCES,
        Tier.OBSERVED,
        Verdict.UNJUDGED,
        10,
    )


def test_names_make_systems_when_no_topology_does() -> None:
    facts: list[Fact] = [topic("locks.events"), topic("payments-events"), topic("plain"), topic(".odd")]
    facts += [group("billing-consumer"), group("central-monitor"), group("connect-archive"), group("score-v2.reader")]
    systems = {node.id.name: node.system for node in snapshot_of(facts).nodes}
    assert systems == {
        "locks.events": "locks",
        "payments-events": "payments",
        "plain": "plain",
        ".odd": ".odd",
        "billing-consumer": "billing",
        "central-monitor": "central-monitor",
        "connect-archive": "archive",
        "score-v2.reader": "score",
    }


TOPOLOGY: list[Fact] = [
    system("lock", topics="locks.*", groups="gateway", title="Door locks"),
    system("tenancy", topics="tenancy.*", groups="tenancy"),
    system("score", topics="score.*"),
    flow("lock", "tenancy"),
    flow("tenancy", "score"),
]


def test_verdicts_hold_what_is_seen_against_what_is_declared() -> None:
    facts = [
        *TOPOLOGY,
        group("tenancy", "locks.events"),
        group("central-monitor", "locks.events"),
        group("gateway", "locks.commands"),
    ]
    snapshot = snapshot_of(facts, derived("locks.events", "score.changes"))
    verdicts = {ends: edge.verdict for ends, edge in edges(snapshot).items()}
    assert verdicts == {
        ("topic:locks.events", "group:tenancy"): Verdict.VERIFIED,
        ("topic:locks.events", "group:central-monitor"): Verdict.UNDECLARED,
        ("topic:locks.commands", "group:gateway"): Verdict.VERIFIED,
        ("topic:locks.events", "topic:score.changes"): Verdict.UNDECLARED,
        ("system:tenancy", "system:score"): Verdict.PHANTOM,
    }
    assert node(snapshot, "system:lock").attributes == (("title", "Door locks"),)
    declared = edges(snapshot)["topic:locks.events", "group:tenancy"].evidence[-1]
    assert (declared.channel, declared.tier) == (Channel.DECLARED, Tier.DECLARED)
    assert edges(snapshot)["topic:locks.events", "group:tenancy"].first_seen_ms == 1_000


def test_without_a_topology_nothing_is_judged() -> None:
    snapshot = snapshot_of([group("g", "t")], derived("t", "u"))
    assert {edge.verdict for edge in snapshot.edges} == {Verdict.UNJUDGED}


def test_a_later_load_of_the_topology_replaces_the_earlier_whole() -> None:
    reading = group("tenancy", "locks.events")
    later = [
        system("lock", topics="locks.*", at_ms=2),
        system("tenancy", groups="tenancy", at_ms=2),
    ]
    assert edges(snapshot_of([*TOPOLOGY, reading]))["topic:locks.events", "group:tenancy"].verdict is Verdict.VERIFIED
    found = edges(snapshot_of([*TOPOLOGY, reading, *later]))
    assert found["topic:locks.events", "group:tenancy"].verdict is Verdict.UNDECLARED
    assert ("system:tenancy", "system:score") not in found


def test_the_first_system_of_the_file_that_matches_has_the_name() -> None:
    patterns = {"doors": "locks.doors", "locks": "locks.*", "all": "*"}
    facts = [system(name, topics=topics, order=order) for order, (name, topics) in enumerate(patterns.items())]
    snapshot = snapshot_of([*facts, topic("locks.doors"), topic("locks.x"), topic("y")])
    assert [node(snapshot, f"topic:{name}").system for name in ("locks.doors", "locks.x", "y")] == [
        "doors",
        "locks",
        "all",
    ]


def test_linkage_becomes_derives_edges_and_small_counts_vanish() -> None:
    snapshot = snapshot_of(
        [topic("a"), topic("b")], derived("a", "b", Grade.SUSPECTED, 9, 9), derived("b", "c", Grade.CONFIRMED, 10, 11)
    )
    small, large = edges(snapshot)["topic:a", "topic:b"], edges(snapshot)["topic:b", "topic:c"]
    assert (small.tier, small.records, dict(small.evidence[0].detail)["sightings"]) == (Tier.SUSPECTED, 0, 0)
    assert (large.tier, large.records, dict(large.evidence[0].detail)["sightings"]) == (Tier.CONFIRMED, 10, 10)
    assert large.fields == (("$.tenant_id", "$.subject"),)
    assert [(join.upstream_topic, join.sightings) for join in snapshot.joins] == [("a", 0), ("b", 11)]
    assert {(field.topic, field.path) for field in snapshot.identifiers} == {
        ("a", "$.tenant_id"),
        ("b", "$.subject"),
        ("b", "$.tenant_id"),
        ("c", "$.subject"),
    }


def test_linkage_concludes_again_only_on_news() -> None:
    calls: list[int] = []

    def counting(_facts: object, _programs: object) -> Inferred:
        calls.append(1)
        return Inferred()

    folding = GraphFold(CLUSTER, inference=counting)
    folding.add_all([group("g", "t"), commit("g", "t", 5), writer("u", 7)])
    folding.snapshot()
    polled: list[Fact] = [
        group("g", "t", at_ms=9_000, clients=("app", "app")),
        commit("g", "t", 50, at_ms=9_000),
        topic("new"),
    ]
    folding.add_all([*polled, writer("u", 7, last_sequence=90), writer("u", 7, partition=1), writer("u", 8)])
    folding.snapshot()
    assert len(calls) == 1
    news: list[Fact] = [group("g", "u"), writer("v", 7), ProducerNamed(provenance(Channel.BROKER_LOG), 7, "app-2")]
    for count, fact in enumerate(news, start=2):
        folding.add(fact)
        folding.snapshot()
        assert len(calls) == count


def test_coverage_counts_each_offset_once_in_its_best_class() -> None:
    seen = provenance(Channel.LINKAGE)
    facts: list[Fact] = [
        run(0, 10),
        run(5, 15, OffsetClass.TRUNCATED),
        RunAudited(seen, "t", "id", 1, (Segment(0, 2, OffsetClass.QUARANTINED), Segment(2, 3, OffsetClass.INVISIBLE))),
        RecordQuarantined(seen, "t", "id", 1, 0, "not-json", 12),
        RecordQuarantined(seen, "t", "id", 1, 1, "not-json", 12),
        RecordQuarantined(provenance(Channel.LINKAGE, 9_999), "t", "id", 1, 1, "not-json", 12),
    ]
    snapshot = snapshot_of(facts)
    assert snapshot.coverage.tapped == (TappedTopic("t", 2, 10, 2, 1, 5),)
    assert dict(node(snapshot, "topic:t").attributes) == {"quarantined_not-json": 2}


def test_a_topic_that_was_tapped_after_all_is_not_called_untapped() -> None:
    seen = provenance(Channel.METADATA)
    reasons = ("not-tapped", "no-read-right")
    blind: list[Fact] = [NotVisible(seen, "topic", name, reason, "x") for name in "tu" for reason in reasons]
    facts = [run(0, 1), writer("t", 7), *blind]
    assert blind_spots(snapshot_of(facts)) == {
        ("topic", "t", "no-read-right"),
        ("topic", "u", "no-read-right"),
        ("topic", "u", "not-tapped"),
        ("topic", "t", GROUP_LESS),
    }


def test_the_silence_about_groups_ends_when_one_is_seen() -> None:
    silence = NotVisible(provenance(Channel.GROUP_MEMBERSHIP), "cluster", "groups", "no-group-listed", "x")
    assert ("cluster", "groups", "no-group-listed") in blind_spots(snapshot_of([silence]))
    broken: list[Fact] = [silence, group("g", "t")]
    assert blind_spots(snapshot_of(broken)) == {("topic", "t", GROUP_LESS)}


def test_a_topic_with_records_and_without_a_known_writer_is_named() -> None:
    assert ("topic", "t", "writer-unknown") in blind_spots(snapshot_of([run(0, 5)]))
    assert blind_spots(snapshot_of([run(0, 5), writer("t", 7)])) == {("topic", "t", GROUP_LESS)}
    assert ("topic", "t", "no-writer-seen") in blind_spots(snapshot_of([topic("t")])), "it may hold records or not"


def checked(source: str, success_ms: int, failure: str = "") -> SourceChecked:
    return SourceChecked(provenance(Channel.METADATA, success_ms + 500_000), source, success_ms, 7, failure)


def test_a_blind_spot_is_over_when_its_source_goes_on_without_it() -> None:
    seen = provenance(Channel.CONNECT, 1_000)
    hidden = NotVisible(seen, "source", "worker", "worker-unreachable", "x", source="connect")
    key = ("source", "worker", "worker-unreachable")
    assert key in blind_spots(snapshot_of([hidden, checked("connect", 100_000)])), "it may still tell it again"
    assert key not in blind_spots(snapshot_of([hidden, checked("connect", 300_000)]))
    assert key in blind_spots(snapshot_of([hidden, checked("groups", 300_000)])), "another source says nothing of it"


def test_a_source_that_fails_ends_no_blind_spot() -> None:
    seen = provenance(Channel.METADATA, 1_000)
    hidden = NotVisible(seen, "topic", "*", "no-describe-right", "x", source="rights")
    late = [checked("rights", 1_000 + at, "SourceUnreachable") for at in (0, 500)]
    assert ("topic", "*", "no-describe-right") in blind_spots(snapshot_of([hidden, *late]))


def test_what_no_polled_source_told_stands() -> None:
    hidden = NotVisible(provenance(Channel.LINKAGE), "topic", "t", "undecodable", "x")
    assert ("topic", "t", "undecodable") in blind_spots(snapshot_of([hidden, checked("", 900_000)]))


def test_connect_workers_that_nobody_asked_are_named() -> None:
    seen = provenance(Channel.GROUP_MEMBERSHIP)
    workers = GroupSeen(seen, "workers", "classic", "connect", "Stable", 2, urls=("http://c1:8083",))
    key = ("group", "workers", "connect-workers-not-asked")
    assert key in blind_spots(snapshot_of([workers]))
    asked = ConnectorSeen(provenance(Channel.CONNECT), "sink", "workers", Direction.SINK, "C", "RUNNING", 1)
    assert key not in blind_spots(snapshot_of([workers, asked]))


def test_a_group_is_drawn_as_its_connector_unless_a_stranger_was_seen_in_it() -> None:
    sink = ConnectorSeen(
        provenance(Channel.CONNECT), "sink", "w", Direction.SINK, "C", "RUNNING", 1, group="g", topics=("t",)
    )
    own = group("g", "t", clients=("connector-consumer-sink-0",))
    drawn = {(edge.source.name, edge.target.document_id) for edge in snapshot_of([sink, own]).edges}
    assert drawn == {("t", "connector:sink")}
    stranger = group("g", "t", clients=("somebody",), at_ms=2_000)
    drawn = {(edge.source.name, edge.target.document_id) for edge in snapshot_of([sink, own, stranger]).edges}
    assert drawn == {("t", "connector:sink"), ("t", "group:g")}


def test_the_latest_look_at_a_source_stands_in_coverage() -> None:
    looks = [
        SourceChecked(provenance(Channel.METADATA, at), "groups", success, 7, failure)
        for at, success, failure in ((1_000, 900, ""), (3_000, 900, "SourceUnreachable"), (2_000, 1_900, ""))
    ]
    (source,) = snapshot_of(looks).coverage.sources
    assert (source.name, source.last_success_ms, source.failure) == ("groups", 900, "SourceUnreachable")


def test_the_window_spans_all_facts_and_no_facts_make_an_empty_graph() -> None:
    window = snapshot_of([topic("t", at_ms=3), topic("u", at_ms=8), topic("v", at_ms=5)]).window
    assert (window.from_ms, window.to_ms) == (3, 8)
    empty = snapshot_of([])
    assert (empty.nodes, empty.edges) == ((), ())


def test_a_topic_and_a_group_of_one_name_are_two_nodes() -> None:
    snapshot = snapshot_of([group("score", "score")])
    assert [node.id for node in snapshot.nodes] == [
        NodeId(NodeKind.GROUP, CLUSTER.namespace, "score"),
        NodeId(NodeKind.TOPIC, CLUSTER.namespace, "score"),
    ]


def test_a_snapshot_is_made_anew_only_when_something_was_added() -> None:
    folding = GraphFold(CLUSTER, inference=lambda _facts, _programs: Inferred())
    folding.add(topic("t"))
    first = folding.snapshot()
    assert folding.snapshot() is first
    extra = folding.snapshot(extra_facts=[topic("u")])
    assert extra is folding.snapshot(extra_facts=[topic("u")])
    assert folding.snapshot() == first
    folding.add(topic("v"))
    assert {node.id.name for node in folding.snapshot().nodes} == {"t", "v"}


def test_a_bogus_commit_is_capped_by_an_end_that_another_channel_knows() -> None:
    log = OffsetCommitted(provenance(Channel.OFFSETS_LOG), "g", "t", 0, 10**15)
    (edge,) = snapshot_of([commit("g", "t", 10**15, end=100), log]).edges
    assert edge.records == 100


def test_the_dates_of_a_reading_that_no_rule_permits_do_not_depend_on_who_told_first() -> None:
    looks = [
        OffsetCommitted(provenance(Channel.OFFSETS_LOG, 1_000), "g", "t", 0, 5),
        commit("g", "t", 5, at_ms=5_000),
    ]
    rules = AccessListed(provenance(Channel.ACL, 6_000), ())
    (one,), (other,) = (snapshot_of([*order, rules]).edges for order in (looks, looks[::-1]))
    assert one == other
    (acl,) = [evidence for evidence in one.evidence if evidence.channel is Channel.ACL]
    assert dict(acl.detail) == {"granted": 0}


def test_a_name_that_a_client_library_chose_carries_no_data_from_what_it_reads_to_what_it_writes() -> None:
    def acts(client: str, topic_name: str, action: ClientAction) -> ClientSeen:
        return ClientSeen(provenance(Channel.BROKER_LOG), topic_name, action, client)

    def ways(client: str) -> int:
        seen = [acts(client, "locks", ClientAction.READS), acts(client, "score", ClientAction.WRITES)]
        return len(search_paths(snapshot_of(seen), "topic:locks", "topic:score").paths)

    assert ways("rdkafka") == 0
    assert ways("door-watcher") == 1
