"""Answers of the Admin API → facts."""

from __future__ import annotations

import struct
from typing import Any

from flowaudit.facts import GroupSeen, NotVisible, ProducerSeen
from flowaudit.sources.groups.decode import decode_commits, decode_description, decode_groups, listed_only
from flowaudit.sources.kafka_admin import decode_topics
from flowaudit.sources.producers.decode import decode_producers
from flowaudit.sources.topics.decode import topic_facts, unreadable_facts

NOT_AUTHORIZED = 29


def topic(name: str, **changes: object) -> dict[str, Any]:
    partitions = [{"partition_index": 1, "leader_id": 5}, {"partition_index": 0, "leader_id": 4}]
    entry = {"name": name, "topic_id": "id", "error_code": 0, "is_internal": False, "partitions": partitions}
    return entry | {"authorized_operations": -2147483648} | changes


def group(name: str, **changes: object) -> dict[str, Any]:
    metadata = struct.pack(">hih", 0, 1, 5) + b"locks" + struct.pack(">i", -1)
    member = {"member_metadata": metadata, "member_assignment": b"", "client_id": "c-1"}
    entry = {"group_id": name, "error_code": 0, "protocol_type": "consumer", "group_state": "Stable"}
    return entry | {"members": [member]} | changes


def test_topics_are_sorted_and_those_with_an_error_left_out() -> None:
    listed = decode_topics([topic("b"), topic("gone", error_code=3), topic("a")])
    assert [t.name for t in listed] == ["a", "b"]
    assert listed[0].leaders == ((0, 4), (1, 5))


def test_internal_topics_are_known_by_flag_and_by_name() -> None:
    listed = decode_topics([topic("__consumer_offsets"), topic("x", is_internal=True), topic("y")])
    assert [t.internal for t in listed] == [True, True, False]
    assert [fact.internal for fact in topic_facts(listed, 7)] == [True, True, False]


def test_a_topic_that_may_only_be_described_is_reported_as_not_visible() -> None:
    listed = decode_topics([topic("a", authorized_operations=1 << 8), topic("b", authorized_operations=1 << 3)])
    assert [t.readable for t in listed] == [False, True]
    assert [(fact.name, fact.reason) for fact in unreadable_facts(listed, 7)] == [("a", "no-read-right")]


def test_a_group_with_members_is_seen_with_what_they_ask_for() -> None:
    fact = decode_description(group("g"), 7)
    assert isinstance(fact, GroupSeen)
    assert (fact.subscribed, fact.assigned, fact.members, fact.client_ids) == (("locks",), (), 1, ("c-1",))


def test_a_group_that_may_not_be_described_is_reported_and_not_guessed() -> None:
    fact = decode_description(group("g", error_code=30, members=[]), 7)
    assert isinstance(fact, NotVisible)
    assert fact.reason == "no-describe-right"


def test_a_group_with_undecodable_members_is_reported() -> None:
    member = {"member_metadata": b"\x00", "member_assignment": b"", "client_id": "c"}
    fact = decode_description(group("g", members=[member]), 7)
    assert isinstance(fact, NotVisible)
    assert fact.reason == "undecodable-members"


def test_one_refused_group_does_not_hide_the_commits_of_another() -> None:
    fine = {"partition_index": 0, "committed_offset": 5, "error_code": 0}
    refused, never = (
        fine | {"partition_index": 1, "error_code": 29},
        fine | {"partition_index": 2, "committed_offset": -1},
    )
    answer = [
        {"group_id": "hidden", "error_code": 30, "topics": []},
        {"group_id": "g", "error_code": 0, "topics": [{"name": "t", "partitions": [fine, refused, never]}]},
    ]
    commits, errors = decode_commits(answer)
    assert [(c.group, c.topic, c.partition, c.offset) for c in commits] == [("g", "t", 0, 5)]
    assert errors == {"hidden": 30}


def test_a_group_of_another_type_is_listed_and_what_it_hides_is_said() -> None:
    (share,) = decode_groups([{"group_id": "s", "group_type": "share", "protocol_type": "", "group_state": "Stable"}])
    seen, hidden = listed_only(share, 7)
    assert (seen.group, seen.group_type) == ("s", "share")
    assert "share group" in hidden.hides


def test_an_older_broker_that_names_no_group_type_means_classic() -> None:
    assert decode_groups([{"group_id": "g"}])[0].group_type == "classic"


def producers(error_code: int = 0) -> dict[str, Any]:
    state = {"producer_id": 9, "producer_epoch": 1, "last_sequence": 3, "last_timestamp": 11, "coordinator_epoch": -1}
    partition = {"partition_index": 0, "error_code": error_code, "active_producers": [] if error_code else [state]}
    return {"name": "t", "partitions": [partition]}


def test_active_producers_become_facts() -> None:
    (fact,) = decode_producers([producers()], 7)
    assert isinstance(fact, ProducerSeen)
    assert (fact.producer_id, fact.last_sequence, fact.transactional) == (9, 3, False)


def test_a_topic_whose_producers_may_not_be_asked_is_reported() -> None:
    (fact,) = decode_producers([producers(NOT_AUTHORIZED)], 7)
    assert isinstance(fact, NotVisible)
    assert fact.name == "t"
