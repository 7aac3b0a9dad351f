"""Which broker coordinates each group: asked anew every time, because coordinators move, and answered per group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kafka.protocol.metadata import FindCoordinatorRequest

from flowaudit.sources.kafka_admin.session import AdminSession

_GROUP: Final = 0
_FIRST_BATCHED_VERSION: Final = 4
"""KIP-699: one FindCoordinator request for many groups, since Kafka 3.0."""


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
    batched = session.version_of(FindCoordinatorRequest) >= _FIRST_BATCHED_VERSION
    ask = ask_at_once if batched else ask_one_by_one
    return decode_coordinators(ask(session, brokers[0], names))


def decode_coordinators(entries: Iterable[Mapping[str, Any]]) -> Coordinators:
    """Translate the entries (`key`, `node_id`, `error_code`) of one or several FindCoordinator answers. Pure."""
    groups: dict[int, list[str]] = {}
    errors: dict[str, int] = {}
    for entry in entries:
        name, broker, error = str(entry["key"]), int(entry["node_id"]), int(entry["error_code"])
        if error:
            errors[name] = error
        else:
            groups.setdefault(broker, []).append(name)
    return Coordinators(groups, errors)


def ask_at_once(session: AdminSession, broker: int, names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Entries for all groups from one request."""
    request = FindCoordinatorRequest(key_type=_GROUP, coordinator_keys=list(names), min_version=_FIRST_BATCHED_VERSION)
    for entry in session.send(request, broker).coordinators:
        yield entry.to_dict(json=False)


def ask_one_by_one(session: AdminSession, broker: int, names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """The same from one request a group, for brokers before Kafka 3.0."""
    for name in names:
        request = FindCoordinatorRequest(key=name, key_type=_GROUP, max_version=_FIRST_BATCHED_VERSION - 1)
        answer = session.send(request, broker)
        yield {"key": name, "node_id": answer.node_id, "error_code": answer.error_code}
