"""The transaction log of a real broker, and the join of a group's reading with its writing."""

from __future__ import annotations

import time
from typing import TypeVar

import pytest

from flowaudit.embedded import AclRule, EmbeddedKafka, grant
from flowaudit.embedded.prepare import prepare
from flowaudit.engine.clock import now_ms
from flowaudit.facts import (
    Fact,
    NotVisible,
    Outcome,
    TransactionalCommit,
    TransactionalIdSeen,
    TransactionEnded,
)
from flowaudit.graph.bindings import bind
from flowaudit.graph.connect_facts import ConnectFacts
from flowaudit.graph.producer_facts import ProducerFacts
from flowaudit.graph.program_names import ProgramNames
from flowaudit.graph.streams_facts import StreamsFacts
from flowaudit.graph.transaction_facts import TransactionFacts
from flowaudit.graph.writers import Writers
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.offsets_log import OFFSETS_TOPIC, OffsetsLogFollower
from flowaudit.sources.transactions import TRANSACTION_LOG, TransactionFollower, TransactionListings
from tests.contract.log_tailing import Tailing
from tests.contract.transacting import TransactionalLoop, fill, named

pytestmark = pytest.mark.kafka

T = TypeVar("T")
FOUND_WITHIN_S = 10.0


def of_type(facts: list[Fact], kind: type[T]) -> list[T]:
    return [fact for fact in facts if isinstance(fact, kind)]


def proven_edges(log: Tailing, offsets: Tailing) -> set[tuple[str, str]]:
    """(source, target) of what the two logs together prove."""
    producers, transactions = ProducerFacts(), TransactionFacts()
    for one in log.facts(TransactionEnded):
        transactions.add_ended(one)
    for two in log.facts(TransactionalIdSeen):
        transactions.add_id(two)
    for three in offsets.facts(TransactionalCommit):
        transactions.add_commit(three)
    writers = Writers(
        producers, transactions, bind(producers, transactions, StreamsFacts(), ProgramNames(), ConnectFacts())
    )
    drafts = [*writers.edges(), *transactions.edges()]
    return {(draft.source.name, draft.target.name) for draft in drafts if draft.evidence.tier == "proven"}


def test_a_loop_is_joined_within_ten_seconds_of_its_first_commit_and_aborted_output_never(
    kafka: EmbeddedKafka,
) -> None:
    source, out, rehearsal, group = (named(kind) for kind in ("taps", "charged", "rehearsal", "engine"))
    fill(kafka, source)
    connection = KafkaConnection(kafka.bootstrap_servers)
    log = Tailing(connection, TRANSACTION_LOG, TransactionFollower())
    offsets = Tailing(connection, OFFSETS_TOPIC, OffsetsLogFollower())
    with log, offsets:
        loop = TransactionalLoop(kafka, group, source)
        loop.turn(Outcome.ABORTED, out, rehearsal)
        loop.turn(Outcome.COMMITTED, out)
        committed_s = time.monotonic()
        log.until(lambda _: (group, out) in proven_edges(log, offsets))
        took_s = time.monotonic() - committed_s
        loop.close()
    print(f"\njoined {took_s:.2f} s after the first committed transaction")  # noqa: T201 (a figure to look at)
    assert took_s < FOUND_WITHIN_S
    mine = [fact for fact in log.facts(TransactionEnded) if fact.transactional_id == loop.transactional_id]
    assert {(fact.outcome, topic) for fact in mine for topic in fact.topics} >= {
        (Outcome.COMMITTED, out),
        (Outcome.ABORTED, out),
        (Outcome.ABORTED, rehearsal),
    }
    assert rehearsal not in {target for _, target in proven_edges(log, offsets)}


def test_what_only_aborted_transactions_wrote_is_told_as_aborted(kafka: EmbeddedKafka) -> None:
    source, out, rehearsal, group = (named(kind) for kind in ("taps", "charged", "rehearsal", "engine"))
    fill(kafka, source)
    loop = TransactionalLoop(kafka, group, source)
    for _ in range(3):
        loop.turn(Outcome.ABORTED, rehearsal)
        loop.turn(Outcome.COMMITTED, out)
    loop.close()
    connection = KafkaConnection(kafka.bootstrap_servers)
    log = Tailing(connection, TRANSACTION_LOG, TransactionFollower())
    offsets = Tailing(connection, OFFSETS_TOPIC, OffsetsLogFollower())
    with log, offsets:
        log.until(lambda _: log.tail.is_caught_up and offsets.tail.is_caught_up)
    mine = [fact for fact in log.facts(TransactionEnded) if fact.transactional_id == loop.transactional_id]
    assert {(fact.outcome, fact.topics) for fact in mine} == {
        (Outcome.COMMITTED, (out,)),
        (Outcome.ABORTED, (rehearsal,)),
    }
    edges = proven_edges(log, offsets)
    assert {(group, out), (source, group)} <= edges
    assert rehearsal not in {target for _, target in edges}
    assert len(mine) == 2, "a fast loop is told once"


def test_where_there_is_no_transaction_log_nothing_is_told_and_none_is_created() -> None:
    prepare()
    with (
        EmbeddedKafka() as fresh_kafka,  # on a shared broker another test may have made the log before
        AdminSession(KafkaConnection(fresh_kafka.bootstrap_servers)) as session,
    ):
        assert TransactionListings(session).poll(1) == []
        assert "__transaction_state" not in {str(topic["name"]) for topic in session.topics()}


def test_where_the_log_may_not_be_read_transactional_ids_are_listed_and_the_rest_is_named(
    secured_kafka: EmbeddedKafka,
) -> None:
    source, out, group = (named(kind) for kind in ("taps", "charged", "engine"))
    fill(secured_kafka, source)
    loop = TransactionalLoop(secured_kafka, group, source)
    loop.turn(Outcome.COMMITTED, out)
    loop.close()
    with AdminSession(connection_of(secured_kafka, "auditor")) as session:
        source_of_facts = TransactionListings(session)
        (hidden,) = of_type(source_of_facts.poll(now_ms()), NotVisible)
        assert (hidden.name, hidden.reason) == ("__transaction_state", "no-describe-right")
        assert "all transactional ids" in hidden.hides
        grant(secured_kafka, [AclRule("auditor", ("DESCRIBE",), "TOPIC", "*")])
        grant(secured_kafka, [AclRule("auditor", ("DESCRIBE",), "TRANSACTIONAL_ID", "*")])
        facts = until_listed(source_of_facts)
        assert [hidden.reason for hidden in of_type(facts, NotVisible)] == ["no-read-right"]
        assert loop.transactional_id in {fact.transactional_id for fact in of_type(facts, TransactionalIdSeen)}
        assert source_of_facts.poll(now_ms()) == []


def test_where_the_log_can_be_read_the_listing_keeps_silent(secured_kafka: EmbeddedKafka) -> None:
    with AdminSession(connection_of(secured_kafka, "admin")) as session:
        assert TransactionListings(session).poll(1) == []


def until_listed(source: TransactionListings) -> list[Fact]:
    end_s = time.monotonic() + FOUND_WITHIN_S
    while not of_type(facts := source.poll(now_ms()), TransactionalIdSeen):
        assert time.monotonic() < end_s
        time.sleep(0.2)
    return facts


def connection_of(kafka: EmbeddedKafka, user: str) -> KafkaConnection:
    client = kafka.client(user).kafka_python()
    return KafkaConnection(
        bootstrap_servers=kafka.bootstrap_servers,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="PLAIN",
        sasl_username=str(client["sasl_plain_username"]),
        sasl_password=str(client["sasl_plain_password"]),
    )
