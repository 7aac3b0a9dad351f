"""Batch headers → who wrote, and what became of it."""

from __future__ import annotations

import struct
from itertools import count

import pytest
from aiokafka.record.util import calc_crc32c
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import Fact, NotVisible, Outcome, ProducerSeen
from flowaudit.sources.kafka_log import Batch, read_batches
from flowaudit.sources.producers.decode import decode_producers
from flowaudit.sources.producers.headers import REFRESH_MS, HeaderScan

TRANSACTIONAL, CONTROL = 0x10, 0x20
COMMIT, ABORT = 1, 0


def batch(
    offset: int, producer_id: int, *, sequence: int = 0, at_ms: int = 100, attributes: int = 0, records: int = 1
) -> Batch:
    """A batch of empty records, or of one marker, as bytes of a log and back."""
    entry = b"\x0c\0\0\0\x01\x01\0"
    body = struct.pack(">hiqqqhii", attributes, records - 1, at_ms, at_ms, producer_id, 0, sequence, 1) + entry
    return read_one(offset, body)


def marker(offset: int, producer_id: int, kind: int, at_ms: int = 200) -> Batch:
    key, value = struct.pack(">hh", 0, kind), struct.pack(">hi", 0, 0)
    record = b"\0\0\0" + bytes([2 * len(key)]) + key + bytes([2 * len(value)]) + value + b"\0"
    body = struct.pack(">hiqqqhii", TRANSACTIONAL | CONTROL, 0, at_ms, at_ms, producer_id, 1, -1, 1)
    return read_one(offset, body + bytes([2 * len(record)]) + record)


def read_one(offset: int, body: bytes) -> Batch:
    head = struct.pack(">qiibI", offset, len(body) + 9, 0, 2, calc_crc32c(body))
    (one,) = read_batches(head + body)
    assert not one.damage
    return one


def told(*batches: Batch, now_ms: int = 1_000) -> list[Fact]:
    scan = HeaderScan()
    scan.take("t", 0, batches, now_ms)
    return scan.facts(now_ms)


def writes(facts: list[Fact]) -> list[tuple[int, Outcome, int, int]]:
    """(producer id, outcome, last sequence, time of the write)"""
    seen = [fact for fact in facts if isinstance(fact, ProducerSeen)]
    return [(fact.producer_id, fact.outcome, fact.last_sequence, fact.last_timestamp_ms) for fact in seen]


def test_an_idempotent_writer_is_told_with_its_first_and_its_last_write() -> None:
    facts = told(batch(0, 7, at_ms=100, records=3), batch(3, 7, sequence=3, at_ms=400))
    assert writes(facts) == [(7, Outcome.WRITTEN, 3, 100), (7, Outcome.WRITTEN, 3, 400)]
    assert {fact.provenance.reference for fact in facts} == {"t-0 @ 3"}


def test_a_transaction_is_told_when_its_marker_comes_at_the_markers_time() -> None:
    scan = HeaderScan()
    scan.take("t", 0, [batch(0, 3, attributes=TRANSACTIONAL), batch(1, 4, attributes=TRANSACTIONAL)], 1_000)
    assert scan.facts(1_000) == []
    scan.take("t", 0, [marker(2, 3, COMMIT, at_ms=900), marker(3, 4, ABORT, at_ms=950)], 2_000)
    facts = scan.facts(2_000)
    assert writes(facts) == [(3, Outcome.COMMITTED, 0, 100), (4, Outcome.ABORTED, 0, 100)]
    assert [fact.provenance.observed_ms for fact in facts] == [900, 950]


def test_a_marker_of_another_partition_ends_nothing_here() -> None:
    scan = HeaderScan()
    scan.take("t", 0, [batch(0, 3, attributes=TRANSACTIONAL)], 1)
    scan.take("t", 1, [marker(0, 3, COMMIT)], 1)
    assert scan.facts(1) == []


def test_what_was_open_before_offsets_were_left_out_is_not_concluded_from() -> None:
    scan = HeaderScan()
    scan.take("t", 0, [batch(0, 3, attributes=TRANSACTIONAL)], 1)
    scan.skip("t", 0)
    scan.take("t", 0, [marker(900, 3, COMMIT)], 1)
    assert scan.facts(1) == []


def test_records_without_a_producer_id_are_a_blind_spot_and_damaged_ones_are_not() -> None:
    (hidden,) = told(batch(0, -1))
    assert isinstance(hidden, NotVisible)
    assert (hidden.name, hidden.reason) == ("t", "writes-without-producer-id")
    assert told(Batch.damaged(0, 4, "checksum")) == []


def test_a_writer_that_goes_on_is_told_again_after_half_a_minute() -> None:
    scan = HeaderScan()
    offsets = count()
    told_at = []
    for now_ms in range(0, 2 * REFRESH_MS + 1, 1_000):
        offset = next(offsets)
        scan.take("t", 0, [batch(offset, 7, sequence=offset)], now_ms)
        told_at += [now_ms for _ in scan.facts(now_ms)]
    assert told_at == [0, REFRESH_MS, 2 * REFRESH_MS]


def test_a_topic_that_went_is_forgotten() -> None:
    scan = HeaderScan()
    scan.take("t", 0, [batch(0, -1), batch(1, 3, attributes=TRANSACTIONAL)], 1)
    scan.keep_only(["u"])
    scan.take("t", 0, [marker(2, 3, COMMIT)], 1)
    assert scan.facts(1) == []


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([COMMIT, ABORT])), max_size=20), st.data())
def test_cutting_the_log_anywhere_changes_nothing(turns: list[tuple[int, int]], data: st.DataObject) -> None:
    offsets = count()
    log: list[Batch] = []
    for producer_id, kind in turns:
        log += [batch(next(offsets), producer_id, attributes=TRANSACTIONAL), marker(next(offsets), producer_id, kind)]
    cut = data.draw(st.integers(0, len(log)))
    scan = HeaderScan()
    scan.take("t", 0, log[:cut], 1)
    scan.take("t", 0, log[cut:], 1)
    whole = told(*log, now_ms=1)
    assert sorted(writes(scan.facts(1))) == sorted(writes(whole))
    assert {(pid, outcome) for pid, outcome, *_ in writes(whole)} == {
        (producer_id, Outcome.COMMITTED if kind == COMMIT else Outcome.ABORTED) for producer_id, kind in turns
    }


@pytest.mark.parametrize(("epoch", "outcome"), [(-1, Outcome.WRITTEN), (0, Outcome.UNDECIDED)])
def test_describe_producers_decides_nothing_about_transactions(epoch: int, outcome: Outcome) -> None:
    producer = {
        "producer_id": 3,
        "producer_epoch": 0,
        "last_sequence": 9,
        "last_timestamp": 100,
        "coordinator_epoch": epoch,
    }
    topic = {"name": "t", "partitions": [{"partition_index": 0, "error_code": 0, "active_producers": [producer]}]}
    (fact,) = decode_producers([topic], 1)
    assert isinstance(fact, ProducerSeen)
    assert (fact.outcome, fact.transactional) == (outcome, outcome is Outcome.UNDECIDED)
