"""What of the transaction log becomes facts."""

from __future__ import annotations

from flowaudit.facts import Fact, Outcome, TransactionalIdSeen, TransactionEnded
from flowaudit.sources.transactions.decode import Status, TransactionState
from flowaudit.sources.transactions.telling import REFRESH_MS, Telling

LOOP = "fare-engine-tx-0"


def state(
    status: Status, *topics: str, at_ms: int = 1_000, producer_id: int = 3, previous: int = -1, following: int = -1
) -> TransactionState:
    return TransactionState(producer_id, previous, following, status, topics, at_ms)


def told(*states: TransactionState) -> list[Fact]:
    telling = Telling()
    for offset, one in enumerate(states):
        telling.take(LOOP, one, partition=4, offset=offset)
    return telling.facts()


def endings(facts: list[Fact]) -> list[tuple[Outcome, tuple[str, ...], int]]:
    ended = [fact for fact in facts if isinstance(fact, TransactionEnded)]
    return [(fact.outcome, fact.topics, fact.provenance.observed_ms) for fact in ended]


def test_a_transaction_counts_when_it_is_decided_and_not_while_it_grows() -> None:
    facts = told(
        state(Status.EMPTY),
        state(Status.ONGOING, "fares.charged"),
        state(Status.ONGOING, "fares.charged", "__consumer_offsets"),
        state(Status.PREPARE_COMMIT, "fares.charged", "__consumer_offsets", at_ms=2_000),
        state(Status.COMPLETE_COMMIT, at_ms=2_001),
        state(Status.ONGOING, "fares.rehearsal", at_ms=3_000),
        state(Status.PREPARE_ABORT, "fares.rehearsal", at_ms=3_100),
    )
    assert endings(facts) == [
        (Outcome.COMMITTED, ("fares.charged",), 2_000),
        (Outcome.ABORTED, ("fares.rehearsal",), 3_100),
    ]
    assert [fact.producer_id for fact in facts if isinstance(fact, TransactionalIdSeen)] == [3]
    assert {fact.provenance.reference for fact in facts} == {
        "__transaction_state-4 @ 0",
        "__transaction_state-4 @ 3",
        "__transaction_state-4 @ 6",
    }


def test_a_fast_loop_is_told_twice_a_minute_and_at_once_when_it_writes_somewhere_new() -> None:
    loop = [state(Status.PREPARE_COMMIT, "fares.charged", at_ms=ms) for ms in range(0, 2 * REFRESH_MS + 1, 66)]
    loop.insert(200, state(Status.PREPARE_COMMIT, "fares.charged", "fares.late", at_ms=200 * 66))
    assert [(topics, at) for _, topics, at in endings(told(*loop))] == [
        (("fares.charged",), 0),
        (("fares.charged", "fares.late"), 13_200),
        (("fares.charged",), 43_230),
    ]


def test_a_producer_id_whose_epochs_are_used_up_leads_to_the_next() -> None:
    facts = told(
        state(Status.PREPARE_COMMIT, "fares.charged", following=8),
        state(Status.COMPLETE_COMMIT, producer_id=8, previous=3),
        state(Status.PREPARE_COMMIT, "fares.charged", producer_id=8, previous=8),
    )
    assert [fact.producer_id for fact in facts if isinstance(fact, TransactionalIdSeen)] == [3, 8]
    assert [fact.producer_id for fact in facts if isinstance(fact, TransactionEnded)] == [3, 8]


def test_a_transaction_of_offsets_alone_wrote_no_topic() -> None:
    assert endings(told(state(Status.PREPARE_COMMIT, "__consumer_offsets"))) == []


def test_nothing_is_told_twice_and_a_forgotten_id_is_told_anew() -> None:
    telling, ended = Telling(), state(Status.PREPARE_COMMIT, "fares.charged")
    telling.take(LOOP, ended, 0, 0)
    first = telling.facts()
    telling.take(LOOP, ended, 0, 1)
    assert telling.facts() == []
    telling.forget(LOOP)
    telling.take(LOOP, ended, 0, 2)
    assert len(telling.facts()) == len(first) == 2
