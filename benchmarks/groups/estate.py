"""The estate that is measured: topics, and groups that committed offsets on one to three of them."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator
from typing import Final

from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from kafka.protocol.consumer import JoinGroupRequest, SyncGroupRequest

from flowaudit.sources.connection import KafkaConnection
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_admin.answers import AnswerReader
from flowaudit.sources.kafka_admin.coordinators import find_coordinators
from flowaudit.sources.kafka_admin.raw import Question, RawRequest, ask_all, chunks
from flowaudit.sources.wire import INT16, INT32, INT64, NO_TAGS, NULL, array, string

TOPICS: Final = 500
PARTITIONS: Final = 4
_MOST_TOPICS_A_GROUP: Final = 3
_OFFSET_COMMIT: Final = 8
_OFFSET_COMMIT_VERSION: Final = 8
_NO_GENERATION: Final = -1
_SESSION_MS: Final = 1_500_000
_TOPICS_A_REQUEST: Final = 100
_COMMITS_A_ROUND: Final = 1_000
_PAUSE_S: Final = 0.2


def make(bootstrap_servers: str, groups: int, live: int) -> int:
    """Create the topics, commit for so many groups, let the first `live` have a member; returns the commits made.

    A member joins with a long session and then says no more: what counts is that the coordinator holds it.
    """
    names = [f"estate.{number:04d}" for number in range(TOPICS)]
    _create(bootstrap_servers, names)
    rng = random.Random(7)
    members = [f"live-{number:05d}" for number in range(live)]
    estate = {f"group-{number:05d}": _some(rng, names) for number in range(groups - live)}
    with AdminSession(KafkaConnection(bootstrap_servers)) as session:
        (broker,) = session.brokers()
        while find_coordinators(session, members[:1] or list(estate)[:1]).errors:
            time.sleep(_PAUSE_S)
        for some in chunks(list(estate), _COMMITS_A_ROUND):
            left = list(some)
            while left:
                requests = (RawRequest(_OFFSET_COMMIT, _OFFSET_COMMIT_VERSION, _commit(g, estate[g])) for g in left)
                answers = ask_all(session, (Question(broker, request) for request in requests))
                left = [group for group, answer in zip(left, answers, strict=True) if not _is_committed(answer)]
        for group in members:
            _join(session, broker, group, _some(rng, names))
    return sum(map(len, estate.values())) * PARTITIONS


def _create(bootstrap_servers: str, names: list[str]) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers)
    try:
        for some in chunks(names, _TOPICS_A_REQUEST):
            admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in some])
    finally:
        admin.close()


def _some(rng: random.Random, names: list[str]) -> list[str]:
    return rng.sample(names, rng.randint(1, _MOST_TOPICS_A_GROUP))


def _commit(group: str, topics: list[str]) -> bytes:
    head = string(group) + INT32.pack(_NO_GENERATION) + string("") + NULL
    return head + array(string(topic) + array(_partitions()) + NO_TAGS for topic in topics) + NO_TAGS


def _is_committed(answer: bytes) -> bool:
    """False while the coordinator still loads."""
    reader = AnswerReader(answer)
    reader.skip(INT32.size)
    errors = set()
    for _ in range(reader.length()):
        reader.blob()
        for _ in range(reader.length()):
            reader.skip(INT32.size)
            errors.add(reader.number(INT16))
            reader.skip_tags()
        reader.skip_tags()
    return errors == {0}


def _partitions() -> Iterator[bytes]:
    for partition in range(PARTITIONS):
        yield INT32.pack(partition) + INT64.pack(partition) + INT32.pack(-1) + string("") + NO_TAGS


def _join(session: AdminSession, broker: int, group: str, topics: list[str]) -> None:
    subscription = b"\x00\x00" + INT32.pack(len(topics)) + b"".join(map(_classic, topics)) + INT32.pack(-1)
    protocol = JoinGroupRequest.JoinGroupRequestProtocol(name="range", metadata=subscription)
    join = JoinGroupRequest(
        group_id=group,
        session_timeout_ms=_SESSION_MS,
        rebalance_timeout_ms=_SESSION_MS,
        member_id="",
        protocol_type="consumer",
        protocols=[protocol],
        max_version=3,
    )
    joined = session.send(join, broker)
    all_partitions = INT32.pack(PARTITIONS) + b"".join(map(INT32.pack, range(PARTITIONS)))
    assigned = itertools.chain.from_iterable((_classic(topic), all_partitions) for topic in topics)
    assignment = b"\x00\x00" + INT32.pack(len(topics)) + b"".join(assigned) + INT32.pack(-1)
    given = SyncGroupRequest.SyncGroupRequestAssignment(member_id=joined.member_id, assignment=assignment)
    sync = SyncGroupRequest(
        group_id=group,
        generation_id=joined.generation_id,
        member_id=joined.member_id,
        assignments=[given],
        max_version=2,
    )
    session.send(sync, broker)


def _classic(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2, "big") + raw
