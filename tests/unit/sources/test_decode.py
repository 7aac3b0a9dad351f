"""Answers of the Admin API → facts."""

from __future__ import annotations

from typing import Any

import pytest

from flowaudit.facts import Channel, GroupSeen, NotVisible, ProducerSeen, StreamsTopologySeen, Subtopology
from flowaudit.sources.groups.classic import decode_classic
from flowaudit.sources.groups.decode import decode_listing, without_members
from flowaudit.sources.groups.modern import decode_consumer_groups, decode_share_groups
from flowaudit.sources.groups.streams import decode_streams_groups
from flowaudit.sources.kafka_admin import decode_topics
from flowaudit.sources.kafka_admin.rights import decode_may_describe
from flowaudit.sources.producers.decode import decode_producers
from flowaudit.sources.topics.decode import topic_facts, unreadable_facts
from tests.unit.sources.group_answers import (
    CLASSIC_V5_WITH_A_SHARE_GROUP,
    CLASSIC_V6,
    CLUSTER_V0,
    CONSUMER_V0,
    CONSUMER_V1,
    LISTING_V4,
    LISTING_V5,
    SHARE_V1,
    STREAMS_V0,
    STREAMS_V0_NO_SUCH_GROUP,
    STREAMS_V1,
)

NOT_AUTHORIZED = 29


def topic(name: str, **changes: object) -> dict[str, Any]:
    partitions = [{"partition_index": 1, "leader_id": 5}, {"partition_index": 0, "leader_id": 4}]
    entry = {"name": name, "topic_id": "id", "error_code": 0, "is_internal": False, "partitions": partitions}
    return entry | {"authorized_operations": -2147483648} | changes


def test_topics_are_sorted_and_those_with_an_error_left_out() -> None:
    listed = decode_topics([topic("b"), topic("gone", error_code=3), topic("a")])
    assert [t.name for t in listed] == ["a", "b"]
    assert listed[0].leaders == ((0, 4), (1, 5))


def test_internal_topics_are_known_by_flag_and_by_name() -> None:
    listed = decode_topics([topic("__consumer_offsets"), topic("x", is_internal=True), topic("y")])
    assert [t.internal for t in listed] == [True, True, False]
    assert [fact.internal for fact in topic_facts(listed, (), 7)] == [True, True, False]


def test_a_topic_that_may_only_be_described_is_reported_as_not_visible() -> None:
    listed = decode_topics([topic("a", authorized_operations=1 << 8), topic("b", authorized_operations=1 << 3)])
    assert [t.readable for t in listed] == [False, True]
    assert [(fact.name, fact.reason) for fact in unreadable_facts(listed, 7)] == [("a", "no-read-right")]


def test_every_group_is_listed_with_its_type_and_its_coordinator() -> None:
    listed = {group.name: group for group in decode_listing([(3, 5, LISTING_V5)]).groups}
    assert {name: group.group_type for name, group in listed.items()} == {
        "alone": "classic",
        "alone2": "classic",
        "classic": "classic",
        "modern": "consumer",
        "share": "share",
        "share2": "share",
        "streams": "streams",
    }
    assert {group.coordinator for group in listed.values()} == {3}


def test_an_older_broker_that_names_no_group_type_means_classic() -> None:
    assert {group.group_type for group in decode_listing([(0, 4, LISTING_V4)]).groups} == {"classic"}


def test_only_a_group_without_members_needs_no_other_question() -> None:
    listed = decode_listing([(0, 5, LISTING_V5)]).groups
    assert {group.name for group in listed if group.has_no_members} == {"alone", "alone2", "share2"}
    assert without_members(listed[0], 7).state == "Empty"


def test_a_classic_group_is_seen_with_what_its_members_ask_for() -> None:
    (described,) = decode_classic(CLASSIC_V6, 6, 7)
    (fact,) = described.facts
    assert isinstance(fact, GroupSeen)
    assert (fact.group, fact.group_type, fact.state, fact.protocol) == ("classic", "classic", "Stable", "range")
    assert (fact.subscribed, fact.assigned, fact.members, fact.client_ids) == (("t",), ("t",), 1, ("door",))


def test_dead_without_members_is_no_fact() -> None:
    share, classic = decode_classic(CLASSIC_V5_WITH_A_SHARE_GROUP, 5, 7)
    assert (share.group, share.error, share.facts) == ("share", 0, ())
    assert len(classic.facts) == 1


@pytest.mark.parametrize(("answer", "version"), [(CONSUMER_V0, 0), (CONSUMER_V1, 1)])
def test_a_kip_848_group_shows_its_regex(answer: bytes, version: int) -> None:
    ((fact,),) = (described.facts for described in decode_consumer_groups(answer, version, 7))
    assert isinstance(fact, GroupSeen)
    assert (fact.group, fact.group_type, fact.protocol, fact.regexes) == ("modern", "consumer", "uniform", ("(^t)",))
    assert (fact.subscribed, fact.assigned, fact.client_ids) == ((), ("t",), ("lift",))


def test_a_share_group_shows_what_it_asks_for() -> None:
    ((fact,),) = (described.facts for described in decode_share_groups(SHARE_V1, 1, 7))
    assert isinstance(fact, GroupSeen)
    assert (fact.group, fact.group_type, fact.protocol) == ("share", "share", "simple")
    assert (fact.subscribed, fact.assigned, fact.members) == (("t",), (), 1)


def test_a_streams_group_shows_its_topology() -> None:
    (described,) = decode_streams_groups(STREAMS_V0, 0, 7)
    seen, topology = described.facts
    assert isinstance(seen, GroupSeen)
    assert (seen.group_type, seen.state, seen.members) == ("streams", "NotReady", 1)
    assert (seen.subscribed, seen.assigned) == (("streams-by-tenant-repartition", "t"), ())
    assert isinstance(topology, StreamsTopologySeen)
    assert topology.provenance.channel is Channel.STREAMS_TOPOLOGY
    assert topology.subtopologies == (
        Subtopology("0", sources=("t",), repartition_sinks=("streams-by-tenant-repartition",)),
        Subtopology(
            "1", repartition_sources=("streams-by-tenant-repartition",), changelogs=("streams-count-changelog",)
        ),
    )


def test_a_broker_that_keeps_descriptions_names_the_sinks() -> None:
    seen, topology = decode_streams_groups(STREAMS_V1, 1, 7)[0].facts
    assert isinstance(seen, GroupSeen)
    assert isinstance(topology, StreamsTopologySeen)
    assert seen.protocol == "sticky"
    assert [part.sinks for part in topology.subtopologies] == [("scores",), ()]


def test_a_streams_group_that_is_gone_is_an_error_and_no_fact() -> None:
    (described,) = decode_streams_groups(STREAMS_V0_NO_SUCH_GROUP, 0, 7)
    assert (described.group, described.error, described.facts) == ("no-such", 69, ())


def test_the_cluster_says_whether_it_may_be_described() -> None:
    assert decode_may_describe(CLUSTER_V0)
    assert not decode_may_describe(CLUSTER_V0[:-5] + bytes(5))


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
