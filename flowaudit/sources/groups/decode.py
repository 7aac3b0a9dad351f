"""ListGroups, DescribeGroups and OffsetFetch answers → facts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flowaudit.facts import Channel, GroupSeen, NotVisible, OffsetCommitted, Provenance
from flowaudit.sources.groups.members import MemberUndecodable, assigned_topics, subscribed_topics
from flowaudit.sources.kafka_admin.error_codes import MOMENTARY, NOT_AUTHORIZED


@dataclass(frozen=True, slots=True)
class ListedGroup:
    """A group as ListGroups shows it."""

    name: str
    group_type: str
    protocol_type: str
    state: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What all brokers together list."""

    groups: tuple[ListedGroup, ...]
    is_silent: bool
    """No group is listed, and no broker may know one that it could not list at this moment."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One committed offset."""

    group: str
    topic: str
    partition: int
    offset: int


def decode_listing(answers: Iterable[Mapping[str, Any]]) -> Listing:
    """Translate one ListGroups answer (`error_code`, `groups`) a broker.

    The groups of a broker that answers with an error are not known. Only clean answers, and refusals, make a silence:
    a coordinator that is still loading its groups is no proof that there are none.
    """
    groups: list[Mapping[str, Any]] = []
    errors: set[int] = set()
    for answer in answers:
        errors.add(int(answer["error_code"]))
        groups += [] if answer["error_code"] else answer["groups"]
    return Listing(decode_groups(groups), is_silent=bool(errors) and not groups and errors <= {0, *NOT_AUTHORIZED})


def decode_groups(groups: Iterable[Mapping[str, Any]]) -> tuple[ListedGroup, ...]:
    """Translate the groups of one or several ListGroups answers."""
    found = {
        str(group["group_id"]): ListedGroup(
            name=str(group["group_id"]),
            group_type=str(group.get("group_type") or "classic").lower(),
            protocol_type=str(group.get("protocol_type") or ""),
            state=str(group.get("group_state") or ""),
        )
        for group in groups
    }
    return tuple(found[name] for name in sorted(found))


def decode_description(group: Mapping[str, Any], now_ms: int) -> GroupSeen | NotVisible | None:
    """Translate one group of a DescribeGroups answer (API 15: classic groups); None as in `hidden_group`."""
    name, error = str(group["group_id"]), int(group["error_code"])
    provenance = Provenance(Channel.GROUP_MEMBERSHIP, now_ms, "DescribeGroups")
    if error:
        return hidden_group(name, error, provenance)
    protocol_type = str(group["protocol_type"] or "")
    members = list(group["members"])
    try:
        subscribed = _union(subscribed_topics(protocol_type, bytes(m["member_metadata"] or b"")) for m in members)
        assigned = _union(assigned_topics(protocol_type, bytes(m["member_assignment"] or b"")) for m in members)
    except MemberUndecodable:
        hides = "which topics the group's members ask for; its committed offsets still count"
        return NotVisible(provenance, "group", name, "undecodable-members", hides)
    return GroupSeen(
        provenance=provenance,
        group=name,
        group_type="classic",
        protocol_type=protocol_type,
        state=str(group["group_state"]),
        members=len(members),
        subscribed=subscribed,
        assigned=assigned,
        client_ids=tuple(sorted({str(m["client_id"]) for m in members})),
    )


def listed_only(group: ListedGroup, now_ms: int) -> tuple[GroupSeen, NotVisible]:
    """A group of a type whose members need another describe call than the classic one."""
    provenance = Provenance(Channel.GROUP_MEMBERSHIP, now_ms, "ListGroups")
    seen = GroupSeen(provenance, group.name, group.group_type, group.protocol_type, group.state, members=0)
    hides = f"the members of a {group.group_type} group; its committed offsets, where it keeps any, still count"
    return seen, NotVisible(provenance, "group", group.name, f"{group.group_type}-group-members-not-asked", hides)


def hidden_group(name: str, error: int, provenance: Provenance) -> NotVisible | None:
    """A group that the broker would not describe; None when it only could not at this moment.

    A fact is stored for ever: an error that the next poll no longer meets must not become one.
    """
    if error in MOMENTARY:
        return None
    reason = "no-describe-right" if error in NOT_AUTHORIZED else f"kafka-error-{error}"
    return NotVisible(provenance, "group", name, reason, "the group's members and the topics that they read")


def decode_commits(groups: Iterable[Mapping[str, Any]]) -> tuple[list[Commit], dict[str, int]]:
    """Translate the groups of an OffsetFetch v8 answer: commits, and error codes by group."""
    commits: list[Commit] = []
    errors: dict[str, int] = {}
    for group in groups:
        name = str(group["group_id"])
        if group["error_code"]:
            errors[name] = int(group["error_code"])
            continue
        commits += [
            Commit(name, str(topic["name"]), int(partition["partition_index"]), int(partition["committed_offset"]))
            for topic in group["topics"]
            for partition in topic["partitions"]
            if not partition["error_code"] and partition["committed_offset"] >= 0
        ]
    return commits, errors


def commit_fact(commit: Commit, end_offset: int, now_ms: int) -> OffsetCommitted:
    """The fact of one committed offset."""
    provenance = Provenance(Channel.COMMITTED_OFFSETS, now_ms, "OffsetFetch")
    return OffsetCommitted(provenance, commit.group, commit.topic, commit.partition, commit.offset, end_offset)


def _union(topics: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({topic for some in topics for topic in some}))
