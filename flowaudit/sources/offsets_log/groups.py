"""Group records → what is known of each group, and what of it is worth telling. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import msgspec

from flowaudit.facts import Channel, Fact, GroupSeen, NotVisible, Provenance, StreamsTopologySeen
from flowaudit.sources.offsets_log.group_records import (
    GROUP_TOMBSTONES,
    ClassicGroup,
    Epoch,
    GroupRecord,
    Member,
    ResolvedTopics,
    Topology,
)

_EMPTY, _STABLE, _DELETED = "Empty", "Stable", "Deleted"
_NOT_SAID: Final = ""
_REFRESH_MS: Final = 60_000


@dataclass(slots=True)
class _Group:
    group_type: str
    is_complete: bool
    """Are all members known: was the log read from its head, or did the group begin while it was read?"""
    classic: ClassicGroup | None = None
    members: dict[str, Member] = field(default_factory=dict)
    resolved: dict[str, tuple[str, ...]] = field(default_factory=dict)
    is_deleted: bool = False
    has_untold: bool = False
    """Something was added that no fact says yet."""
    latest: Provenance | None = None
    told: GroupSeen | None = None

    def seen(self, name: str, provenance: Provenance) -> GroupSeen:
        """The group as it stands."""
        if self.is_deleted:
            protocol_type = self.classic.protocol_type if self.classic else self._protocol_type()
            return GroupSeen(provenance, name, self.group_type, protocol_type, _DELETED, members=0)
        if self.classic is not None:
            return _classic_seen(self.classic, name, provenance)
        members = self.members.values()
        resolved = {topic for topics in self.resolved.values() for topic in topics}
        regexes = {member.regex for member in members} | self.resolved.keys()
        return GroupSeen(
            provenance=provenance,
            group=name,
            group_type=self.group_type,
            protocol_type=self._protocol_type(),
            state=(_STABLE if members else _EMPTY) if self.is_complete else _NOT_SAID,
            members=len(members) if self.is_complete else 0,
            subscribed=tuple(sorted(resolved.union(*(member.subscribed for member in members)))),
            client_ids=tuple(sorted({member.client_id for member in members})),
            regexes=tuple(sorted(regexes - {""})),
        )

    def _protocol_type(self) -> str:
        return "" if self.group_type == "classic" else self.group_type


class Groups:
    """Takes group records in the log's order, and tells what each flush finds changed.

    What a group asked for between two flushes is told even when it is gone by then. `Stable` stands for every state
    of a group with members: the records do not spell out the passing ones. A group of a newer kind whose members may
    not all be known (reading began after the head) has the state "" and no count of members: it is not said.
    """

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {}
        self._changed: dict[str, None] = {}
        self._pending: list[Fact] = []

    def take(self, record: GroupRecord, provenance: Provenance, *, from_head: bool) -> None:
        """Take in one record; `from_head`: all that the log retains of this group was or will be taken."""
        group = self._groups.get(record.group)
        if group is None or group.group_type != record.group_type:
            if group is not None and record.content is None:
                # Another type's tombstones: the group was converted (classic to KIP-848 or back), it did not end.
                return
            if group is not None and group.has_untold:
                self._tell(record.group, group)
            is_complete = from_head or group is not None
            group = self._groups[record.group] = _Group(record.group_type, is_complete)
        self._changed[record.group] = None
        if record.content is None:
            self._remove(group, record)
        else:
            self._put(group, record, provenance)
        group.latest = provenance

    def facts(self) -> list[Fact]:
        """What is new since the last call."""
        for name in self._changed:
            group = self._groups[name]
            self._tell(name, group)
            if group.is_deleted:
                del self._groups[name]
        self._changed.clear()
        told, self._pending = self._pending, []
        return told

    def _put(self, group: _Group, record: GroupRecord, provenance: Provenance) -> None:
        content = record.content
        if group.is_deleted:
            group.is_deleted, group.is_complete = False, True
        if isinstance(content, ClassicGroup):
            self._replace_classic(group, record.group, content)
            if content.has_undecodable_members:
                hides = "which topics the group's members ask for; its committed offsets still count"
                self._pending.append(NotVisible(provenance, "group", record.group, "undecodable-members", hides))
        elif isinstance(content, Member):
            self._tell_before_loss(group, record.group, group.members.get(record.part), content)
            group.has_untold |= group.members.get(record.part) != content
            group.members[record.part] = content
        elif isinstance(content, ResolvedTopics):
            self._tell_before_loss(group, record.group, group.resolved.get(record.part), content.topics)
            group.has_untold |= group.resolved.get(record.part) != content.topics
            group.resolved[record.part] = content.topics
        elif isinstance(content, Topology):
            self._pending.append(StreamsTopologySeen(provenance, record.group, content.subtopologies))
        elif not isinstance(content, Epoch):  # pragma: no cover (all kinds are above)
            raise TypeError

    def _remove(self, group: _Group, record: GroupRecord) -> None:
        if group.has_untold:
            self._tell(record.group, group)
        if record.record_type in GROUP_TOMBSTONES:
            group.is_deleted = True
            group.members.clear()
            group.resolved.clear()
        else:
            group.members.pop(record.part, None)
            group.resolved.pop(record.part, None)

    def _replace_classic(self, group: _Group, name: str, content: ClassicGroup) -> None:
        self._tell_before_loss(group, name, group.classic, content)
        group.has_untold = True
        group.classic = content

    def _tell_before_loss(self, group: _Group, name: str, old: object, new: object) -> None:
        if group.has_untold and old is not None and old != new:
            self._tell(name, group)

    def _tell(self, name: str, group: _Group) -> None:
        group.has_untold = False
        if group.latest is None:
            return
        seen = group.seen(name, group.latest)
        told = group.told
        if told is None or _is_news(told, seen):
            group.told = seen
            self._pending.append(seen)


def _is_news(told: GroupSeen, seen: GroupSeen) -> bool:
    age_ms = seen.provenance.observed_ms - told.provenance.observed_ms
    return age_ms >= _REFRESH_MS or msgspec.structs.replace(told, provenance=seen.provenance) != seen


def _classic_seen(classic: ClassicGroup, name: str, provenance: Provenance) -> GroupSeen:
    return GroupSeen(
        provenance=provenance,
        group=name,
        group_type="classic",
        protocol_type=classic.protocol_type,
        state=_STABLE if classic.members else _EMPTY,
        members=classic.members,
        subscribed=classic.subscribed,
        assigned=classic.assigned,
        client_ids=classic.client_ids,
        protocol=classic.protocol,
        urls=classic.urls,
    )


def provenance_at(topic: str, partition: int, offset: int, timestamp_ms: int) -> Provenance:
    """Where a record of the log stands, and when it was written."""
    return Provenance(Channel.OFFSETS_LOG, max(timestamp_ms, 0), f"{topic}-{partition} @ {offset}")
