"""The follower of the offsets log: what it tells, when, and what it holds back."""

from __future__ import annotations

import struct

from aiokafka.record.default_records import DefaultRecordBatchBuilder
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.facts import (
    Channel,
    Fact,
    GroupSeen,
    NotVisible,
    OffsetCommitted,
    Outcome,
    StreamsTopologySeen,
    TransactionalCommit,
)
from flowaudit.sources.kafka_log import Batch, read_batches
from flowaudit.sources.offsets_log import OffsetsLogFollower
from tests.fuzz import targets_offsets_log as real
from tests.fuzz.targets_kafka_log import control

PRODUCER = 7
Record = tuple[bytes, bytes | None]


def commit_key(group: str, partition: int = 0) -> bytes:
    return b"\x00\x01" + struct.pack(">h", len(group)) + group.encode() + b"\x00\x01t" + struct.pack(">i", partition)


def commit(group: str, offset: int, partition: int = 0) -> Record:
    return commit_key(group, partition), b"\x00\x04" + struct.pack(">qibqb", offset, 0, 1, 1_000 + offset, 0)


class Log:
    """One partition of a log that is written as the test goes, and a follower of it."""

    def __init__(self, *, from_head: bool = True, again_ms: int = 10_000, most_pending: int = 100) -> None:
        self.follower = OffsetsLogFollower(again_ms, most_pending)
        self.follower.begin(3, from_head=from_head)
        self._next = 0
        self.held_back: dict[int, int] = {}

    def write(self, *records: Record, transactional: bool = False, damaged: bool = False) -> None:
        builder = DefaultRecordBatchBuilder(2, 0, int(transactional), PRODUCER if transactional else -1, 0, 0, 1 << 20)
        for delta, (key, value) in enumerate(records):
            builder.append(delta, 5_000 + self._next + delta, key, value, [])
        data = bytearray(self._next.to_bytes(8, "big") + builder.build()[8:])
        if damaged:
            data[-1] ^= 1
        self._next += len(records)
        self.follower.take(3, read_batches(bytes(data)))

    def end(self, *, commit: bool) -> None:
        self.follower.take(3, read_batches(control(commit=commit, base_offset=self._next)))
        self._next += 1

    def flush(self, now_ms: int = 0, *, final: bool = False) -> list[Fact]:
        flushed = self.follower.flush(now_ms, final=final)
        self.held_back = dict(flushed.held_back)
        return list(flushed.facts)

    def commits(self, now_ms: int = 0, *, final: bool = False) -> list[int]:
        return [fact.offset for fact in self.flush(now_ms, final=final) if isinstance(fact, OffsetCommitted)]


def test_the_first_commit_is_told_at_once_and_the_latest_when_its_time_has_come() -> None:
    log = Log()
    log.write(commit("g", 1), commit("g", 2))
    assert (log.commits(0), log.held_back) == ([1], {3: 1})
    log.write(commit("g", 3))
    assert (log.commits(9_999), log.held_back) == ([], {3: 2})
    assert (log.commits(10_000), log.held_back) == ([3], {})
    log.write(commit("g", 4))
    assert log.commits(19_999) == []
    assert log.commits(20_000) == [4]
    assert log.commits(40_000) == []
    log.write(commit("g", 5))
    assert log.commits(40_001) == [5]


def test_at_the_end_everything_is_told() -> None:
    log = Log()
    log.write(commit("g", 1), commit("g", 2), commit("h", 9))
    assert log.commits(0) == [1, 9]
    assert (log.commits(1, final=True), log.held_back) == ([2], {})


def test_a_fact_says_where_and_when() -> None:
    log = Log()
    log.write(commit("g", 5, partition=4))
    (fact,) = log.flush()
    assert isinstance(fact, OffsetCommitted)
    assert (fact.group, fact.topic, fact.partition, fact.offset, fact.end_offset) == ("g", "t", 4, 5, -1)
    assert (fact.provenance.channel, fact.provenance.observed_ms) == (Channel.OFFSETS_LOG, 1_005)
    assert fact.provenance.reference == "__consumer_offsets-3 @ 0"


def test_a_deletion_takes_nothing_back() -> None:
    log = Log()
    log.write(commit("g", 5), (commit_key("g"), None))
    assert log.commits() == [5]
    assert log.commits(20_000) == []


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.booleans()), max_size=40))
def test_the_last_commit_of_every_key_is_told_and_a_restart_loses_none(steps: list[tuple[str, int, bool]]) -> None:
    log, latest, told, now_ms = Log(again_ms=3_000), {}, {}, 0
    for number, (group, partition, flushes) in enumerate(steps):
        log.write(commit(group, number, partition))
        latest[group, partition] = number
        if flushes:
            now_ms += 1_000
            for fact in log.flush(now_ms):
                assert isinstance(fact, OffsetCommitted)
                told[fact.group, fact.partition] = fact.offset
            untold = [offset for key, offset in latest.items() if told.get(key) != offset]
            assert min(untold, default=None) == log.held_back.get(3)
    for fact in log.flush(now_ms, final=True):
        assert isinstance(fact, OffsetCommitted)
        told[fact.group, fact.partition] = fact.offset
    assert told == latest


def test_a_transaction_is_told_when_it_ends_and_as_it_ends() -> None:
    log = Log()
    log.write(commit("g", 1), transactional=True)
    log.write(commit("g", 2), transactional=True)
    assert (log.flush(), log.held_back) == ([], {3: 0})
    log.end(commit=True)
    joined, plain = log.flush()
    assert isinstance(joined, TransactionalCommit)
    assert (joined.producer_id, joined.group, joined.offset, joined.outcome) == (PRODUCER, "g", 2, Outcome.COMMITTED)
    assert joined.provenance.channel is Channel.TRANSACTION
    assert isinstance(plain, OffsetCommitted)
    log.write(commit("g", 8), transactional=True)
    log.end(commit=False)
    (aborted,) = log.flush()
    assert isinstance(aborted, TransactionalCommit)
    assert (aborted.offset, aborted.outcome, log.held_back) == (8, Outcome.ABORTED, {})


def test_a_transaction_whose_end_may_have_been_damaged_is_undecided() -> None:
    log = Log()
    log.write(commit("g", 1), transactional=True)
    log.write(commit("h", 1), damaged=True)
    log.write(commit("g", 2), transactional=True)
    log.end(commit=True)
    facts = log.flush()
    outcomes = {(f.offset, f.outcome) for f in facts if isinstance(f, TransactionalCommit)}
    assert outcomes == {(1, Outcome.UNDECIDED), (2, Outcome.COMMITTED)}
    assert [f.reason for f in facts if isinstance(f, NotVisible)] == ["damaged-records"]


def test_open_transactions_are_bounded_and_the_bound_is_told() -> None:
    log = Log(most_pending=2)
    log.write(*(commit("g", 1, partition) for partition in range(5)), transactional=True)
    log.end(commit=True)
    facts = log.flush()
    assert len([f for f in facts if isinstance(f, TransactionalCommit)]) == 2
    assert [f.reason for f in facts if isinstance(f, NotVisible)] == ["too-many-open-transactions"]


def test_an_unknown_layout_is_told_once_and_counted() -> None:
    log = Log()
    key, value = commit("g", 1)
    assert value is not None
    log.write((key, b"\x00\x09" + value[2:]), (real.REGEX_KEY, b"\x00\x09"))
    log.write(commit("h", 1))
    facts = log.flush()
    (hidden,) = [f for f in facts if isinstance(f, NotVisible)]
    assert (hidden.subject, hidden.name, hidden.reason) == ("topic", "__consumer_offsets", "undecodable-records")
    assert [f.group for f in facts if isinstance(f, OffsetCommitted)] == ["h"]
    log.write((real.REGEX_KEY, b"\x00\x09"))
    assert [f for f in log.flush() if isinstance(f, NotVisible)] == []
    assert log.follower.blind_spots.undecodable_records == 3


def groups(facts: list[Fact]) -> list[GroupSeen]:
    return [fact for fact in facts if isinstance(fact, GroupSeen)]


def test_a_group_that_came_and_went_between_two_flushes_is_told_with_what_it_asked_for() -> None:
    log = Log()
    log.write((real.GROUP_KEY, real.GROUP_EMPTY))
    log.write((real.GROUP_KEY, real.classic_group()))
    log.write((real.GROUP_KEY, real.GROUP_EMPTY), (real.GROUP_KEY, None))
    told = groups(log.flush())
    assert [fact.state for fact in told] == ["Empty", "Stable", "Empty", "Deleted"]
    assert (told[1].subscribed, told[1].client_ids, told[1].protocol) == (("trip.legs",), ("lift-1",), "range")


def test_a_member_of_a_newer_group_that_left_at_once_is_told() -> None:
    log = Log()
    log.write((real.CONSUMER_KEY, real.CONSUMER_MEMBER), (real.REGEX_KEY, real.REGEX))
    log.write((real.CONSUMER_KEY, None), (real.REGEX_KEY, None))
    here, gone = groups(log.flush())
    assert (here.state, here.members, here.group_type) == ("Stable", 1, "consumer")
    assert (here.subscribed, here.regexes, here.client_ids) == (("trip.legs",), ("trip\\..*",), ("lost-property-1",))
    assert (gone.state, gone.members, gone.subscribed) == ("Empty", 0, ())
    assert log.flush() == []


def test_after_a_restart_nothing_is_said_of_members_that_may_be_unknown() -> None:
    log = Log(from_head=False)
    log.write((real.SHARE_KEY, real.SHARE_MEMBER))
    (seen,) = groups(log.flush())
    assert (seen.state, seen.members, seen.subscribed) == ("", 0, ("tap.events",))


def test_a_group_that_changes_its_kind_is_not_deleted() -> None:
    key = b"\x00\x02\x00\x0dlost-property"
    for records in (
        [(key, None), (real.CONSUMER_KEY, real.CONSUMER_MEMBER)],
        [(real.CONSUMER_KEY, real.CONSUMER_MEMBER), (key, None)],
    ):
        log = Log()
        log.write((key, real.classic_group()))
        log.flush()
        log.write(*records)
        assert [(fact.group_type, fact.state) for fact in groups(log.flush())] == [("consumer", "Stable")]


def test_a_topology_is_told() -> None:
    log = Log()
    log.write((real.TOPOLOGY_KEY, real.TOPOLOGY))
    (topology,) = [fact for fact in log.flush() if isinstance(fact, StreamsTopologySeen)]
    assert topology.group == "crowding-board"
    assert [part.id for part in topology.subtopologies] == ["0", "1"]


def test_records_without_a_key_are_nobodys() -> None:
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1 << 20)
    for delta, key in enumerate([None, b"", b"\x00", commit_key("g")]):
        builder.append(delta, 1, key, commit("g", 1)[1], [])
    log = Log()
    log.follower.take(3, read_batches(bytes(builder.build())))
    assert log.commits() == [1]


def test_what_is_read_again_after_a_new_beginning_is_told_again_only_if_it_was_not() -> None:
    log = Log()
    log.write(commit("g", 1))
    assert log.commits() == [1]
    log.write(commit("g", 2), commit("h", 1))
    log.write(commit("x", 1), transactional=True)
    log.follower.begin(3, from_head=True)
    assert (log.flush(20_000, final=True), log.held_back) == ([], {})
    log.write(commit("h", 1))
    assert log.commits(20_001) == [1]


def test_a_key_in_two_partitions_of_the_log_is_two() -> None:
    log = Log()
    log.write(commit("g", 1))
    log.follower.begin(4, from_head=True)
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1 << 20)
    builder.append(0, 1, *commit("g", 2), [])
    log.follower.take(4, read_batches(bytes(builder.build())))
    assert (sorted(log.commits()), log.held_back) == ([1, 2], {})


def test_a_damaged_batch_alone_is_no_error() -> None:
    log = Log()
    log.follower.take(3, [Batch.damaged(4, 9, "checksum")])
    (hidden,) = log.flush()
    assert isinstance(hidden, NotVisible)
    assert hidden.provenance.reference == "__consumer_offsets-3 @ 4-9"
