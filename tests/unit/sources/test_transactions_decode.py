"""Records of the transaction log: real bytes, every version, and rubbish."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import Outcome
from flowaudit.sources.transactions.decode import (
    Status,
    TransactionUndecodable,
    decode_key,
    decode_listings,
    decode_value,
    why_unreadable,
)
from tests.fuzz.targets_transactions import ABORTED_V0, COMMITTED, CONNECT_KEY, EMPTY, TARGETS

_NAMES = st.text(min_size=1, max_size=40)
_IDS = st.integers(-1, 2**63 - 1)


def varint(value: int) -> bytes:
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def compact(text: str) -> bytes:
    return varint(len(text.encode()) + 1) + text.encode()


def value_v1(producer_id: int, status: int, topics: dict[str, list[int]], previous: int, following: int) -> bytes:
    head = struct.pack(">hqhib", 1, producer_id, 4, 60_000, status)
    listed = b"".join(
        compact(topic) + varint(len(partitions) + 1) + struct.pack(f">{len(partitions)}i", *partitions) + b"\0"
        for topic, partitions in topics.items()
    )
    tags = b"\x04" + b"\0\x08" + struct.pack(">q", previous) + b"\x01\x08" + struct.pack(">q", following)
    tags += b"\x02\x02\0\x02" + b"\x63\x03new"  # the client's version, and a tag of a later Kafka
    return head + varint(len(topics) + 1) + listed + struct.pack(">qq", 7_000, 6_000) + tags


def value_v0(producer_id: int, status: int, topics: dict[str, list[int]]) -> bytes:
    listed = b"".join(
        struct.pack(">h", len(topic.encode())) + topic.encode() + struct.pack(f">i{len(ps)}i", len(ps), *ps)
        for topic, ps in topics.items()
    )
    head = struct.pack(">hqhibi", 0, producer_id, 4, 60_000, status, len(topics))
    return head + listed + struct.pack(">qq", 7_000, 6_000)


_TOPICS = st.dictionaries(_NAMES, st.lists(st.integers(0, 99), max_size=5), max_size=5)


def test_a_record_that_kafka_wrote_is_read() -> None:
    state = decode_value(EMPTY)
    assert decode_key(CONNECT_KEY) == "connect-cluster-transit-connect"
    assert (state.producer_id, state.status, state.topics, state.outcome) == (6, Status.EMPTY, (), None)
    assert state.producer_ids == (6,)
    assert state.updated_ms == 0x1A20698E9A3


def test_a_commit_names_its_topics_and_the_producer_id_that_follows_without_the_offsets_topic() -> None:
    state = decode_value(COMMITTED)
    assert state.outcome is Outcome.COMMITTED
    assert state.topics == ("fares.charged", "__consumer_offsets")
    assert state.data_topics == ("fares.charged",)
    assert state.producer_ids == (3, 8)


def test_an_abort_of_an_old_broker_names_its_topics() -> None:
    state = decode_value(ABORTED_V0)
    assert (state.outcome, state.data_topics) == (Outcome.ABORTED, ("fares.rehears2",))


@given(_IDS, st.integers(0, 7), _TOPICS, _IDS, _IDS)
def test_the_flexible_version_comes_back_as_it_was_written(
    producer_id: int, status: int, topics: dict[str, list[int]], previous: int, following: int
) -> None:
    state = decode_value(value_v1(producer_id, status, topics, previous, following))
    assert (state.producer_id, state.status, state.topics) == (producer_id, status, tuple(topics))
    assert (state.previous_producer_id, state.next_producer_id, state.updated_ms) == (previous, following, 7_000)


@given(_IDS, st.integers(0, 7), _TOPICS)
def test_the_classic_version_comes_back_as_it_was_written(
    producer_id: int, status: int, topics: dict[str, list[int]]
) -> None:
    state = decode_value(value_v0(producer_id, status, topics))
    assert (state.producer_id, state.status, state.topics) == (producer_id, status, tuple(topics))


@pytest.mark.parametrize("status", [Status.ONGOING, Status.COMPLETE_COMMIT, Status.COMPLETE_ABORT, Status.DEAD, 99])
def test_only_the_decision_itself_is_an_outcome(status: int) -> None:
    assert decode_value(value_v1(3, status, {"fares.charged": [0]}, -1, -1)).outcome is None


def test_a_kind_of_record_of_a_later_kafka_is_skipped() -> None:
    assert decode_key(b"\x00\x07anything") is None


@pytest.mark.parametrize("data", [b"", b"\0", b"\x00\x09" + EMPTY[2:], EMPTY[:-1], EMPTY[:14]])
def test_what_is_no_record_is_one_kind_of_error(data: bytes) -> None:
    with pytest.raises(TransactionUndecodable):
        decode_value(data)


@given(st.data())
def test_damaged_records_raise_nothing_else(data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(TARGETS))
    damaged = bytearray(data.draw(st.sampled_from(target.seeds)))
    for at in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=6)):
        damaged[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    with contextlib.suppress(target.error):
        target.decode(bytes(damaged[:cut]))


def test_a_listing_with_an_error_hides_no_other() -> None:
    listed = {"transactional_id": "fare-engine-tx-0", "producer_id": 3, "transaction_state": "Ongoing"}
    unborn = {"transactional_id": "not-yet", "producer_id": -1, "transaction_state": "Empty"}
    answers = [{"error_code": 14, "transaction_states": []}, {"error_code": 0, "transaction_states": [listed, unborn]}]
    (seen,) = decode_listings(answers, 5)
    assert (seen.transactional_id, seen.producer_id, seen.provenance.observed_ms) == ("fare-engine-tx-0", 3, 5)


def test_a_log_that_is_not_there_hides_nothing_and_one_that_may_not_be_read_says_why() -> None:
    def entry(error: int, operations: int) -> dict[str, object]:
        return {
            "error_code": error,
            "name": "__transaction_state",
            "is_internal": True,
            "partitions": [],
            "topic_authorized_operations": operations,
        }

    assert why_unreadable([entry(3, 0)]) is None
    assert why_unreadable([entry(29, 0)]) == "no-describe-right"
    assert why_unreadable([entry(0, 1 << 8)]) == "no-read-right"
    assert why_unreadable([entry(0, 1 << 3)]) is None
