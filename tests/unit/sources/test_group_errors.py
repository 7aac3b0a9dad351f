"""Groups that a broker does not answer for: refused for good, or only not at this moment."""

from __future__ import annotations

import pytest

from flowaudit.facts import Channel, Provenance
from flowaudit.sources.groups.commits import decode_commits
from flowaudit.sources.groups.decode import (
    ListedGroup,
    Listing,
    decode_listing,
    filtered_listing,
    filtered_offsets,
    hidden_group,
    old_broker,
    undescribable,
)
from flowaudit.sources.groups.modern import decode_consumer_groups
from flowaudit.sources.kafka_admin.answers import AnswerUndecodable
from flowaudit.sources.kafka_admin.coordinators import FoundCoordinator, decode_answer, decode_coordinators
from flowaudit.sources.kafka_admin.raw import newest_common
from flowaudit.sources.wire import INT16, INT32, NO_TAGS, array, string
from tests.unit.sources.group_answers import COORDINATORS_V6

TOPIC_REFUSED, GROUP_REFUSED, CLUSTER_REFUSED = 29, 30, 31
LOADING, NOT_AVAILABLE, NOT_COORDINATOR = 14, 15, 16
MOMENTARY = (7, LOADING, NOT_AVAILABLE, NOT_COORDINATOR, 25, 27, 69)
UNKNOWN_SERVER_ERROR = -1
PROVENANCE = Provenance(Channel.GROUP_MEMBERSHIP, 7, "ConsumerGroupDescribe")
NOT_THROTTLED = INT32.pack(0)
GROUP = ListedGroup("g", "classic", "consumer", "Stable", 1)


def listing(*groups: str, error: int = 0) -> tuple[int, int, bytes]:
    entries = [string(group) + string("consumer") + string("Empty") + string("Classic") + NO_TAGS for group in groups]
    return 1, 5, NOT_THROTTLED + INT16.pack(error) + array(entries) + NO_TAGS


def refused(group: str, error: int) -> bytes:
    """A group in a ConsumerGroupDescribe answer that holds nothing but an error."""
    head = INT16.pack(error) + string("why") + string(group) + string("") + INT32.pack(0) * 2
    return head + string("") + array([]) + INT32.pack(-(2**31)) + NO_TAGS


def test_a_coordinator_that_is_not_named_hides_only_its_own_group() -> None:
    found = decode_coordinators(
        [
            FoundCoordinator("refused", -1, GROUP_REFUSED),
            FoundCoordinator("a", 2, 0),
            FoundCoordinator("moving", -1, NOT_AVAILABLE),
            FoundCoordinator("b", 1, 0),
            FoundCoordinator("c", 2, 0),
        ]
    )
    assert found.groups == {2: ["a", "c"], 1: ["b"]}
    assert found.errors == {"refused": GROUP_REFUSED, "moving": NOT_AVAILABLE}


def test_a_broker_names_many_coordinators_at_once() -> None:
    assert decode_answer(COORDINATORS_V6) == [FoundCoordinator("alone", 1, 0), FoundCoordinator("no-such", 1, 0)]


@pytest.mark.parametrize("error", MOMENTARY)
def test_an_error_of_this_moment_is_no_fact(error: int) -> None:
    assert hidden_group("g", error, PROVENANCE) is None


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
    answer = NOT_THROTTLED + array([refused("moved", NOT_COORDINATOR), refused("hidden", TOPIC_REFUSED)]) + NO_TAGS
    described = decode_consumer_groups(answer, 1, 7)
    assert [(each.group, each.error, each.facts) for each in described] == [
        ("moved", NOT_COORDINATOR, ()),
        ("hidden", TOPIC_REFUSED, ()),
    ]


def test_commits_are_judged_one_by_one() -> None:
    def group(name: str, error: int) -> bytes:
        return string(name) + array([]) + INT16.pack(error) + NO_TAGS

    answer = NOT_THROTTLED + array([group("loading", LOADING), group("refused", GROUP_REFUSED), group("g", 0)])
    assert decode_commits(answer + NO_TAGS).errors == {"loading": LOADING, "refused": GROUP_REFUSED}


def test_a_broker_that_cannot_list_hides_no_group_of_another() -> None:
    listed = decode_listing([listing("b"), listing(error=LOADING), listing("a")])
    assert [group.name for group in listed.groups] == ["a", "b"]
    assert not listed.is_silent


@pytest.mark.parametrize("errors", [(0,), (0, 0), (GROUP_REFUSED,), (CLUSTER_REFUSED,), (TOPIC_REFUSED, 0)])
def test_no_group_from_brokers_that_answer_or_refuse_is_a_silence(errors: tuple[int, ...]) -> None:
    assert decode_listing(listing(error=error) for error in errors).is_silent


@pytest.mark.parametrize("errors", [(), (LOADING,), (0, NOT_AVAILABLE), (CLUSTER_REFUSED, LOADING), (-1,)])
def test_a_broker_that_could_not_list_makes_no_silence(errors: tuple[int, ...]) -> None:
    assert not decode_listing(listing(error=error) for error in errors).is_silent


@pytest.mark.parametrize(
    ("listed", "may_describe_cluster", "reason"),
    [
        (Listing((), is_silent=True), False, "no-group-listed"),
        (Listing((), is_silent=True), None, "no-group-listed"),
        (Listing((), is_silent=True), True, None),
        (Listing((GROUP,), is_silent=False), False, "no-describe-right"),
        (Listing((GROUP,), is_silent=False), None, None),
        (Listing((GROUP,), is_silent=False), True, None),
    ],
)
def test_groups_are_said_to_be_filtered_only_where_they_may_be(
    listed: Listing, may_describe_cluster: bool | None, reason: str | None
) -> None:
    fact = filtered_listing(listed, may_describe_cluster, 7)
    assert (fact.reason if fact else None) == reason


def test_commits_are_said_to_be_filtered_only_where_they_may_be() -> None:
    assert filtered_offsets(False, 7) is None
    assert filtered_offsets(True, 7) is not None


def test_a_broker_that_lacks_the_api_of_a_group_hides_its_members() -> None:
    assert undescribable(GROUP, 7).reason == old_broker(7).reason == "broker-too-old"


def test_the_newest_version_of_both_sides_is_spoken() -> None:
    assert newest_common((0, 9), 5, 6) == 6
    assert newest_common((0, 5), 5, 6) == 5
    assert [newest_common(offered, 5, 6) for offered in (None, (0, 4), (7, 9))] == [None, None, None]


@pytest.mark.parametrize("length", [b"\xff\xff\xff\xff\x0f", b"\x80", b"\xff\xff\xff\xff\xff\xff"])
def test_an_impossible_length_is_refused_before_memory_is_asked_for(length: bytes) -> None:
    with pytest.raises(AnswerUndecodable):
        decode_commits(NOT_THROTTLED + length)
