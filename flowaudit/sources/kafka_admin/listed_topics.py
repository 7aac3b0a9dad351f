"""Metadata answers → listed topics. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

_READ: Final = "READ"
_NOT_ASKED: Final = -2147483648
_READ_BIT: Final = 1 << 3
"""Bit of READ in Kafka's authorized-operations field (KIP-430): the operation's code is 3."""


@dataclass(frozen=True, slots=True)
class ListedTopic:
    """A topic as the cluster lists it to this principal."""

    name: str
    topic_id: str
    partitions: int
    internal: bool
    readable: bool
    """May this principal READ it? True as well when the broker does not say."""
    leaders: tuple[tuple[int, int], ...]
    """(partition, id of the leading broker)"""


def decode_topics(metadata: Iterable[Mapping[str, Any]]) -> tuple[ListedTopic, ...]:
    """Translate `AdminSession.topics()`; topics that the broker answers with an error are left out."""
    listed = (_topic(entry) for entry in metadata if not entry["error_code"] and entry["name"])
    return tuple(sorted(listed, key=lambda topic: topic.name))


def _topic(entry: Mapping[str, Any]) -> ListedTopic:
    partitions = entry["partitions"]
    return ListedTopic(
        name=str(entry["name"]),
        topic_id=str(entry.get("topic_id") or ""),
        partitions=len(partitions),
        internal=bool(entry["is_internal"]) or str(entry["name"]).startswith("__"),
        readable=_readable(entry.get("authorized_operations", entry.get("topic_authorized_operations"))),
        leaders=tuple(sorted((int(p["partition_index"]), int(p["leader_id"])) for p in partitions)),
    )


def _readable(operations: object) -> bool:
    if operations is None or operations == _NOT_ASKED:
        return True
    if isinstance(operations, int):
        return bool(operations & _READ_BIT)
    if isinstance(operations, (list, tuple, set, frozenset)):
        return any(getattr(operation, "name", operation) == _READ for operation in operations)
    return True
