"""DescribeGroups answers (API 15: classic groups) → facts. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from flowaudit.facts import Channel, Fact, GroupSeen, NotVisible, Provenance
from flowaudit.sources.groups.decode import CLASSIC, Described, union
from flowaudit.sources.groups.members import MemberUndecodable, assigned_topics, member_url, subscribed_topics
from flowaudit.sources.kafka_admin.flexible import INT16, INT32, Reader

_REFERENCE: Final = "DescribeGroups"
_DEAD: Final = "Dead"
_FIRST_WITH_MESSAGE: Final = 6


class _Member(NamedTuple):
    client_id: str
    metadata: bytes
    assignment: bytes


class _Announced(NamedTuple):
    """What the members whose bytes could be read ask for."""

    subscribed: tuple[str, ...]
    assigned: tuple[str, ...]
    urls: tuple[str, ...]
    undecodable: int


def decode_classic(answer: bytes, version: int, now_ms: int) -> list[Described]:
    """Translate a DescribeGroups answer, version 5 or 6.

    Raises:
        AnswerUndecodable: the bytes are no such answer. Members' own bytes never raise: they become a blind spot.
    """
    reader = Reader(answer)
    reader.skip(INT32.size)
    return [_group(reader, version, now_ms) for _ in range(reader.length())]


def _group(reader: Reader, version: int, now_ms: int) -> Described:
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


def _member(reader: Reader) -> _Member:
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
    announced = _announced(protocol_type, protocol, members)
    seen = GroupSeen(
        provenance=provenance,
        group=name,
        group_type=CLASSIC,
        protocol_type=protocol_type,
        state=state,
        members=len(members),
        subscribed=announced.subscribed,
        assigned=announced.assigned,
        client_ids=tuple(sorted({member.client_id for member in members})),
        protocol=protocol,
        urls=announced.urls,
    )
    if not announced.undecodable:
        return (seen,)
    hides = "which topics some of the group's members ask for; the others, and its committed offsets, still count"
    return seen, NotVisible(provenance, "group", name, "undecodable-members", hides)


def _announced(protocol_type: str, protocol: str, members: list[_Member]) -> _Announced:
    subscribed: list[tuple[str, ...]] = []
    assigned: list[tuple[str, ...]] = []
    urls: set[str] = set()
    undecodable = 0
    for member in members:
        try:
            subscribed.append(subscribed_topics(protocol_type, member.metadata))
            assigned.append(assigned_topics(protocol_type, member.assignment))
            urls.add(member_url(protocol_type, protocol, member.metadata))
        except MemberUndecodable:
            undecodable += 1
    return _Announced(union(subscribed), union(assigned), tuple(sorted(urls - {""})), undecodable)
