"""The hook into aiokafka: whole batches, and the same records as aiokafka's own iterator gives."""

from __future__ import annotations

from typing import Any

import aiokafka.client
import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import READ_COMMITTED, PartitionRecords
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.record.memory_records import MemoryRecords
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from flowaudit.facts import decode_fact, encode_fact
from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.tap.audit import TapAudit
from flowaudit.sources.tap.kafka_client import (
    BatchRecords,
    DamagedBatch,
    DamagedTail,
    RecordBatch,
    batches_are_whole,
    client_options,
    forbid_topic_creation,
    whole_batches,
)
from flowaudit.sources.tap.plan import TapPartition
from flowaudit.sources.tap.runs import delivered_run
from tests.unit.tap.batches import ABORT, COMMIT, batch, damaged, marker, resealed, stamped_by_broker
from tests.unit.tap.records import NOW_MS, settings

PARTITION = TapPartition("t", "id", 0)


def unpacked(
    raw: bytes, fetch_offset: int = 0, aborted: list[tuple[int, int]] | None = None, *, kind: type[Any] = BatchRecords
) -> tuple[list[Any], int]:
    """What a fetched partition yields, and where reading goes on."""
    marked = whole_batches if kind is BatchRecords else None
    records = kind(
        TopicPartition("t", 0), MemoryRecords(raw), aborted, fetch_offset, marked, None, True, READ_COMMITTED
    )
    return list(records), records.next_fetch_offset


def offsets(items: list[Any]) -> list[int]:
    return [record.offset for item in items for record in (item.records if isinstance(item, RecordBatch) else [item])]


def test_the_pinned_aiokafka_is_the_one_that_is_hooked() -> None:
    assert batches_are_whole()


@pytest.mark.parametrize("codec", [0, 1, 2, 3, 4])
def test_a_batch_is_one_item_of_the_parsers_own_records(codec: int) -> None:
    items, end = unpacked(batch(5, [b"{}", None, b"x"], codec=codec) + batch(8, [b"y"], codec=codec), 5)
    assert [type(item) for item in items] == [RecordBatch, RecordBatch]
    assert offsets(items) == [5, 6, 7, 8]
    assert [record.value for record in items[0].records] == [b"{}", None, b"x"]
    assert end == 9


def test_records_before_the_fetch_position_are_left_out() -> None:
    items, end = unpacked(batch(0, [b"a", b"b", b"c"]), 2)
    assert (offsets(items), end) == ([2], 3)


@st.composite
def logs(draw: st.DrawFn) -> tuple[bytes, list[tuple[int, int]]]:
    """A stretch of a log with plain, committed and aborted batches and their markers, and the aborted list."""
    raw, offset, aborted = b"", 0, []
    for producer_id in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["plain", "commit", "abort"]))
        values: list[bytes | None] = [b"{}"] * draw(st.integers(1, 4))
        transactional = kind != "plain"
        raw += batch(offset, values, producer_id=producer_id if transactional else -1, transactional=transactional)
        if kind == "abort":
            aborted.append((producer_id, offset))
        offset += len(values) + draw(st.integers(0, 2))
        if transactional:
            raw += marker(offset, producer_id, ABORT if kind == "abort" else COMMIT)
            offset += 1
    return raw, aborted


@how(deadline=None, max_examples=60)
@given(logs(), st.integers(0, 6))
def test_the_same_records_as_aiokafkas_own_iterator(
    log: tuple[bytes, list[tuple[int, int]]], fetch_offset: int
) -> None:
    raw, aborted = log
    ours, our_end = unpacked(raw, fetch_offset, aborted)
    theirs, their_end = unpacked(raw, fetch_offset, aborted, kind=PartitionRecords)
    assert offsets(ours) == offsets(theirs)
    assert our_end == their_end


def test_other_consumers_of_the_process_are_left_alone() -> None:
    records = BatchRecords(
        TopicPartition("t", 0), MemoryRecords(batch(0, [b"a", b"b"])), None, 0, None, None, True, READ_COMMITTED
    )
    assert [record.value for record in records] == [b"a", b"b"]


def test_a_damaged_batch_is_passed_over_and_told() -> None:
    items, end = unpacked(batch(0, [b"a"]) + damaged(batch(1, [b"b", b"c"])) + batch(3, [b"d"]))
    assert items[1] == DamagedBatch(1, 3)
    assert (offsets([items[0], items[2]]), end) == ([0, 3], 4)
    run = delivered_run(PARTITION, 0, 4, items)
    assert ([record.offset for record in run.records], run.damaged) == ([0, 3], ((1, 3),))


def test_a_damaged_last_batch_waits_for_the_next_one() -> None:
    with pytest.raises(DamagedTail) as caught:
        unpacked(damaged(batch(1, [b"b", b"c"])), 1)
    assert (caught.value.topic, caught.value.partition) == ("t", 0)


def test_a_batch_whose_compressed_records_are_rubbish_is_damaged() -> None:
    raw = batch(4, [b"a" * 300] * 9, codec=4)
    items, end = unpacked(resealed(raw, 61, b"\xde\xad\xbe\xef") + batch(13, [b"z"]), 4)
    assert items[0] == DamagedBatch(4, 13)
    assert (offsets(items[1:]), end) == ([13], 14)


def test_runs_of_single_records_are_taken_when_the_hook_does_not_fit() -> None:
    single, _ = unpacked(batch(3, [b"a", b"b"]), 3, kind=PartitionRecords)
    run = delivered_run(PARTITION, 3, 7, single)
    assert [(record.offset, record.value) for record in run.records] == [(3, b"a"), (4, b"b")]
    assert (run.from_offset, run.next_offset) == (3, 7)


@pytest.mark.parametrize("kind", [BatchRecords, PartitionRecords])
def test_the_account_says_whose_time_the_last_record_bears(kind: type[Any]) -> None:
    plain, stamped = batch(0, [b"{}", b"{}"]), stamped_by_broker(batch(2, [b"{}", b"{}"], codec=1))
    for raw, is_append_time in ((plain + stamped, True), (stamped_by_broker(plain) + batch(2, [b"{}"]), False)):
        items, end = unpacked(raw, kind=kind)
        fact = TapAudit(settings()).audit(delivered_run(PARTITION, 0, end, items), NOW_MS).fact
        assert fact.is_append_time is is_append_time
        assert decode_fact(encode_fact(fact)) == fact


def test_the_account_says_whether_the_last_record_waited_for_a_commit() -> None:
    in_transaction = batch(0, [b"{}"], producer_id=1, transactional=True) + marker(1, 1, COMMIT)
    for raw, is_transactional in ((in_transaction, True), (in_transaction + batch(2, [b"{}"]), False)):
        items, end = unpacked(raw)
        fact = TapAudit(settings()).audit(delivered_run(PARTITION, 0, end, items), NOW_MS).fact
        assert (fact.is_transactional, fact.is_append_time) == (is_transactional, False)


def test_metadata_requests_never_allow_the_creation_of_topics() -> None:
    forbid_topic_creation()
    request = aiokafka.client.MetadataRequest(["t"])
    assert isinstance(request, MetadataRequest)
    assert request._allow_auto_topic_creation is False


def test_credentials_reach_the_client_and_no_repr() -> None:
    connection = KafkaConnection("b:1", "SASL_PLAINTEXT", "PLAIN", "auditor", "hush")
    expected = {
        "bootstrap_servers": "b:1",
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": "auditor",
        "sasl_plain_password": "hush",
    }
    assert client_options(connection).items() >= expected.items()
    assert "hush" not in repr(connection)


def test_tls_checks_the_brokers_name_unless_told_otherwise() -> None:
    assert client_options(KafkaConnection("b:1", "SSL"))["ssl_context"].check_hostname  # type: ignore[attr-defined]
    lax = client_options(KafkaConnection("b:1", "SSL", ssl_check_hostname=False))["ssl_context"]
    assert not lax.check_hostname  # type: ignore[attr-defined]
