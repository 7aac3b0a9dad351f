"""The requests of this room: which API describes which type of group, in which versions, and how it is asked. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from flowaudit.sources.groups.classic import decode_classic
from flowaudit.sources.groups.decode import CLASSIC, CONSUMER, SHARE, STREAMS, Described
from flowaudit.sources.groups.modern import decode_consumer_groups, decode_share_groups
from flowaudit.sources.groups.streams import decode_streams_groups
from flowaudit.sources.wire import NO_TAGS, NULL, array, boolean, string


class Api(NamedTuple):
    """A request by its key, and the versions of it that we speak."""

    key: int
    oldest: int
    newest: int


class Describe(NamedTuple):
    """How the groups of one type are described."""

    api: Api
    reference: str
    body: Callable[[Sequence[str], int], bytes]
    decode: Callable[[bytes, int, int], list[Described]]
    """(answer, version, now_ms)"""


LIST: Final = Api(16, 3, 5)
OFFSETS: Final = Api(9, 8, 8)
"""Many groups in one request (KIP-709, Kafka 3.0); later versions name topics by id."""
OFFSETS_OF_ONE: Final = Api(9, 6, 7)
SHARE_OFFSETS: Final = Api(90, 0, 1)
_FIRST_WITH_TYPES: Final = 5
_FIRST_WITH_STATES: Final = 4
_FIRST_WITH_REQUIRE_STABLE: Final = 7


def list_groups(version: int) -> bytes:
    """ListGroups: all states, all types."""
    states = array([]) if version >= _FIRST_WITH_STATES else b""
    types = array([]) if version >= _FIRST_WITH_TYPES else b""
    return states + types + NO_TAGS


def describe_groups(names: Sequence[str], version: int) -> bytes:
    """DescribeGroups, ConsumerGroupDescribe and ShareGroupDescribe: without authorized operations."""
    del version
    return array(map(string, names)) + boolean(False) + NO_TAGS


def describe_streams_groups(names: Sequence[str], version: int) -> bytes:
    """StreamsGroupDescribe: with the topology's description where a broker can keep one."""
    description = boolean(True) if version else b""
    return array(map(string, names)) + boolean(False) + description + NO_TAGS


def fetch_offsets(names: Sequence[str], version: int) -> bytes:
    """OffsetFetch of all offsets of many groups, those of open transactions left as they were before."""
    del version
    return array(string(name) + NULL + NO_TAGS for name in names) + boolean(False) + NO_TAGS


def fetch_offsets_of_one(names: Sequence[str], version: int) -> bytes:
    """The same of the one group in `names`."""
    (name,) = names
    require_stable = boolean(False) if version >= _FIRST_WITH_REQUIRE_STABLE else b""
    return string(name) + NULL + require_stable + NO_TAGS


def fetch_share_offsets(names: Sequence[str], version: int) -> bytes:
    """DescribeShareGroupOffsets of all topics of many groups."""
    del version
    return array(string(name) + NULL + NO_TAGS for name in names) + NO_TAGS


DESCRIBE: Final = {
    CLASSIC: Describe(Api(15, 5, 6), "DescribeGroups", describe_groups, decode_classic),
    CONSUMER: Describe(Api(69, 0, 1), "ConsumerGroupDescribe", describe_groups, decode_consumer_groups),
    SHARE: Describe(Api(77, 1, 1), "ShareGroupDescribe", describe_groups, decode_share_groups),
    STREAMS: Describe(Api(89, 0, 1), "StreamsGroupDescribe", describe_streams_groups, decode_streams_groups),
}
"""Group type, as ListGroups v5 names it → how to describe it."""
