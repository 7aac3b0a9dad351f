"""The decoders of the groups source."""

from __future__ import annotations

from functools import partial
from typing import Final

from flowaudit.sources.groups.classic import decode_classic
from flowaudit.sources.groups.commits import decode_commits, decode_commits_of, decode_share_starts
from flowaudit.sources.groups.decode import decode_listing
from flowaudit.sources.groups.modern import decode_consumer_groups, decode_share_groups
from flowaudit.sources.groups.streams import decode_streams_groups
from flowaudit.sources.kafka_admin.answers import AnswerUndecodable
from flowaudit.sources.kafka_admin.coordinators import decode_answer
from flowaudit.sources.kafka_admin.rights import decode_may_describe
from flowaudit.sources.member_bytes import (
    MemberUndecodable,
    assigned_topics,
    member_url,
    subscribed_topics,
)
from tests.fuzz.target import Target
from tests.unit.sources import group_answers as real
from tests.unit.sources.test_group_members import assignment, faust, subscription, text

_SUBSCRIPTIONS: Final = (subscription(0, ["locks.events", "trips"]), faust(b'{"assignment":{},"url":"http://h:6066"}'))
_CONNECT: Final = (b"\x00\x02" + text("http://127.0.0.1:8083/") + bytes(12),)
_REGISTRY: Final = (b'{"version":1,"host":"sr-1","port":8081,"scheme":"https"}',)


def _listing(version: int, answer: bytes) -> object:
    return decode_listing([(1, version, answer)])


def _classic(version: int, answer: bytes) -> object:
    return decode_classic(answer, version, 1)


def _consumer(version: int, answer: bytes) -> object:
    return decode_consumer_groups(answer, version, 1)


def _share(answer: bytes) -> object:
    return decode_share_groups(answer, 1, 1)


def _streams(version: int, answer: bytes) -> object:
    return decode_streams_groups(answer, version, 1)


def _commits(answer: bytes) -> object:
    return [list(topic.offsets()) for topic in decode_commits(answer).topics]


def _share_starts(version: int, answer: bytes) -> object:
    return decode_share_starts(answer, version)


_ANSWERS: Final = (
    ("groups: ListGroups 5", partial(_listing, 5), (real.LISTING_V5,)),
    ("groups: ListGroups 4", partial(_listing, 4), (real.LISTING_V4,)),
    ("groups: DescribeGroups 6", partial(_classic, 6), (real.CLASSIC_V6,)),
    ("groups: DescribeGroups 5", partial(_classic, 5), (real.CLASSIC_V5_WITH_A_SHARE_GROUP,)),
    ("groups: ConsumerGroupDescribe 1", partial(_consumer, 1), (real.CONSUMER_V1,)),
    ("groups: ConsumerGroupDescribe 0", partial(_consumer, 0), (real.CONSUMER_V0,)),
    ("groups: ShareGroupDescribe", _share, (real.SHARE_V1,)),
    ("groups: StreamsGroupDescribe 0", partial(_streams, 0), (real.STREAMS_V0, real.STREAMS_V0_NO_SUCH_GROUP)),
    ("groups: StreamsGroupDescribe 1", partial(_streams, 1), (real.STREAMS_V1,)),
    ("groups: OffsetFetch", _commits, (real.OFFSETS_V8,)),
    ("groups: OffsetFetch of one group", partial(decode_commits_of, "g"), (real.OFFSETS_OF_ALONE_V7,)),
    ("groups: DescribeShareGroupOffsets 1", partial(_share_starts, 1), (real.SHARE_OFFSETS_V1,)),
    ("groups: DescribeShareGroupOffsets 0", partial(_share_starts, 0), (real.SHARE_OFFSETS_V0,)),
    ("kafka_admin: FindCoordinator", decode_answer, (real.COORDINATORS_V6,)),
    ("kafka_admin: DescribeCluster", decode_may_describe, (real.CLUSTER_V0,)),
)
_MEMBERS: Final = (
    ("groups: subscription", partial(subscribed_topics, "consumer"), _SUBSCRIPTIONS),
    ("groups: assignment", partial(assigned_topics, "consumer"), (assignment({"a": [0, 2], "b": []}),)),
    ("groups: Faust member", partial(member_url, "consumer", "faust"), _SUBSCRIPTIONS),
    ("groups: Connect member", partial(member_url, "connect", "sessioned"), _CONNECT),
    ("groups: Schema Registry member", partial(member_url, "sr", "v0"), _REGISTRY),
)

TARGETS: Final = (
    *(Target(name, decode, AnswerUndecodable, seeds) for name, decode, seeds in _ANSWERS),
    *(Target(name, decode, MemberUndecodable, seeds) for name, decode, seeds in _MEMBERS),
)
