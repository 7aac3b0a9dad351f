"""OffsetFetch (9) and DescribeShareGroupOffsets (90) answers → committed offsets. Pure.

The longest answers of an audit: 15,000 groups commit some 120,000 offsets. So the offsets of one group and topic stay
one piece of the answer's own bytes until somebody needs them: two polls that say the same are compared by piece.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from flowaudit.sources.kafka_admin.answers import AnswerReader
from flowaudit.sources.wire import INT16, INT32, INT64, NO_TAGS, UUID_BYTES

_PARTITION: Final = struct.Struct(">iqi")
"""partition, committed offset, leader epoch"""
_BARE: Final = struct.Struct(">iqiBhB")
"""The same, then metadata, error code and tagged fields, when there is neither metadata nor a tag."""
_METADATA_AT: Final = 16
_TAGS_AT: Final = 19
_NULL_OR_EMPTY: Final = b"\x00\x01"
_FIRST_WITH_LAG: Final = 1


class TopicCommits(NamedTuple):
    """What a group committed for the partitions of one topic."""

    group: str
    topic: str
    packed: bytes

    def offsets(self) -> list[tuple[int, int]]:
        """(partition, committed offset); partitions without a commit, or with an error, are left out."""
        return [(at[0], at[1]) for at in _BARE.iter_unpack(self.packed) if at[1] >= 0 and not at[4]]


class Commits(NamedTuple):
    """Committed offsets, and the groups that the broker answers with an error."""

    topics: list[TopicCommits]
    errors: dict[str, int]


class ShareStart(NamedTuple):
    """How far a share group has come in a partition: everything below the start offset is done."""

    group: str
    topic: str
    partition: int
    start: int
    lag: int
    """Records that still wait (KIP-1226); -1 where the broker does not know."""


class ShareStarts(NamedTuple):
    """Start offsets, and the groups that the broker answers with an error."""

    partitions: list[ShareStart]
    errors: dict[str, int]


def decode_commits(answer: bytes) -> Commits:
    """Translate an OffsetFetch answer of many groups, version 8 or 9.

    Raises:
        AnswerUndecodable: the bytes are no such answer.
    """
    found = Commits([], {})
    reader = AnswerReader(answer)
    reader.skip(INT32.size)
    names: dict[bytes, str] = {}
    for _ in range(reader.length()):
        group = reader.string()
        topics = _topics(reader, group, names)
        error = reader.number(INT16)
        reader.skip_tags()
        if error:
            found.errors[group] = error
        else:
            found.topics.extend(topics)
    return found


def decode_commits_of(group: str, answer: bytes) -> Commits:
    """Translate an OffsetFetch answer of one group, version 6 or 7 (before Kafka 3.0).

    Raises:
        AnswerUndecodable: the bytes are no such answer.
    """
    reader = AnswerReader(answer)
    reader.skip(INT32.size)
    topics = _topics(reader, group, {})
    error = reader.number(INT16)
    return Commits([], {group: error}) if error else Commits(topics, {})


def _topics(reader: AnswerReader, group: str, names: dict[bytes, str]) -> list[TopicCommits]:
    """The topics of one group; `names` lets all groups share one text for a topic."""
    topics = []
    for _ in range(reader.length()):
        raw = reader.blob()
        name = names.get(raw)
        if name is None:
            name = names[raw] = raw.decode("utf-8", "replace")
        topics.append(TopicCommits(group, name, _packed(reader)))
        reader.skip_tags()
    return topics


def _packed(reader: AnswerReader) -> bytes:
    """An array of partitions, each brought to the form without metadata and tags; most have that form already."""
    count = reader.length()
    packed = reader.data[reader.at : reader.at + count * _BARE.size]
    is_bare = not packed[_METADATA_AT :: _BARE.size].strip(_NULL_OR_EMPTY)
    if is_bare and len(packed) == count * _BARE.size and not packed[_TAGS_AT :: _BARE.size].strip(NO_TAGS):
        reader.skip(len(packed))
        return packed
    return b"".join(_partition(reader) for _ in range(count))


def _partition(reader: AnswerReader) -> bytes:
    start = reader.at
    reader.skip(_PARTITION.size)
    partition, offset, epoch = _PARTITION.unpack_from(reader.data, start)
    reader.blob()
    error = reader.number(INT16)
    reader.skip_tags()
    return _BARE.pack(partition, offset, epoch, 0, error, 0)


def decode_share_starts(answer: bytes, version: int) -> ShareStarts:
    """Translate a DescribeShareGroupOffsets answer, version 0 or 1; partitions not yet begun are left out.

    Raises:
        AnswerUndecodable: the bytes are no such answer.
    """
    found = ShareStarts([], {})
    reader = AnswerReader(answer)
    reader.skip(INT32.size)
    for _ in range(reader.length()):
        group = reader.string()
        for _ in range(reader.length()):
            topic = reader.string()
            reader.skip(UUID_BYTES)
            partitions = [_share_start(reader, version, group, topic) for _ in range(reader.length())]
            found.partitions.extend(filter(None, partitions))
            reader.skip_tags()
        error = reader.number(INT16)
        reader.blob()
        reader.skip_tags()
        if error:
            found.errors[group] = error
    return found


def _share_start(reader: AnswerReader, version: int, group: str, topic: str) -> ShareStart | None:
    partition, start = reader.number(INT32), reader.number(INT64)
    reader.skip(INT32.size)
    lag = reader.number(INT64) if version >= _FIRST_WITH_LAG else -1
    error = reader.number(INT16)
    reader.blob()
    reader.skip_tags()
    return None if error or start < 0 else ShareStart(group, topic, partition, start, lag)
