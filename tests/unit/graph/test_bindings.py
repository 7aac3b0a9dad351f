"""Whose producer id it is, and what is drawn of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import Fact, Outcome, ProducerNamed
from tests.unit.graph.made_writers import (
    STITCHER,
    TRANSIT,
    Drawn,
    Folded,
    carried,
    client,
    connector,
    ended,
    group,
    named,
    seen,
)

COMMITTED, ABORTED, UNDECIDED = Outcome.COMMITTED, Outcome.ABORTED, Outcome.UNDECIDED


def produced(*facts: Fact) -> set[tuple[str, str, str, str]]:
    """(source, topic, tier, channel) of all `produces` edges of producer ids."""
    return {
        (f"{edge.source.kind}:{edge.source.name}", edge.target.name, edge.evidence.tier.value, edge.evidence.channel)
        for edge in Folded(facts).writers.edges()
    }


def test_the_transit_estate_is_drawn_as_it_is() -> None:
    drawn = Folded(TRANSIT).drawn({"crowding-board-per-station-repartition"})
    assert drawn == {
        Drawn("topic:tap.events", "group:fare-engine", "consumes", "proven", "transaction"),
        Drawn("group:fare-engine", "topic:fares.charged", "produces", "proven", "transaction"),
        Drawn("topic:tap.events", "group:trip-stitcher", "consumes", "proven", "transaction"),
        Drawn("topic:trip-stitcher-by-card-repartition", "group:trip-stitcher", "consumes", "proven", "transaction"),
        Drawn("group:trip-stitcher", "topic:trip-stitcher-by-card-repartition", "produces", "proven", "transaction"),
        Drawn("group:trip-stitcher", "topic:trip.legs", "produces", "proven", "transaction"),
        Drawn("connector:holiday-feed", "topic:calendar.days", "produces", "observed", "transaction"),
        Drawn(
            "group:crowding-board", "topic:crowding-board-per-station-changelog", "produces", "proven", "producer-id"
        ),
        Drawn(
            "group:crowding-board", "topic:crowding-board-per-station-repartition", "produces", "proven", "producer-id"
        ),
        Drawn("group:crowding-board", "topic:station.load", "produces", "proven", "producer-id"),
        Drawn(
            "group:crowding-board",
            "topic:crowding-board-per-station-repartition",
            "produces",
            "observed",
            "streams-topology",
        ),
        Drawn(
            "topic:crowding-board-per-station-repartition",
            "group:crowding-board",
            "consumes",
            "observed",
            "streams-topology",
        ),
        Drawn("producer:11", "topic:turnstile.alarms", "produces", "observed", "producer-id"),
    }


@given(st.permutations(TRANSIT), st.lists(st.sampled_from(TRANSIT), max_size=10))
def test_facts_in_any_order_and_told_again_draw_the_same(facts: list[Fact], again: list[Fact]) -> None:
    one, other = Folded(TRANSIT), Folded([*facts, *again])
    topics = {"crowding-board-per-station-repartition"}
    assert sorted(map(repr, one.drafts(topics))) == sorted(map(repr, other.drafts(topics)))
    assert sorted(map(repr, one.writers.nodes())) == sorted(map(repr, other.writers.nodes()))
    assert one.writers.owners() == other.writers.owners()


@given(st.permutations(TRANSIT), st.integers(0, len(TRANSIT)))
def test_a_copy_goes_its_own_way(facts: list[Fact], taken: int) -> None:
    folded = Folded(facts[:taken])
    before = sorted(map(repr, folded.drafts()))
    twin = Folded(())
    twin.producers, twin.transactions = folded.producers.copy(), folded.transactions.copy()
    twin.streams, twin.programs, twin.connect = folded.streams.copy(), folded.programs.copy(), folded.connect.copy()
    twin.take_all(facts[taken:])
    assert sorted(map(repr, folded.drafts())) == before
    assert sorted(map(repr, twin.drafts())) == sorted(map(repr, Folded(facts).drafts()))


@pytest.mark.parametrize("outcomes", [[ABORTED], [UNDECIDED], [ABORTED, UNDECIDED]])
def test_what_was_never_committed_is_never_drawn(outcomes: list[Outcome]) -> None:
    facts = [carried(3, "fare-engine", "tap.events"), ended("tx", 3, COMMITTED, "fares.charged")]
    facts += [seen(3, "fares.rehearsal", outcome) for outcome in outcomes]
    facts += [ended("tx", 3, ABORTED, "fares.rehearsal")]
    assert "fares.rehearsal" not in {topic for _, topic, *_ in produced(*facts)}


def test_a_topic_of_undecided_transactions_is_named() -> None:
    facts = [seen(3, "fares.charged", UNDECIDED), seen(4, "fares.rehearsal", UNDECIDED)]
    facts += [
        seen(4, "fares.rehearsal", ABORTED),
        seen(5, "trip.legs", UNDECIDED),
        ended("tx", 5, COMMITTED, "trip.legs"),
    ]
    assert Folded(facts).writers.undecided_topics() == {"fares.charged"}


def test_an_aborted_attempt_is_an_attribute_of_an_edge_that_exists() -> None:
    facts = [seen(3, "fares.charged", COMMITTED), seen(3, "fares.charged", ABORTED)]
    (edge,) = Folded(facts).writers.edges()
    assert dict(edge.evidence.detail)["some_transactions_aborted"] == 1


def test_an_aborted_offset_commit_ties_no_group() -> None:
    facts = [carried(3, "fare-engine", "tap.events", ABORTED), seen(3, "fares.charged", COMMITTED)]
    assert produced(*facts) == {("producer:3", "fares.charged", "observed", "producer-id")}
    assert list(Folded(facts).transactions.edges()) == []


def test_a_producer_that_commits_for_two_groups_is_both() -> None:
    facts = [carried(3, "fare-engine", "tap.events"), carried(3, "fare-audit", "fares.charged")]
    assert produced(*facts, seen(3, "fares.summed", COMMITTED)) == {
        ("group:fare-engine", "fares.summed", "proven", "transaction"),
        ("group:fare-audit", "fares.summed", "proven", "transaction"),
    }


def test_all_producer_ids_of_a_transactional_id_are_one_producer() -> None:
    facts = [named("tx", 3), named("tx", 8), seen(3, "fares.charged", COMMITTED), seen(8, "fares.charged", UNDECIDED)]
    (edge,) = Folded(facts).writers.edges()
    known = dict(edge.evidence.detail)
    assert (edge.source.name, known["producer_ids"], known["transactional_id"]) == ("3", "3, 8", "tx")
    (node,) = Folded(facts).writers.nodes()
    assert node.node.name == "3"
    bound = [*facts, carried(3, "fare-engine", "tap.events")]
    assert {source for source, *_ in produced(*bound)} == {"group:fare-engine"}
    assert Folded(bound).writers.owners().keys() == {("producer", "3", ""), ("producer", "8", "")}


def test_more_certain_evidence_leaves_no_word_to_the_rest() -> None:
    facts = [
        group("fare-engine", "tap.events"),
        group("trip-stitcher", "tap.events", protocol="stream"),
        named(STITCHER, 3),
        seen(3, "fares.charged", COMMITTED),
    ]
    assert produced(*facts) == {("group:trip-stitcher", "fares.charged", "observed", "transaction")}
    more = [*facts, carried(3, "fare-engine", "tap.events")]
    assert produced(*more) == {("group:fare-engine", "fares.charged", "proven", "transaction")}


@pytest.mark.parametrize(
    ("transactional_id", "owner"),
    [
        (STITCHER, "group:trip-stitcher"),
        ("transit-connect-holiday-feed-0", "connector:holiday-feed"),
        ("connect-cluster-transit-connect", "group:transit-connect"),
        ("roster-2-17", "group:roster"),
        ("fare-engine-2-17", "producer:3"),
        ("transit-connect-another-feed-0", "producer:3"),
        ("unseen-5a1e0b0c-8c5d-4a3e-9f6e-0123456789ab-1", "producer:3"),
    ],
)
def test_transactional_ids_name_those_who_were_seen_by_their_conventions(transactional_id: str, owner: str) -> None:
    facts = [
        group("trip-stitcher", "tap.events", protocol="stream"),
        group("fare-engine", "tap.events"),
        group("roster", "shifts", protocol="faust"),
        connector("holiday-feed", "transit-connect"),
        named(transactional_id, 3),
        seen(3, "out", COMMITTED),
    ]
    assert produced(*facts).pop()[0] == owner


@pytest.mark.parametrize(
    ("client_id", "owner"),
    [
        ("fare-engine-1", "group:fare-engine"),
        ("board-0f-StreamThread-2-producer", "group:board"),
        ("connector-producer-holiday-feed-0", "connector:holiday-feed"),
        ("gate-writer", "client:gate-writer"),
        ("shared-id", "client:shared-id"),
        ("rdkafka", "producer:3"),
        ("producer-1", "producer:3"),
        ("faust-0.15.3", "producer:3"),
        ("", "producer:3"),
    ],
)
def test_client_ids_name_programs_unless_a_library_chose_them(client_id: str, owner: str) -> None:
    facts = [
        group("fare-engine", "tap.events", clients=("fare-engine-1", "rdkafka", "faust-0.15.3")),
        group("board", "tap.events", clients=("board-0f-StreamThread-2-consumer",)),
        *(group(name, "tap.events", clients=("shared-id",)) for name in ("one", "two")),
        connector("holiday-feed", "transit-connect"),
        client(3, client_id),
        seen(3, "out"),
    ]
    ((source, _, tier, _),) = produced(*facts)
    assert (source, tier) == (owner, "observed")


def test_a_request_logs_transactional_id_counts_like_the_transaction_logs() -> None:
    provenance = client(3, "x").provenance
    facts = [
        group("trip-stitcher", "tap.events", protocol="stream"),
        ProducerNamed(provenance, 3, "producer-1", transactional_id=STITCHER),
        seen(3, "out", COMMITTED),
    ]
    assert produced(*facts) == {("group:trip-stitcher", "out", "observed", "transaction")}


def test_a_producer_of_an_older_ledger_that_is_transactional_is_undecided() -> None:
    old = seen(3, "fares.rehearsal")
    assert isinstance(old, type(seen(3, "x")))
    transactional = type(old)(**{name: getattr(old, name) for name in old.__struct_fields__} | {"transactional": True})
    assert produced(transactional) == set()


def drawn_from(*facts: Fact) -> set[tuple[str, str, str]]:
    return {(one.source, one.target, one.tier) for one in Folded(facts).drawn() if one.kind == "produces"}


def test_a_broker_log_that_names_another_client_outweighs_a_topics_name() -> None:
    app = group("billing", "orders", protocol="stream")
    wrote = (seen(8, "billing-invoice-changelog"), seen(8, "payroll"))
    assert ("group:billing", "topic:payroll", "proven") in drawn_from(app, *wrote)
    assert drawn_from(app, *wrote, client(8, "hr-cdc")) == {
        ("client:hr-cdc", "topic:billing-invoice-changelog", "observed"),
        ("client:hr-cdc", "topic:payroll", "observed"),
    }


def test_who_writes_the_machinery_of_two_applications_is_neither() -> None:
    apps = [group(name, "orders", f"{name}-by-key-repartition", protocol="stream") for name in ("app1", "app2")]
    wrote = [seen(8, f"{name}-by-key-repartition") for name in ("app1", "app2")]
    assert {source for source, _, _ in drawn_from(*apps, *wrote, seen(8, "salaries"))} == {"producer:8"}


def test_a_generated_name_proves_nothing_of_a_group_that_is_no_stream_processor() -> None:
    topic = "app1-KSTREAM-AGGREGATE-STATE-STORE-0000000003-changelog"
    synced = group("app1", "orders", protocol="range")
    assert all(tier == "observed" for _, _, tier in drawn_from(synced, seen(8, topic), seen(8, "salaries")))
    running = group("app1", "orders", protocol="stream")
    assert ("group:app1", "topic:salaries", "proven") in drawn_from(running, seen(8, topic), seen(8, "salaries"))
