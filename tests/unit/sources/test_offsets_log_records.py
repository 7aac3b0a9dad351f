"""Records of `__consumer_offsets`, byte by byte."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import Subtopology
from flowaudit.sources.offsets_log.commit_records import decode_commit_key, decode_commit_value
from flowaudit.sources.offsets_log.errors import RecordUndecodable
from flowaudit.sources.offsets_log.group_records import (
    ClassicGroup,
    Content,
    Epoch,
    Member,
    ResolvedTopics,
    Topology,
    decode_group_record,
)
from tests.fuzz import targets_offsets_log as real

TIME_MS = 0x1A20699364A


def test_a_commit_names_group_topic_and_partition() -> None:
    assert decode_commit_key(real.COMMIT_KEY) == ("spot-check-8", "trip.legs", 2)
    assert decode_commit_key(real.LEGACY_KEY) == ("g", "t", 0)


@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, 2**31 - 1))
def test_any_name_is_read_back(group: str, topic: str, partition: int) -> None:
    texts = b"".join(struct.pack(">h", len(raw)) + raw for raw in (group.encode(), topic.encode()))
    assert decode_commit_key(b"\x00\x01" + texts + struct.pack(">i", partition)) == (group, topic, partition)


@pytest.mark.parametrize(
    ("value", "offset", "committed_ms"),
    [
        (real.COMMIT_V4, 51, TIME_MS),
        (real.COMMIT_V4_IN_TRANSACTION, 1, 0x1A20698C9FC),
        (real.COMMIT_V3, 51, TIME_MS),
        (b"\x00\x02" + struct.pack(">qhq", 7, 0, TIME_MS), 7, TIME_MS),
        (real.COMMIT_V1, 51, TIME_MS),
        (b"\x00\x00" + struct.pack(">qhq", 7, -1, TIME_MS), 7, TIME_MS),
    ],
)
def test_every_version_of_a_commit_is_read(value: bytes, offset: int, committed_ms: int) -> None:
    assert decode_commit_value(value) == (offset, committed_ms)


@pytest.mark.parametrize("version", [-1, 5, 32767])
def test_an_unknown_version_of_a_commit_is_named(version: int) -> None:
    with pytest.raises(RecordUndecodable) as caught:
        decode_commit_value(struct.pack(">h", version) + real.COMMIT_V4[2:])
    assert (caught.value.record_type, caught.value.version) == (1, version)


def test_a_commit_that_ends_too_soon_is_refused() -> None:
    for size in range(len(real.COMMIT_V3)):
        with pytest.raises(RecordUndecodable):
            decode_commit_value(real.COMMIT_V3[:size])
    for size in range(len(real.COMMIT_KEY)):
        with pytest.raises(RecordUndecodable):
            decode_commit_key(real.COMMIT_KEY[:size])


STABLE = ClassicGroup("consumer", "range", 1, ("lift-1",), ("trip.legs",), ("trip.legs",))
TOPOLOGY = Topology(
    (
        Subtopology("0", ("tap.events",), repartition_sinks=("crowding-per-station-topic",)),
        Subtopology("1", repartition_sources=("crowding-per-station-topic",), changelogs=("logs",)),
    )
)


@pytest.mark.parametrize(
    ("key", "value", "group", "part", "content"),
    [
        (real.GROUP_KEY, real.GROUP_EMPTY, "transit-connect", "", ClassicGroup("", "", 0)),
        *((real.GROUP_KEY, real.classic_group(version), "transit-connect", "", STABLE) for version in range(4)),
        (real.GROUP_KEY, real.classic_group(extra=b"\x00\x07"), "transit-connect", "", STABLE),
        (
            real.CONSUMER_KEY,
            real.CONSUMER_MEMBER,
            "lost-property",
            "M" * 22,
            Member("lost-property-1", (), "trip\\..*"),
        ),
        (
            real.SHARE_KEY,
            real.SHARE_MEMBER,
            "ticket-inspectors",
            "M" * 22,
            Member("ticket-inspectors-1", ("tap.events",)),
        ),
        (real.SHARE_TOPICS_KEY, real.SHARE_TOPICS, "ticket-inspectors", "", ResolvedTopics(("tap.events",))),
        (real.REGEX_KEY, real.REGEX, "lost-property", "trip\\..*", ResolvedTopics(("trip.legs",))),
        (real.STREAMS_KEY, real.STREAMS, "crowding-board", "", Epoch()),
        (real.STREAMS_MEMBER_KEY, real.STREAMS_MEMBER, "crowding-board", "M" * 22, Member("crowding-board")),
        (real.TOPOLOGY_KEY, real.TOPOLOGY, "crowding-board", "", TOPOLOGY),
    ],
)
def test_every_kind_of_group_record_is_read(key: bytes, value: bytes, group: str, part: str, content: Content) -> None:
    record = decode_group_record(key, value)
    assert record is not None
    assert (record.group, record.part, record.content) == (group, part, content)
    tombstone = decode_group_record(key, None)
    assert tombstone is not None
    assert (tombstone.group, tombstone.part, tombstone.content) == (group, part, None)


def test_a_classic_group_in_the_flexible_encoding_is_read() -> None:
    def text(raw: bytes) -> bytes:
        return bytes([len(raw) + 1]) + raw

    member = text(b"abcd") + b"\x00" + text(b"lift-1") + text(b"/127.0.0.1") + struct.pack(">ii", 300_000, 45_000)
    member += text(real.SUBSCRIPTION) + text(real.ASSIGNMENT) + b"\x00"
    value = struct.pack(">h", 4) + text(b"consumer") + struct.pack(">i", 1) + text(b"range") + text(b"abcd")
    record = decode_group_record(real.GROUP_KEY, value + struct.pack(">q", TIME_MS) + b"\x02" + member + b"\x00")
    assert record is not None
    assert record.content == STABLE


def test_types_that_say_nothing_of_topics_are_left_out() -> None:
    for record_type in (4, 6, 7, 8, 9, 12, 13, 14, 18, 20, 21, 22, 24, 999):
        assert decode_group_record(struct.pack(">h", record_type) + b"\x00\x01g\x00\x01m", b"\x00\x00") is None


def test_an_unknown_version_of_a_group_record_is_named() -> None:
    with pytest.raises(RecordUndecodable) as caught:
        decode_group_record(real.REGEX_KEY, b"\x00\x01" + real.REGEX[2:])
    assert (caught.value.record_type, caught.value.version) == (16, 1)


def test_members_that_cannot_be_read_hide_only_themselves() -> None:
    good = real.classic_group()
    at = good.index(real.SUBSCRIPTION)
    broken = good[: at + 2] + b"\x7f" + good[at + 3 :]
    record = decode_group_record(real.GROUP_KEY, broken)
    assert record is not None
    content = record.content
    assert isinstance(content, ClassicGroup)
    assert (content.has_undecodable_members, content.members, content.assigned) == (True, 1, ("trip.legs",))


def test_a_connect_worker_in_the_log_is_known_by_its_address() -> None:
    def text(raw: bytes) -> bytes:
        return struct.pack(">h", len(raw)) + raw

    metadata = b"\x00\x02" + text(b"http://admin:pa55@worker:8083/") + struct.pack(">q", 15)
    member = real.MEMBER_ID + b"\xff\xff" + text(b"lift-1") + text(b"/127.0.0.1") + struct.pack(">ii", 1, 1)
    member += struct.pack(">i", len(metadata)) + metadata + struct.pack(">i", 0)
    value = struct.pack(">h", 3) + text(b"connect") + struct.pack(">i", 1) + text(b"sessioned") + real.MEMBER_ID
    record = decode_group_record(real.GROUP_KEY, value + struct.pack(">qi", TIME_MS, 1) + member)
    assert record is not None
    assert record.content == ClassicGroup("connect", "sessioned", 1, ("lift-1",), urls=("http://worker:8083",))
