"""DescribeGroups answers (API 15: classic groups) → facts. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from flowaudit.facts import Channel, Fact, GroupSeen, NotVisible, Provenance
from flowaudit.sources.groups.decode import CLASSIC, Described
from flowaudit.sources.kafka_admin.answers import AnswerReader
from flowaudit.sources.member_bytes import announced
from flowaudit.sources.wire import INT16, INT32

_REFERENCE: Final = "DescribeGroups"
_DEAD: Final = "Dead"
_FIRST_WITH_MESSAGE: Final = 6


class _Member(NamedTuple):
    client_id: str
    metadata: bytes
    assignment: bytes


def decode_classic(answer: bytes, version: int, now_ms: int) -> list[Described]:
    """Translate a DescribeGroups answer, version 5 or 6.

    Raises:
        AnswerUndecodable: the bytes are no such answer. Members' own bytes never raise: they become a blind spot.
    """
    reader = AnswerReader(answer)
    reader.skip(INT32.size)
    return [_group(reader, version, now_ms) for _ in range(reader.length())]


def _group(reader: AnswerReader, version: int, now_ms: int) -> Described:
    error = reader.number(INT16)
    if version >= _FIRST_WITH_MESSAGE:
        reader.blob()
    name, state, protocol_type, protocol = reader.string(), reader.string(), reader.string(), reader.string()
    members = [_member(reader) for _ in range(reader.length())]
    reader.skip(INT32.size)
    reader.skip_tags()
    if error or (state == _DEAD and not members):
        return Described(name, error)
    return Described(name, 0, _facts(name, state, protocol_type, protocol, members, now_ms))


def _member(reader: AnswerReader) -> _Member:
    reader.blob()
    reader.blob()
    client_id = reader.string()
    reader.blob()
    metadata, assignment = reader.blob(), reader.blob()
    reader.skip_tags()
    return _Member(client_id, metadata, assignment)


def _facts(
    name: str, state: str, protocol_type: str, protocol: str, members: list[_Member], now_ms: int
) -> tuple[Fact, ...]:
    provenance = Provenance(Channel.GROUP_MEMBERSHIP, now_ms, _REFERENCE)
    asked = announced(protocol_type, protocol, ((member.metadata, member.assignment) for member in members))
    seen = GroupSeen(
        provenance=provenance,
        group=name,
        group_type=CLASSIC,
        protocol_type=protocol_type,
        state=state,
        members=len(members),
        subscribed=asked.subscribed,
        assigned=asked.assigned,
        client_ids=tuple(sorted({member.client_id for member in members})),
        protocol=protocol,
        urls=asked.urls,
    )
    if not asked.has_undecodable:
        return (seen,)
    hides = "which topics some of the group's members ask for; the others, and its committed offsets, still count"
    return seen, NotVisible(provenance, "group", name, "undecodable-members", hides)
