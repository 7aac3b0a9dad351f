"""Member bytes of every kind, as real clients write them."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.sources.groups.members import MemberUndecodable, assigned_topics, subscribed_topics


def text(value: str) -> bytes:
    return struct.pack(">h", len(value.encode())) + value.encode()


def subscription(version: int, topics: list[str], tail: bytes = b"") -> bytes:
    return struct.pack(">hi", version, len(topics)) + b"".join(map(text, topics)) + struct.pack(">i", -1) + tail


def assignment(topics: dict[str, list[int]]) -> bytes:
    rows = [text(topic) + struct.pack(f">i{len(ps)}i", len(ps), *ps) for topic, ps in topics.items()]
    return struct.pack(">hi", 0, len(rows)) + b"".join(rows) + struct.pack(">i", -1)


def test_a_subscription_of_version_0_and_one_with_later_fields_are_read_alike() -> None:
    later = struct.pack(">i", 0) + struct.pack(">i", 7) + struct.pack(">h", -1)
    assert subscribed_topics("consumer", subscription(0, ["a", "b"])) == ("a", "b")
    assert subscribed_topics("consumer", subscription(3, ["a", "b"], later)) == ("a", "b")


def test_faust_announces_version_4_and_writes_the_layout_of_version_0() -> None:
    assert subscribed_topics("consumer", subscription(4, ["locks.events"])) == ("locks.events",)


def test_a_topic_without_an_assigned_partition_is_not_assigned() -> None:
    assert assigned_topics("consumer", assignment({"a": [0, 2], "b": []})) == ("a",)


def test_a_connect_worker_reads_no_topic_by_membership() -> None:
    connect = bytes.fromhex("0002") + text("http://127.0.0.1:8083/") + struct.pack(">q", 15)
    assert subscribed_topics("connect", connect) == ()
    assert assigned_topics("connect", connect) == ()


def test_a_member_that_has_announced_nothing_yet_reads_nothing() -> None:
    assert subscribed_topics("consumer", b"") == ()


@pytest.mark.parametrize("cut", [1, 5, 8])
def test_bytes_that_end_too_soon_are_refused(cut: int) -> None:
    with pytest.raises(MemberUndecodable):
        subscribed_topics("consumer", subscription(0, ["locks.events"])[:cut])


@given(st.binary(max_size=200))
def test_garbage_is_read_or_refused_but_never_crashes(data: bytes) -> None:
    for read in (subscribed_topics, assigned_topics):
        try:
            topics = read("consumer", data)
        except MemberUndecodable:
            continue
        assert all(isinstance(topic, str) for topic in topics)


def test_an_impossible_length_is_refused_before_memory_is_asked_for() -> None:
    with pytest.raises(MemberUndecodable):
        assigned_topics("consumer", struct.pack(">hi", 0, 2**31 - 1))
