"""Record batches: headers, two parsers of one answer, damage, markers, bombs."""

from __future__ import annotations

import zlib

import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import Outcome
from flowaudit.sources.kafka_log import Batch, BatchUndecodable, LogRecord, batches, read_batches
from flowaudit.sources.kafka_log.compression import CompressionUndecodable, decompress
from tests.fuzz.targets_kafka_log import batch, control, mended

Row = tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]
ROWS = st.lists(
    st.tuples(
        st.none() | st.binary(max_size=300),
        st.none() | st.binary(max_size=300),
        st.lists(st.tuples(st.text(max_size=5), st.none() | st.binary(max_size=9)), max_size=3),
    ),
    min_size=1,
    max_size=12,
)


def built(rows: list[Row], codec: int = 0, *, transactional: bool = False) -> bytes:
    builder = DefaultRecordBatchBuilder(2, codec, int(transactional), 7, 1, 0, 1 << 20)
    for offset, (key, value, headers) in enumerate(rows):
        builder.append(offset, 1_700_000_000_000 + 7 * offset, key, value, headers)
    return bytes(builder.build())


def parsed(data: bytes) -> list[LogRecord]:
    return [record for one in read_batches(data) for record in one.records()]


def at_offset(data: bytes, offset: int) -> bytes:
    """The same batch elsewhere in the log; the checksum does not cover that."""
    return offset.to_bytes(8, "big") + data[8:]


@given(ROWS, st.integers(0, 4))
def test_both_parsers_give_what_was_written(rows: list[Row], codec: int) -> None:
    data = built(rows, codec)
    written = [LogRecord(n, 1_700_000_000_000 + 7 * n, *row) for n, row in enumerate(rows)]
    assert parsed(data) == written
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "_USE_C", False)
        assert parsed(data) == written


@given(st.binary(max_size=40), st.integers(0, 200))
def test_both_parsers_refuse_the_same_damage(noise: bytes, at: int) -> None:
    whole = bytearray(batch())
    whole[61 + at : 61 + at + len(noise)] = noise
    data = mended(bytes(whole))

    def answer() -> list[LogRecord] | None:
        try:
            return parsed(data)
        except BatchUndecodable:
            return None

    by_c = answer()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "_USE_C", False)
        assert answer() == by_c


def test_a_header_says_who_wrote() -> None:
    (one,) = read_batches(at_offset(batch(transactional=True), 40))
    assert (one.base_offset, one.last_offset, one.record_count) == (40, 42, 3)
    assert (one.producer_id, one.producer_epoch, one.base_sequence) == (7, 1, 0)
    assert (one.is_transactional, one.is_control, one.damage) == (True, False, "")
    assert one.max_timestamp_ms == 1_700_000_000_123
    assert one.control_outcome() is None


@pytest.mark.parametrize(("commit", "outcome"), [(True, Outcome.COMMITTED), (False, Outcome.ABORTED)])
def test_a_marker_says_how_a_transaction_ended(commit: bool, outcome: Outcome) -> None:
    (one,) = read_batches(control(commit=commit))
    assert (one.is_control, one.is_transactional, one.control_outcome()) == (True, True, outcome)


def test_a_batch_that_is_cut_off_is_left_out() -> None:
    data = batch()
    for size in range(len(data)):
        assert [one.base_offset for one in read_batches(data + at_offset(data, 3)[:size])] == [0]


def test_a_damaged_batch_is_told_by_its_offsets_and_the_rest_goes_on() -> None:
    data = batch()
    bad = bytearray(at_offset(data, 3))
    bad[70] ^= 1
    first, second, third = read_batches(data + bytes(bad) + at_offset(data, 9))
    assert (first.damage, third.damage, third.base_offset) == ("", "", 9)
    assert (second.damage, second.base_offset, second.last_offset) == ("checksum", 3, 8)
    assert (second.producer_id, second.record_count, second.is_control) == (-1, 0, False)
    with pytest.raises(BatchUndecodable):
        second.records()


def test_the_last_batch_damaged_ends_where_its_header_says_if_that_can_be() -> None:
    bad = bytearray(at_offset(batch(), 3))
    bad[70] ^= 1
    assert [one.last_offset for one in read_batches(bytes(bad))] == [5]
    bad[23:27] = b"\x7f\xff\xff\xff"
    assert [one.last_offset for one in read_batches(bytes(bad))] == [3]


def test_an_old_layout_is_told_as_such() -> None:
    old = (5).to_bytes(8, "big") + (14).to_bytes(4, "big") + b"\x00\x00\x00\x00\x01" + bytes(9)
    first, second = read_batches(old + at_offset(batch(), 6))
    assert (first.damage, first.base_offset, first.last_offset) == ("old-layout", 5, 5)
    assert second.damage == ""


@pytest.mark.parametrize("length", [-1, 0, 13, 40])
def test_a_length_that_no_batch_has_ends_the_reading(length: int) -> None:
    data = batch()
    broken = bytearray(at_offset(data, 3))
    broken[8:12] = length.to_bytes(4, "big", signed=True)
    found: list[Batch] = []
    with pytest.raises(BatchUndecodable):
        found.extend(read_batches(data + bytes(broken)))
    assert [one.base_offset for one in found] == [0]


def test_what_a_record_holds_is_not_in_its_repr() -> None:
    assert "key" not in repr(parsed(batch())[0])


@pytest.mark.parametrize("codec", [1, 2, 3, 4])
def test_a_batch_that_would_fill_the_memory_is_refused(codec: int) -> None:
    (one,) = read_batches(built([(None, b"\x00" * 900_000, [])], codec))
    with pytest.raises(BatchUndecodable):
        one.records(limit_bytes=100_000)
    assert len(one.records()) == 1


def test_a_codec_that_kafka_does_not_have_is_refused() -> None:
    with pytest.raises(CompressionUndecodable):
        decompress(5, b"", 100)


def test_gzip_members_count_together_against_the_limit() -> None:
    member = zlib.compress(bytes(600), wbits=31)
    assert len(decompress(1, member + member, 1200)) == 1200
    with pytest.raises(CompressionUndecodable):
        decompress(1, member + member, 1199)
