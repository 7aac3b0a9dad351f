"""Groups that a broker does not answer for: refused for good, or only not at this moment."""

from __future__ import annotations

from typing import Any

import pytest

from flowaudit.facts import Channel, GroupSeen, Provenance
from flowaudit.sources.groups.decode import decode_commits, decode_description, decode_listing, hidden_group
from flowaudit.sources.kafka_admin.coordinators import decode_coordinators

TOPIC_REFUSED, GROUP_REFUSED, CLUSTER_REFUSED = 29, 30, 31
LOADING, NOT_AVAILABLE, NOT_COORDINATOR = 14, 15, 16
MOMENTARY = (7, LOADING, NOT_AVAILABLE, NOT_COORDINATOR, 25, 27, 69)
UNKNOWN_SERVER_ERROR = -1
PROVENANCE = Provenance(Channel.GROUP_MEMBERSHIP, 7, "FindCoordinator")


def coordinator(group: str, broker: int, error: int = 0) -> dict[str, Any]:
    return {"key": group, "node_id": broker, "host": "h", "port": 1, "error_code": error, "error_message": None}


def listing(*groups: str, error: int = 0) -> dict[str, Any]:
    listed = [{"group_id": group, "protocol_type": "consumer", "group_state": "Empty"} for group in groups]
    return {"throttle_time_ms": 0, "error_code": error, "groups": listed}


def test_a_coordinator_that_is_not_named_hides_only_its_own_group() -> None:
    found = decode_coordinators(
        [
            coordinator("refused", -1, GROUP_REFUSED),
            coordinator("a", 2),
            coordinator("moving", -1, NOT_AVAILABLE),
            coordinator("b", 1),
            coordinator("c", 2),
        ]
    )
    assert found.groups == {2: ["a", "c"], 1: ["b"]}
    assert found.errors == {"refused": GROUP_REFUSED, "moving": NOT_AVAILABLE}


@pytest.mark.parametrize("error", MOMENTARY)
def test_an_error_of_this_moment_is_no_fact(error: int) -> None:
    description = {"group_id": "g", "error_code": error, "protocol_type": "", "group_state": "", "members": []}
    assert hidden_group("g", error, PROVENANCE) is None
    assert decode_description(description, 7) is None


@pytest.mark.parametrize("error", [TOPIC_REFUSED, GROUP_REFUSED, CLUSTER_REFUSED])
def test_a_refusal_is_a_missing_right(error: int) -> None:
    fact = hidden_group("g", error, PROVENANCE)
    assert fact is not None
    assert (fact.name, fact.reason) == ("g", "no-describe-right")


def test_any_other_error_is_told_by_its_code() -> None:
    fact = hidden_group("g", UNKNOWN_SERVER_ERROR, PROVENANCE)
    assert fact is not None
    assert fact.reason == "kafka-error--1"


def test_descriptions_are_judged_one_by_one() -> None:
    empty = {"error_code": 0, "protocol_type": "consumer", "group_state": "Empty", "members": []}
    answer = [empty | {"group_id": "moved", "error_code": NOT_COORDINATOR}, empty | {"group_id": "g"}]
    moved, seen = (decode_description(group, 7) for group in answer)
    assert moved is None
    assert isinstance(seen, GroupSeen)


def test_commits_are_judged_one_by_one() -> None:
    partition = {"partition_index": 0, "committed_offset": 5, "error_code": 0}
    answer = [
        {"group_id": "loading", "error_code": LOADING, "topics": []},
        {"group_id": "refused", "error_code": GROUP_REFUSED, "topics": []},
        {"group_id": "g", "error_code": 0, "topics": [{"name": "t", "partitions": [partition]}]},
    ]
    commits, errors = decode_commits(answer)
    facts = [hidden_group(name, error, PROVENANCE) for name, error in errors.items()]
    assert [commit.group for commit in commits] == ["g"]
    assert [(fact.name, fact.reason) for fact in facts if fact] == [("refused", "no-describe-right")]


def test_a_broker_that_cannot_list_hides_no_group_of_another() -> None:
    answers = [listing("b"), listing(error=LOADING), listing("a")]
    listed = decode_listing(answers)
    assert [group.name for group in listed.groups] == ["a", "b"]
    assert not listed.is_silent


@pytest.mark.parametrize("errors", [(0,), (0, 0), (GROUP_REFUSED,), (CLUSTER_REFUSED,), (TOPIC_REFUSED, 0)])
def test_no_group_from_brokers_that_answer_or_refuse_is_a_silence(errors: tuple[int, ...]) -> None:
    assert decode_listing(listing(error=error) for error in errors).is_silent


@pytest.mark.parametrize("errors", [(), (LOADING,), (0, NOT_AVAILABLE), (CLUSTER_REFUSED, LOADING), (-1,)])
def test_a_broker_that_could_not_list_makes_no_silence(errors: tuple[int, ...]) -> None:
    assert not decode_listing(listing(error=error) for error in errors).is_silent
