"""StreamsGroupDescribe answers (API 89, KIP-1071) → facts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from flowaudit.facts import Channel, GroupSeen, Provenance, StreamsTopologySeen, Subtopology
from flowaudit.sources.groups.decode import STREAMS, Described, union
from flowaudit.sources.kafka_admin.answers import AnswerReader
from flowaudit.sources.wire import INT8, INT16, INT32, INT64, UINT16

_REFERENCE: Final = "StreamsGroupDescribe"
_FIRST_WITH_DESCRIPTION: Final = 1
_NULL_STRUCTURE: Final = -1


class _Member(NamedTuple):
    client_id: str
    active: tuple[str, ...]
    """Subtopologies of which it runs a task now."""


def decode_streams_groups(answer: bytes, version: int, now_ms: int) -> list[Described]:
    """Translate a StreamsGroupDescribe answer, version 0 or 1 (KIP-1331: with sinks).

    Raises:
        AnswerUndecodable: the bytes are no such answer.
    """
    reader = AnswerReader(answer)
    reader.skip(INT32.size)
    return [_group(reader, version, now_ms) for _ in range(reader.length())]


def _group(reader: AnswerReader, version: int, now_ms: int) -> Described:
    error = reader.number(INT16)
    reader.blob()
    name, state = reader.string(), reader.string()
    reader.skip(2 * INT32.size)
    subtopologies = _topology(reader)
    members = [_member(reader) for _ in range(reader.length())]
    reader.skip(INT32.size)
    assignor = ""
    if version >= _FIRST_WITH_DESCRIPTION:
        subtopologies = _with_sinks(subtopologies, _description(reader))
        reader.skip(INT8.size)
        assignor = reader.string()
    reader.skip_tags()
    if error:
        return Described(name, error)
    seen = _seen(name, state, assignor, members, subtopologies, now_ms)
    if not subtopologies:
        return Described(name, 0, (seen,))
    provenance = Provenance(Channel.STREAMS_TOPOLOGY, now_ms, _REFERENCE)
    return Described(name, 0, (seen, StreamsTopologySeen(provenance, name, subtopologies)))


def _seen(
    name: str,
    state: str,
    assignor: str,
    members: list[_Member],
    subtopologies: tuple[Subtopology, ...],
    now_ms: int,
) -> GroupSeen:
    running = {subtopology for member in members for subtopology in member.active}
    return GroupSeen(
        provenance=Provenance(Channel.GROUP_MEMBERSHIP, now_ms, _REFERENCE),
        group=name,
        group_type=STREAMS,
        protocol_type=STREAMS,
        state=state,
        members=len(members),
        subscribed=_read_by(subtopologies) if members else (),
        assigned=_read_by(part for part in subtopologies if part.id in running),
        client_ids=tuple(sorted({member.client_id for member in members})),
        protocol=assignor,
    )


def _read_by(subtopologies: Iterable[Subtopology]) -> tuple[str, ...]:
    return union(part.sources + part.repartition_sources for part in subtopologies)


def _topology(reader: AnswerReader) -> tuple[Subtopology, ...]:
    if reader.number(INT8) == _NULL_STRUCTURE:
        return ()
    reader.skip(INT32.size)
    subtopologies = tuple(_subtopology(reader) for _ in range(reader.length()))
    reader.skip_tags()
    return subtopologies


def _subtopology(reader: AnswerReader) -> Subtopology:
    name, sources, repartition_sinks = reader.string(), reader.strings(), reader.strings()
    changelogs, repartition_sources = _topics(reader), _topics(reader)
    reader.skip_tags()
    return Subtopology(
        id=name,
        sources=union([sources]),
        repartition_sources=union([repartition_sources]),
        repartition_sinks=union([repartition_sinks]),
        changelogs=union([changelogs]),
    )


def _topics(reader: AnswerReader) -> list[str]:
    """Names of internal topics; their number of partitions and their configuration are left out."""
    names = []
    for _ in range(reader.length()):
        names.append(reader.string())
        reader.skip(INT32.size + INT16.size)
        _skip_pairs(reader)
        reader.skip_tags()
    return names


def _member(reader: AnswerReader) -> _Member:
    reader.blob()
    reader.skip(INT32.size)
    reader.blob()
    reader.blob()
    client_id = reader.string()
    reader.blob()
    reader.skip(INT32.size)
    reader.blob()
    if reader.number(INT8) != _NULL_STRUCTURE:
        reader.blob()
        reader.skip(UINT16.size)
        reader.skip_tags()
    _skip_pairs(reader)
    _skip_offsets(reader)
    _skip_offsets(reader)
    active = _assignment(reader)
    _assignment(reader)
    reader.skip(INT8.size)
    reader.skip_tags()
    return _Member(client_id, active)


def _assignment(reader: AnswerReader) -> tuple[str, ...]:
    active, _standby, _warm_up = _tasks(reader), _tasks(reader), _tasks(reader)
    reader.skip_tags()
    return active


def _tasks(reader: AnswerReader) -> tuple[str, ...]:
    """Subtopologies of which there is a task."""
    found = []
    for _ in range(reader.length()):
        subtopology = reader.string()
        partitions = reader.skip_int32s()
        reader.skip_tags()
        if partitions:
            found.append(subtopology)
    return tuple(found)


def _skip_pairs(reader: AnswerReader) -> None:
    for _ in range(reader.length()):
        reader.blob()
        reader.blob()
        reader.skip_tags()


def _skip_offsets(reader: AnswerReader) -> None:
    for _ in range(reader.length()):
        reader.blob()
        reader.skip(INT32.size + INT64.size)
        reader.skip_tags()


def _description(reader: AnswerReader) -> dict[str, tuple[str, ...]]:
    """Subtopology → the topics that its sink nodes write."""
    if reader.number(INT8) == _NULL_STRUCTURE:
        return {}
    sinks = {}
    for _ in range(reader.length()):
        name = reader.string()
        sinks[name] = union([filter(None, [_sink_of_node(reader) for _ in range(reader.length())])])
        reader.skip_tags()
    for _ in range(reader.length()):
        _sink_of_node(reader)
        _sink_of_node(reader)
        reader.skip_tags()
    reader.skip_tags()
    return sinks


def _sink_of_node(reader: AnswerReader) -> str:
    reader.blob()
    reader.skip(INT8.size)
    reader.strings()
    sink = reader.string()
    reader.strings()
    reader.strings()
    reader.skip_tags()
    return sink


def _with_sinks(subtopologies: tuple[Subtopology, ...], sinks: dict[str, tuple[str, ...]]) -> tuple[Subtopology, ...]:
    return tuple(msgspec.structs.replace(part, sinks=sinks.get(part.id, ())) for part in subtopologies)
