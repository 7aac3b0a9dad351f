"""What the tap does not look at, although it reads the records: its limits, and how coverage tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from flowaudit.facts import NotVisible, Provenance


class Limit(StrEnum):
    """A limit of the tap; the words are the reasons that `NotVisible` gives."""

    # An enumeration's own hash is Python code.
    __hash__ = str.__hash__

    UNDECODABLE = "undecodable"
    FIELDS = "too-many-fields"
    DEPTH = "nested-too-deep"
    LEAVES = "too-many-members"
    KEYS = "undecodable-key"
    HEADERS = "headers-left-out"
    LATE = "late-records"


_HIDES: Final[Mapping[Limit, str]] = {
    Limit.UNDECODABLE: "identifiers in its values ({}); the records themselves are counted",
    Limit.FIELDS: "identifiers in further fields: a partition has more of them than linkage.max_fields",
    Limit.DEPTH: "identifiers in members that are nested deeper than eight levels",
    Limit.LEAVES: "identifiers in further members of documents that have more than 256",
    Limit.KEYS: "identifiers in its keys: they are binary, or cannot be read",
    Limit.HEADERS: "identifiers in headers that are long, binary, or further ones of more than 32",
    Limit.LATE: "links of {} records that were more than 30 s behind their partition, as of a replay: they are counted",
}

_LEAST_KEYS: Final = 8
_OPAQUE_SHARE: Final = 0.1

Limits = dict[Limit, int]
"""The limits that bite, each with the number of records, where that is told."""


@dataclass(slots=True)
class LimitsMet:
    """The limits that left something out of the records of a span, as far as they were sampled."""

    met: set[Limit] = field(default_factory=set)
    _keys: int = 0
    _opaque: int = 0

    def observe_key(self, *, is_opaque: bool) -> None:
        """Take note of a record's key."""
        self._keys += 1
        self._opaque += is_opaque

    def now(self) -> set[Limit]:
        """All of them as of now; a stray key that cannot be read is none."""
        is_opaque = self._keys >= _LEAST_KEYS and self._opaque >= _OPAQUE_SHARE * self._keys
        return self.met | {Limit.KEYS} if is_opaque else set(self.met)


def blind_spot(topic: str, limit: Limit, detail: object, provenance: Provenance, told_by: str) -> NotVisible:
    """The fact that a limit hides something of a topic; `told_by` is the source that tells it again while it does."""
    return NotVisible(provenance, "topic", topic, limit.value, _HIDES[limit].format(detail), told_by)
