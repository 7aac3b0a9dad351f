"""Group metadata as `__consumer_offsets` records it: groups of every kind, their members, what they ask for. Pure.

Layouts: the coordinator records of Kafka 4.3; classic groups (type 2, versions 0 to 4), KIP-848 consumer groups (3, 5,
16), share groups (10, 11, 15; KIP-932) and streams groups (17, 19, 23; KIP-1071). The other types say nothing of which
topics a group reads, and are left out, as KIP-915 asks for unknown ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from flowaudit.facts import Subtopology
from flowaudit.sources.member_bytes import announced
from flowaudit.sources.offsets_log.errors import RecordUndecodable
from flowaudit.sources.wire import INT16, INT32, INT64, UUID_BYTES, ClassicReader, Reader, WireUndecodable, reader_of


@dataclass(frozen=True, slots=True)
class ClassicGroup:
    """A classic group with all its members."""

    protocol_type: str
    protocol: str
    members: int
    client_ids: tuple[str, ...] = ()
    subscribed: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    has_undecodable_members: bool = False


@dataclass(frozen=True, slots=True)
class Epoch:
    """The group exists."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a group of a newer kind."""

    client_id: str
    subscribed: tuple[str, ...] = ()
    regex: str = ""


@dataclass(frozen=True, slots=True)
class ResolvedTopics:
    """Topics that a pattern matches, or that a share group keeps state of."""

    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topology:
    """What a streams application is made of."""

    subtopologies: tuple[Subtopology, ...]


Content = ClassicGroup | Epoch | Member | ResolvedTopics | Topology


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """One record about a group; `content` is None for a tombstone."""

    record_type: int
    group: str
    group_type: str
    """`classic`, `consumer`, `share` or `streams`."""
    part: str
    """Which member, or which pattern; empty when the record is about the group."""
    content: Content | None


@dataclass(frozen=True, slots=True)
class _Layout:
    group_type: str
    has_part: bool
    decode: Callable[[Reader, int], Content]
    newest: int = 0
    first_flexible: int = 0


def decode_group_record(key: bytes, value: bytes | None) -> GroupRecord | None:
    """Decode a record; None for types that say nothing of which topics a group reads.

    Raises:
        RecordUndecodable: a value version that is not known, or bytes that do not fit the layout.
    """
    record_type = version = -1
    try:
        reader = ClassicReader(key)
        record_type = reader.number(INT16)
        layout = _LAYOUTS.get(record_type)
        if layout is None:
            return None
        group = reader.string()
        part = reader.string() if layout.has_part else ""
        content = None
        if value is not None:
            version = ClassicReader(value).number(INT16)
            content = _content(layout, value, version)
    except WireUndecodable:
        raise RecordUndecodable(record_type, version) from None
    return GroupRecord(record_type, group, layout.group_type, part, content)


def _content(layout: _Layout, value: bytes, version: int) -> Content:
    if not 0 <= version <= layout.newest:
        msg = f"version {version}"
        raise WireUndecodable(msg)
    reader = reader_of(value, flexible=version >= layout.first_flexible, at=INT16.size)
    return layout.decode(reader, version)


def _classic(reader: Reader, version: int) -> ClassicGroup:
    protocol_type = reader.string()
    reader.number(INT32)
    protocol = reader.string()
    reader.string()
    if version >= 2:
        reader.number(INT64)
    start = reader.copy()
    try:
        members = list(_classic_members(reader, version, extra_bytes=0))
    except WireUndecodable:
        # Redpanda writes two bytes more before each member.
        members = list(_classic_members(start, version, extra_bytes=INT16.size))
    asked = announced(protocol_type, protocol, ((metadata, assignment) for _, metadata, assignment in members))
    return ClassicGroup(
        protocol_type=protocol_type,
        protocol=protocol,
        members=len(members),
        client_ids=tuple(sorted({client_id for client_id, _, _ in members})),
        subscribed=asked.subscribed,
        assigned=asked.assigned,
        urls=asked.urls,
        has_undecodable_members=asked.has_undecodable,
    )


def _classic_members(reader: Reader, version: int, extra_bytes: int) -> Iterator[tuple[str, bytes, bytes]]:
    """Client id, metadata, assignment."""
    for _ in range(reader.length()):
        reader.skip(extra_bytes)
        reader.string()
        if version >= 3:
            reader.string()
        client_id = reader.string()
        reader.string()
        if version >= 1:
            reader.number(INT32)
        reader.number(INT32)
        member = client_id, reader.blob(), reader.blob()
        reader.skip_tags()
        yield member


def _epoch(reader: Reader, _: int) -> Epoch:
    reader.number(INT32)
    return Epoch()


def _consumer_member(reader: Reader, _: int) -> Member:
    reader.string()
    reader.string()
    client_id = reader.string()
    reader.string()
    return Member(client_id, reader.strings(), reader.string())


def _share_member(reader: Reader, _: int) -> Member:
    reader.string()
    client_id = reader.string()
    reader.string()
    return Member(client_id, reader.strings())


def _streams_member(reader: Reader, _: int) -> Member:
    reader.string()
    reader.string()
    return Member(reader.string())


def _regex(reader: Reader, _: int) -> ResolvedTopics:
    return ResolvedTopics(reader.strings())


def _share_topics(reader: Reader, _: int) -> ResolvedTopics:
    topics = set()
    for _state in ("initialising", "initialised"):
        for _topic in range(reader.length()):
            reader.skip(UUID_BYTES)
            topics.add(reader.string())
            reader.skip_int32s()
            reader.skip_tags()
    return ResolvedTopics(tuple(sorted(topics)))


def _topology(reader: Reader, _: int) -> Topology:
    reader.number(INT32)
    return Topology(tuple([_subtopology(reader) for _ in range(reader.length())]))


def _subtopology(reader: Reader) -> Subtopology:
    name, sources, regexes = reader.string(), reader.strings(), reader.strings()
    changelogs = _topic_infos(reader)
    sinks = reader.strings()
    repartition_sources = _topic_infos(reader)
    for _ in range(reader.length()):
        for _field in ("sources", "regexes", "repartition sources"):
            reader.skip(reader.length() * INT16.size)
        reader.skip_tags()
    reader.skip_tags()
    return Subtopology(name, sources, regexes, repartition_sources, sinks, changelogs)


def _topic_infos(reader: Reader) -> tuple[str, ...]:
    names = []
    for _ in range(reader.length()):
        names.append(reader.string())
        reader.skip(INT32.size + INT16.size)
        for _config in range(reader.length()):
            reader.string()
            reader.string()
            reader.skip_tags()
        reader.skip_tags()
    return tuple(names)


_LAYOUTS: Final = {
    2: _Layout("classic", has_part=False, decode=_classic, newest=4, first_flexible=4),
    3: _Layout("consumer", has_part=False, decode=_epoch),
    5: _Layout("consumer", has_part=True, decode=_consumer_member),
    10: _Layout("share", has_part=True, decode=_share_member),
    11: _Layout("share", has_part=False, decode=_epoch),
    15: _Layout("share", has_part=False, decode=_share_topics),
    16: _Layout("consumer", has_part=True, decode=_regex),
    17: _Layout("streams", has_part=False, decode=_epoch),
    19: _Layout("streams", has_part=True, decode=_streams_member),
    23: _Layout("streams", has_part=False, decode=_topology),
}
GROUP_TOMBSTONES: Final = frozenset({2, 3, 11, 17})
"""Types whose tombstone says that the group was deleted or expired."""
