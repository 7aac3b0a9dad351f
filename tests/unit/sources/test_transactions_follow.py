"""The transaction log's batches, followed."""

from __future__ import annotations

from collections.abc import Iterable

from kafka.record.default_records import DefaultRecordBatchBuilder

from flowaudit.facts import Fact, NotVisible, Outcome, TransactionalIdSeen, TransactionEnded
from flowaudit.sources.kafka_log import Batch, read_batches
from flowaudit.sources.transactions import TransactionFollower
from tests.fuzz.targets_transactions import COMMITTED, EMPTY

KEY = b"\0\0\0\x10fare-engine-tx-0"


def log(*records: tuple[bytes | None, bytes | None]) -> Iterable[Batch]:
    builder = DefaultRecordBatchBuilder(2, 0, False, -1, -1, -1, 1 << 20)
    for offset, (key, value) in enumerate(records):
        builder.append(offset, 1_000, key, value, [])
    return read_batches(bytes(builder.build()))


def told(*records: tuple[bytes | None, bytes | None]) -> list[Fact]:
    follower = TransactionFollower()
    follower.begin(4, from_head=True)
    follower.take(4, log(*records))
    flushed = follower.flush(5_000, final=False)
    assert flushed.held_back == {}
    return list(flushed.facts)


def test_a_record_becomes_its_ids_and_its_outcome() -> None:
    facts = told((KEY, EMPTY), (KEY, COMMITTED))
    assert [fact.producer_id for fact in facts if isinstance(fact, TransactionalIdSeen)] == [6, 3, 8]
    (ended,) = [fact for fact in facts if isinstance(fact, TransactionEnded)]
    assert (ended.transactional_id, ended.outcome, ended.topics) == (
        "fare-engine-tx-0",
        Outcome.COMMITTED,
        ("fares.charged",),
    )
    assert ended.provenance.reference == "__transaction_state-4 @ 1"


def test_a_tombstone_is_an_end_and_no_error() -> None:
    assert len(told((KEY, EMPTY), (KEY, None), (KEY, EMPTY))) == 2


def test_records_that_are_none_are_one_blind_spot_and_hide_no_other() -> None:
    facts = told((None, b""), (KEY, b"\0\x09later"), (b"\0", None), (KEY, EMPTY))
    assert [type(fact) for fact in facts] == [TransactionalIdSeen, NotVisible]


def test_damaged_batches_are_passed_over() -> None:
    follower = TransactionFollower()
    follower.take(0, [Batch.damaged(0, 9, "checksum"), *log((KEY, EMPTY))])
    assert len(follower.flush(1, final=True).facts) == 1
