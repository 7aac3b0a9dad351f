"""ConsumerGroupDescribe (69, KIP-848) and ShareGroupDescribe (77, KIP-932) answers → facts. Pure."""

from __future__ import annotations

from typing import NamedTuple

from flowaudit.facts import Channel, GroupSeen, Provenance
from flowaudit.sources.groups.decode import CONSUMER, SHARE, Described, union
from flowaudit.sources.kafka_admin.answers import AnswerReader
from flowaudit.sources.wire import INT8, INT16, INT32, UUID_BYTES

_FIRST_WITH_MEMBER_TYPE = 1


class _Member(NamedTuple):
    client_id: str
    subscribed: tuple[str, ...]
    regex: str
    assigned: tuple[str, ...]


def decode_consumer_groups(answer: bytes, version: int, now_ms: int) -> list[Described]:
    """Translate a ConsumerGroupDescribe answer, version 0 or 1.

    Raises:
        AnswerUndecodable: the bytes are no such answer.
    """
    provenance = Provenance(Channel.GROUP_MEMBERSHIP, now_ms, "ConsumerGroupDescribe")
    reader = AnswerReader(answer)
    reader.skip(INT32.size)
    return [_group(reader, CONSUMER, version, provenance) for _ in range(reader.length())]


def decode_share_groups(answer: bytes, version: int, now_ms: int) -> list[Described]:
    """Translate a ShareGroupDescribe answer, version 1.

    Raises:
        AnswerUndecodable: the bytes are no such answer.
    """
    provenance = Provenance(Channel.GROUP_MEMBERSHIP, now_ms, "ShareGroupDescribe")
    reader = AnswerReader(answer)
    reader.skip(INT32.size)
    return [_group(reader, SHARE, version, provenance) for _ in range(reader.length())]


def _group(reader: AnswerReader, group_type: str, version: int, provenance: Provenance) -> Described:
    error = reader.number(INT16)
    reader.blob()
    name, state = reader.string(), reader.string()
    reader.skip(2 * INT32.size)
    assignor = reader.string()
    is_share = group_type == SHARE
    members = [_share_member(reader) if is_share else _member(reader, version) for _ in range(reader.length())]
    reader.skip(INT32.size)
    reader.skip_tags()
    if error:
        return Described(name, error)
    seen = GroupSeen(
        provenance=provenance,
        group=name,
        group_type=group_type,
        protocol_type=group_type,
        state=state,
        members=len(members),
        subscribed=union(member.subscribed for member in members),
        assigned=union(member.assigned for member in members),
        client_ids=tuple(sorted({member.client_id for member in members})),
        protocol=assignor,
        regexes=tuple(sorted({member.regex for member in members} - {""})),
    )
    return Described(name, 0, (seen,))


def _member(reader: AnswerReader, version: int) -> _Member:
    reader.blob()
    reader.blob()
    reader.blob()
    reader.skip(INT32.size)
    client_id = reader.string()
    reader.blob()
    subscribed, regex, assigned = reader.strings(), reader.string(), _assignment(reader)
    _assignment(reader)
    if version >= _FIRST_WITH_MEMBER_TYPE:
        reader.skip(INT8.size)
    reader.skip_tags()
    return _Member(client_id, subscribed, regex, assigned)


def _share_member(reader: AnswerReader) -> _Member:
    reader.blob()
    reader.blob()
    reader.skip(INT32.size)
    client_id = reader.string()
    reader.blob()
    subscribed, assigned = reader.strings(), _assignment(reader)
    reader.skip_tags()
    return _Member(client_id, subscribed, "", assigned)


def _assignment(reader: AnswerReader) -> tuple[str, ...]:
    """Topics of which a partition is assigned."""
    topics = []
    for _ in range(reader.length()):
        reader.skip(UUID_BYTES)
        topic = reader.string()
        partitions = reader.skip_int32s()
        reader.skip_tags()
        if partitions:
            topics.append(topic)
    reader.skip_tags()
    return tuple(topics)
