"""Member bytes of every kind, as real clients write them."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.sources.member_bytes import (
    MemberUndecodable,
    announced_url,
    assigned_topics,
    member_url,
    subscribed_topics,
)


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


def faust(user_data: bytes) -> bytes:
    head = subscription(4, ["locks.events"])[: -struct.calcsize(">i")]
    return head + struct.pack(">i", len(user_data)) + user_data


def test_a_worker_is_known_by_the_address_that_it_announces() -> None:
    connect = bytes.fromhex("0002") + text("http://127.0.0.1:8083/") + struct.pack(">q", 15)
    registry = b'{"version":1,"host":"sr-1","port":8081,"master_eligibility":true,"scheme":"https"}'
    assert member_url("connect", "sessioned", connect) == "http://127.0.0.1:8083"
    assert member_url("consumer", "faust", faust(b'{"assignment":{},"url":"http://h:6066"}')) == "http://h:6066"
    assert member_url("sr", "v0", registry) == "https://sr-1:8081"


def test_other_members_announce_no_address() -> None:
    assert member_url("consumer", "range", faust(b'{"url":"http://h:6066"}')) == ""
    assert member_url("connect", "sessioned", b"") == ""


@pytest.mark.parametrize("json", [b"[" * 100_000, b"{", b"\xff\xfe", b'{"url": 7}', b'{"url": "' + b"x" * (1 << 20)])
def test_hostile_json_is_refused(json: bytes) -> None:
    with pytest.raises(MemberUndecodable):
        member_url("consumer", "faust", faust(json))
    with pytest.raises(MemberUndecodable):
        member_url("sr", "v0", json)


@pytest.mark.parametrize("name", ["", "no topic", "a" * 250, "a/b", "\x00"])
def test_a_name_that_no_topic_can_have_is_refused(name: str) -> None:
    with pytest.raises(MemberUndecodable):
        subscribed_topics("consumer", subscription(0, [name]))


@pytest.mark.parametrize(
    ("announced", "kept"),
    [
        ("http://user:pa55@worker:8083/", "http://worker:8083"),
        ("http://worker:8083/?token=pa55#pa55", "http://worker:8083"),
        ("HTTPS://Worker", "https://worker"),
        ("http://[::1]:8083/", "http://[::1]:8083"),
        ("http://worker:eighty/", ""),
        ("http://worker:99999/", ""),
        ("jdbc:postgresql://u:pa55@h/db", ""),
        ("http:///path", ""),
        ("http://a b/", ""),
        ("http://wor\u00e9ker:1/", ""),
        ("http://" + "w" * 600, ""),
        ("", ""),
    ],
)
def test_an_address_keeps_no_secret(announced: str, kept: str) -> None:
    assert announced_url(announced) == kept


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_password_never_survives(user: str, host: str) -> None:
    assert "pa55word" not in announced_url(f"http://{user}:pa55word@{host}:8083/")
