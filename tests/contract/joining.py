"""Members of groups of every kind, by raw requests: what a client library would send, and what a hostile one might."""

from __future__ import annotations

import struct
import time
import uuid
from collections.abc import Sequence

from kafka.protocol.consumer import JoinGroupRequest, SyncGroupRequest

from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_admin.answers import AnswerReader
from flowaudit.sources.kafka_admin.coordinators import find_coordinators
from flowaudit.sources.kafka_admin.error_codes import MOMENTARY
from flowaudit.sources.kafka_admin.raw import RawRequest
from flowaudit.sources.wire import INT8, INT16, INT32, INT64, NO_TAGS, NULL, array, string

SESSION_MS = 300_000
LEAVES = -1
_PATIENCE_S = 20.0
_NULL_STRUCTURE = INT8.pack(-1)
_SHARE_HEARTBEAT, _STREAMS_HEARTBEAT, _ALTER_SHARE_OFFSETS = (76, 1), (88, 0), (91, 0)


def classic_string(text: str) -> bytes:
    return struct.pack(">h", len(text.encode())) + text.encode()


def subscription(*topics: str, user_data: bytes | None = None) -> bytes:
    head = struct.pack(">hi", 0, len(topics)) + b"".join(map(classic_string, topics))
    return head + (struct.pack(">i", -1) if user_data is None else struct.pack(">i", len(user_data)) + user_data)


def coordinator_of(session: AdminSession, group: str) -> int:
    """The first group of a cluster waits until the broker has made its offsets topic."""
    deadline = time.monotonic() + _PATIENCE_S
    while not (found := find_coordinators(session, [group]).groups) and time.monotonic() < deadline:
        time.sleep(0.1)
    (broker,) = found
    return broker


def join_classic(
    session: AdminSession, group: str, protocol_type: str, protocol: str, metadata: bytes, assignment: bytes = b""
) -> None:
    """The group's only member; it stays for `SESSION_MS` without a word more."""
    join = JoinGroupRequest(
        group_id=group,
        session_timeout_ms=SESSION_MS,
        rebalance_timeout_ms=SESSION_MS,
        member_id="",
        protocol_type=protocol_type,
        protocols=[JoinGroupRequest.JoinGroupRequestProtocol(name=protocol, metadata=metadata)],
        max_version=3,
    )
    broker = coordinator_of(session, group)
    joined = session.send(join, broker)
    assert joined.error_code == 0
    given = SyncGroupRequest.SyncGroupRequestAssignment(member_id=joined.member_id, assignment=assignment)
    sync = SyncGroupRequest(
        group_id=group,
        generation_id=joined.generation_id,
        member_id=joined.member_id,
        assignments=[given],
        max_version=2,
    )
    assert session.send(sync, broker).error_code == 0


def join_share(session: AdminSession, group: str, topics: Sequence[str]) -> str:
    """A member of a share group (KIP-932); returns its id."""
    member = str(uuid.uuid4())
    _share_heartbeat(session, group, member, 0, array(map(string, topics)))
    return member


def leave_share(session: AdminSession, group: str, member: str) -> None:
    _share_heartbeat(session, group, member, LEAVES, NULL)


def start_share_at(session: AdminSession, group: str, topic: str, offset: int) -> None:
    """Set the start offset of partition 0; the group must have no member."""
    partition = INT32.pack(0) + INT64.pack(offset) + NO_TAGS
    body = string(group) + array([string(topic) + array([partition]) + NO_TAGS]) + NO_TAGS
    assert _error(session.send(RawRequest(*_ALTER_SHARE_OFFSETS, body), coordinator_of(session, group))) == 0


def join_streams(session: AdminSession, group: str, source: str) -> None:
    """A member of a streams group (KIP-1071): sub-topology 0 repartitions `source`, sub-topology 1 counts."""
    repartition, changelog = f"{group}-by-tenant-repartition", f"{group}-count-changelog"
    none = array([])

    def internal(topic: str, partitions: int) -> bytes:
        return string(topic) + INT32.pack(partitions) + INT16.pack(1) + none + NO_TAGS

    first = string("0") + array([string(source)]) + none + none + array([string(repartition)]) + none + none
    second = string("1") + none + none + array([internal(changelog, 0)]) + none + array([internal(repartition, 1)])
    topology = INT8.pack(1) + INT32.pack(1) + array([first + NO_TAGS, second + none + NO_TAGS]) + NO_TAGS
    ids = string(group) + string(str(uuid.uuid4())) + INT32.pack(0) + INT32.pack(0) + NULL + NULL
    tasks = array([]) * 3
    rest = string(str(uuid.uuid4())) + _NULL_STRUCTURE + array([]) + NULL + NULL + b"\x00" + NO_TAGS
    body = ids + INT32.pack(SESSION_MS) + topology + tasks + rest
    _heartbeat(session, group, RawRequest(*_STREAMS_HEARTBEAT, body))


def _share_heartbeat(session: AdminSession, group: str, member: str, epoch: int, topics: bytes) -> None:
    body = string(group) + string(member) + INT32.pack(epoch) + NULL + topics + NO_TAGS
    _heartbeat(session, group, RawRequest(*_SHARE_HEARTBEAT, body))


def _heartbeat(session: AdminSession, group: str, request: RawRequest) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while (error := _error(session.send(request, coordinator_of(session, group)))) in MOMENTARY:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert error == 0


def _error(answer: bytes) -> int:
    reader = AnswerReader(answer)
    reader.skip(INT32.size)
    return reader.number(INT16)
