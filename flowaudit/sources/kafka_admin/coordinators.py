"""Which broker coordinates each group: asked anew every time, because coordinators move, and answered per group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from kafka.protocol.metadata import FindCoordinatorRequest

from flowaudit.sources.kafka_admin.answers import AnswerReader
from flowaudit.sources.kafka_admin.raw import Question, RawRequest, ask_all, chunks, newest_common, versions_of
from flowaudit.sources.kafka_admin.session import AdminSession
from flowaudit.sources.wire import INT8, INT16, INT32, NO_TAGS, array, string

_FIND_COORDINATOR: Final = 10
_GROUP: Final = 0
_FIRST_BATCHED_VERSION: Final = 4
"""KIP-699: one FindCoordinator request for many groups, since Kafka 3.0."""
_NEWEST_VERSION: Final = 6
_GROUPS_A_REQUEST: Final = 2_000


class FoundCoordinator(NamedTuple):
    """What a broker says of one group."""

    group: str
    broker: int
    error: int


@dataclass(frozen=True, slots=True)
class Coordinators:
    """Where to ask for each group."""

    groups: Mapping[int, Sequence[str]]
    """Coordinating broker → its groups."""
    errors: Mapping[str, int]
    """Group → error code, for the groups whose coordinator the broker would not or could not name."""


def find_coordinators(session: AdminSession, groups: Iterable[str]) -> Coordinators:
    """Ask for the coordinators of `groups`; an error of one group hides no other.

    Name only groups that were listed: otherwise the broker creates its offsets topic on a cluster that has none.
    """
    names = list(groups)
    brokers = session.brokers() if names else []
    if not brokers:
        return Coordinators({}, {})
    is_batched = _version(session, brokers[0]) is not None
    ask = ask_at_once if is_batched else ask_one_by_one
    return decode_coordinators(ask(session, brokers[0], names))


def decode_coordinators(entries: Iterable[FoundCoordinator]) -> Coordinators:
    """Sort the groups by coordinator. Pure."""
    groups: dict[int, list[str]] = {}
    errors: dict[str, int] = {}
    for name, broker, error in entries:
        if error:
            errors[name] = error
        else:
            groups.setdefault(broker, []).append(name)
    return Coordinators(groups, errors)


def decode_answer(answer: bytes) -> list[FoundCoordinator]:
    """Translate a FindCoordinator answer, versions 4 to 6. Pure; raises `AnswerUndecodable`."""
    reader = AnswerReader(answer)
    reader.number(INT32)
    return [_entry(reader) for _ in range(reader.length())]


def ask_at_once(session: AdminSession, broker: int, names: Sequence[str]) -> Iterator[FoundCoordinator]:
    """Entries for many groups from one request."""
    version = _version(session, broker) or _FIRST_BATCHED_VERSION
    requests = [
        RawRequest(_FIND_COORDINATOR, version, INT8.pack(_GROUP) + array(map(string, some)) + NO_TAGS)
        for some in chunks(names, _GROUPS_A_REQUEST)
    ]
    for answer in ask_all(session, [Question(broker, request) for request in requests]):
        yield from decode_answer(answer)


def ask_one_by_one(session: AdminSession, broker: int, names: Sequence[str]) -> Iterator[FoundCoordinator]:
    """The same from one request a group, for brokers before Kafka 3.0."""
    for name in names:
        request = FindCoordinatorRequest(key=name, key_type=_GROUP, max_version=_FIRST_BATCHED_VERSION - 1)
        answer = session.send(request, broker)
        yield FoundCoordinator(name, int(answer.node_id), int(answer.error_code))


def _version(session: AdminSession, broker: int) -> int | None:
    return newest_common(versions_of(session, broker).get(_FIND_COORDINATOR), _FIRST_BATCHED_VERSION, _NEWEST_VERSION)


def _entry(reader: AnswerReader) -> FoundCoordinator:
    name = reader.string()
    broker = reader.number(INT32)
    reader.blob()
    reader.number(INT32)
    error = reader.number(INT16)
    reader.blob()
    reader.skip_tags()
    return FoundCoordinator(name, broker, error)
