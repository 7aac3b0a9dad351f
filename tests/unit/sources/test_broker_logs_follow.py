"""Log files that grow, are rotated, are cut off, or are not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flowaudit.facts import ClientSeen, Fact, NotVisible
from flowaudit.sources.broker_logs import AuditTopicFollower, BrokerLogFiles, BrokerLogsSource
from flowaudit.sources.client_log import FileUnreadable, GrowingFile
from flowaudit.sources.kafka_log import read_batches
from tests.fuzz.targets_clients import AUDIT_EVENT
from tests.unit.sources.test_broker_logs_decode import NOW, authorizer, fetch
from tests.unit.tap.batches import batch, damaged

FETCHES = "Topic:LITERAL:orders for request = Fetch"


def write(path: Path, *lines: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(b"".join(line + b"\n" for line in lines))


def read(file: GrowingFile) -> list[bytes]:
    return file.read(1 << 20).lines


def source(log: BrokerLogFiles, brokers: int = 1, own_principals: tuple[str, ...] = ()) -> BrokerLogsSource:
    return BrokerLogsSource(log, brokers=lambda: brokers, own_principals=own_principals)


def hidden(facts: list[Fact]) -> set[tuple[str, str, str]]:
    return {(fact.subject, fact.name, fact.reason) for fact in facts if isinstance(fact, NotVisible)}


def test_a_line_counts_when_its_end_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\ntw")
    file = GrowingFile(path)
    assert read(file) == [b"one"]
    write(path, b"o", b"three")
    assert read(file) == [b"two", b"three"]
    assert read(file) == []


def test_the_rest_of_a_renamed_file_is_read_before_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    write(path, b"one")
    file = GrowingFile(path)
    assert read(file) == [b"one"]
    write(path, b"two")
    path.rename(tmp_path / "a.log.1")
    assert read(file) == [b"two"]
    assert read(file) == []
    write(path, b"three")
    assert read(file) == [b"three"]


@pytest.mark.parametrize("after", [b"new\n", b"new and longer than what was there before\n"])
def test_a_file_that_was_cut_off_is_read_anew(tmp_path: Path, after: bytes) -> None:
    path = tmp_path / "a.log"
    write(path, b"one", b"two")
    file = GrowingFile(path)
    read(file)
    with path.open("r+b") as stream:
        stream.truncate(0)
        stream.write(after)
    assert read(file) == [after.rstrip()]


def test_reading_is_bounded_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    write(path, b"12345", b"67890")
    file = GrowingFile(path)
    assert [file.read(4).lines for _ in range(4)] == [[], [b"12345"], [b"67890"], []]


def test_a_large_file_is_begun_near_its_end_at_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    write(path, b"first", b"second", b"third")
    file = GrowingFile(path, backlog_bytes=9)
    assert read(file) == [b"third"]
    assert file.skipped_bytes == 10


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_what_is_no_file_is_one_error_and_no_wait(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.log"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(FileUnreadable, match=r"a\.log"):
        read(GrowingFile(path))


def test_a_missing_file_is_named_without_its_folder_and_read_once_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "kafka-authorizer.log"
    logs = source(BrokerLogFiles(authorizer_logs=(path,)))
    told = logs.poll(NOW)
    assert hidden(told) == {("source", "broker log kafka-authorizer.log", "file-unreadable")}
    assert str(tmp_path) not in str(told)
    write(path, authorizer(FETCHES))
    (seen,) = logs.poll(NOW + 1)
    assert isinstance(seen, ClientSeen)
    assert (seen.principal, seen.topic) == ("User:app", "orders")


def test_lines_that_cannot_be_read_are_counted_and_hide_no_other(tmp_path: Path) -> None:
    path = tmp_path / "kafka-authorizer.log"
    write(path, b"nonsense", authorizer(FETCHES), b"\xff\xfe")
    facts = source(BrokerLogFiles(authorizer_logs=(path,))).poll(NOW)
    assert sum(isinstance(fact, ClientSeen) for fact in facts) == 1
    (told,) = (fact for fact in facts if isinstance(fact, NotVisible))
    assert (told.reason, "2 of its lines" in told.hides) == ("undecodable-lines", True)


def test_a_broker_without_a_log_is_missed(tmp_path: Path) -> None:
    path = tmp_path / "kafka-request.log"
    write(path, fetch("orders"))
    assert hidden(source(BrokerLogFiles((path,)), brokers=3).poll(NOW)) == {
        ("source", "broker-logs", "brokers-without-log")
    }


def test_nobody_is_named_by_an_authorizer_where_nobody_authenticates(tmp_path: Path) -> None:
    path = tmp_path / "kafka-authorizer.log"
    write(path, authorizer(FETCHES, principal="User:ANONYMOUS"))
    facts = source(BrokerLogFiles(authorizer_logs=(path,))).poll(NOW)
    assert hidden(facts) == {("source", "authorizer log", "anonymous-principal")}
    assert len(facts) == 1


def test_the_auditors_own_principal_is_left_out_and_named(tmp_path: Path) -> None:
    path = tmp_path / "kafka-authorizer.log"
    write(path, authorizer(FETCHES, principal="User:flowaudit"))
    facts = source(BrokerLogFiles(authorizer_logs=(path,)), own_principals=("User:flowaudit",)).poll(NOW)
    assert hidden(facts) == {("principal", "User:flowaudit", "auditor-principal")}
    assert len(facts) == 1


def test_a_topic_id_that_the_cluster_does_not_know_is_told(tmp_path: Path) -> None:
    path = tmp_path / "kafka-request.log"
    write(path, fetch("fAZ1pd2pR8i20JLhBLwf5w"))
    assert hidden(source(BrokerLogFiles((path,))).poll(NOW)) == {
        ("topic-id", "fAZ1pd2pR8i20JLhBLwf5w", "unknown-topic-id")
    }


def test_what_is_known_is_told_again_only_after_a_minute(tmp_path: Path) -> None:
    path = tmp_path / "kafka-authorizer.log"
    write(path, authorizer(FETCHES))
    logs = source(BrokerLogFiles(authorizer_logs=(path,)))
    assert len(logs.poll(NOW)) == 1
    write(path, authorizer(FETCHES).replace(b"10:00:00", b"10:00:30"))
    assert logs.poll(NOW + 1_000) == []
    (again,) = logs.poll(NOW + 60_000)
    assert isinstance(again, ClientSeen)
    assert again.provenance.observed_ms - again.first_ms == 30_000


def test_an_audit_topic_tells_the_same_and_damage_in_it_is_counted() -> None:
    follower = AuditTopicFollower("confluent-audit-log-events")
    own = AUDIT_EVENT.replace(b"biller-1", b"flowaudit-tap")
    follower.take(0, read_batches(batch(0, [AUDIT_EVENT, None, b"nonsense", own])))
    follower.take(1, read_batches(damaged(batch(0, [AUDIT_EVENT]))))
    flushed = follower.flush(NOW, final=False)
    (seen,) = (fact for fact in flushed.facts if isinstance(fact, ClientSeen))
    assert (seen.client_id, seen.topic) == ("biller-1", "orders")
    assert hidden([*flushed.facts]) == {
        ("source", "audit topic confluent-audit-log-events", "undecodable-lines"),
        ("client", "flowaudit-tap", "auditor-client"),
    }
    assert flushed.held_back == {}
    assert follower.flush(NOW + 1, final=True).facts == []


@pytest.mark.parametrize("own", ["User:ANONYMOUS", ""])
def test_an_auditor_that_is_nobody_in_particular_leaves_nobody_out(tmp_path: Path, own: str) -> None:
    path = tmp_path / "audit.log"
    write(path, AUDIT_EVENT.replace(b"User:billing", own.encode()))
    facts = source(BrokerLogFiles(audit_logs=(path,)), brokers=0, own_principals=(own,)).poll(NOW)
    assert [fact.client_id for fact in facts if isinstance(fact, ClientSeen)] == ["biller-1"]
