"""Offset commits as `__consumer_offsets` records them: types 0 and 1. Pure.

Layouts: OffsetCommitKey and OffsetCommitValue of Kafka, value versions 0 to 4 (4 since Kafka 4.1, flexible), and
LegacyOffsetCommitValue.
"""

from __future__ import annotations

import struct
import sys
from typing import Final

from flowaudit.sources.offsets_log.errors import RecordUndecodable
from flowaudit.sources.wire import INT16, INT32, INT64, WireUndecodable, reader_of

COMMIT_TYPES: Final = (0, 1)
_OFFSET_COMMIT: Final = 1
_NEWEST: Final = {0: 0, 1: 4}
_FIRST_FLEXIBLE: Final = 4
_FIRST_WITH_LEADER_EPOCH: Final = 3
_USUAL: Final = struct.Struct(">hqibq")
"""Version 4 with empty metadata: version, offset, leader epoch, compact length, commit time."""
_USUAL_BYTES: Final = struct.calcsize(">hqibq")


CommitKey = tuple[str, str, int]
"""Group, topic, partition. Plain, as `CommitValue`: a million of them are made while a backlog is read."""
CommitValue = tuple[int, int]
"""Offset, and the time of the commit by the broker's clock (Unix time in milliseconds)."""


def decode_commit_key(key: bytes) -> CommitKey:
    """Decode a key of type 0 or 1.

    Raises:
        RecordUndecodable: it is none.
    """
    try:
        group_end = 4 + (key[2] << 8 | key[3])
        topic_start = group_end + 2
        topic_end = topic_start + (key[group_end] << 8 | key[group_end + 1])
        (partition,) = INT32.unpack_from(key, topic_end)
        group, topic = key[4:group_end].decode(), key[topic_start:topic_end].decode()
    except (IndexError, struct.error, UnicodeDecodeError):
        raise RecordUndecodable(_int16_of(key), -1) from None
    if key[0] or key[1] not in COMMIT_TYPES or len(key) != topic_end + INT32.size:
        raise RecordUndecodable(_int16_of(key), -1)
    return group, sys.intern(topic), partition


def decode_commit_value(value: bytes, record_type: int = _OFFSET_COMMIT) -> CommitValue:
    """Decode a value that belongs to a key of that type.

    Raises:
        RecordUndecodable: another version, or its bytes end too soon.
    """
    if len(value) >= _USUAL_BYTES:
        version, offset, _, length, committed_ms = _USUAL.unpack_from(value)
        if version == _FIRST_FLEXIBLE and length == 1 and record_type == _OFFSET_COMMIT:
            return offset, committed_ms
    version = _int16_of(value)
    if 0 <= version <= _NEWEST.get(record_type, -1):
        try:
            return _rest(value, version)
        except WireUndecodable:
            pass
    raise RecordUndecodable(record_type, version)


def _rest(value: bytes, version: int) -> CommitValue:
    reader = reader_of(value, flexible=version >= _FIRST_FLEXIBLE, at=INT16.size)
    offset = reader.number(INT64)
    if version >= _FIRST_WITH_LEADER_EPOCH:
        reader.number(INT32)
    reader.string()
    return offset, reader.number(INT64)


def _int16_of(data: bytes) -> int:
    """The type of a key, or the version of a value; -1: it ends too soon."""
    return int.from_bytes(data[:2], "big", signed=True) if len(data) > 1 else -1
