"""ListGroups answers → groups, and what stays hidden of them → facts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from flowaudit.facts import Channel, Fact, GroupSeen, NotVisible, Provenance
from flowaudit.sources.kafka_admin.answers import AnswerReader
from flowaudit.sources.kafka_admin.error_codes import MOMENTARY, NOT_AUTHORIZED
from flowaudit.sources.wire import INT16, INT32

CLASSIC: Final = "classic"
CONSUMER: Final = "consumer"
SHARE: Final = "share"
STREAMS: Final = "streams"
_EMPTY: Final = "Empty"
_FIRST_WITH_STATE: Final = 4
_FIRST_WITH_TYPE: Final = 5


class ListedGroup(NamedTuple):
    """A group as ListGroups shows it."""

    name: str
    group_type: str
    protocol_type: str
    state: str
    """Empty for a broker before Kafka 2.6."""
    coordinator: int
    """The broker that lists it: each lists the groups that it coordinates."""

    @property
    def has_no_members(self) -> bool:
        """Does the listing itself say all that a describe call could say?"""
        return self.state == _EMPTY and self.group_type != STREAMS


class Listing(NamedTuple):
    """What all brokers together list."""

    groups: tuple[ListedGroup, ...]
    is_silent: bool
    """No group is listed, and no broker may know one that it could not list at this moment."""


class Described(NamedTuple):
    """What a broker says of one group: an error, or facts. Neither: there is nothing that could be believed."""

    group: str
    error: int
    facts: tuple[Fact, ...] = ()


def decode_listing(answers: Iterable[tuple[int, int, bytes]]) -> Listing:
    """Translate ListGroups answers: (broker, version from 3 to 5, answer), one a broker.

    The groups of a broker that answers with an error are not known. Only clean answers, and refusals, make a silence:
    a coordinator that is still loading its groups is no proof that there are none.

    Raises:
        AnswerUndecodable: the bytes are no such answer.
    """
    groups: dict[str, ListedGroup] = {}
    errors: set[int] = set()
    for broker, version, answer in answers:
        reader = AnswerReader(answer)
        reader.skip(INT32.size)
        error = reader.number(INT16)
        errors.add(error)
        listed = [_listed(reader, version, broker) for _ in range(reader.length())]
        groups |= {} if error else {group.name: group for group in listed}
    silent = bool(errors) and not groups and errors <= {0, *NOT_AUTHORIZED}
    return Listing(tuple(groups[name] for name in sorted(groups)), silent)


def _listed(reader: AnswerReader, version: int, coordinator: int) -> ListedGroup:
    name, protocol_type = reader.string(), reader.string()
    state = reader.string() if version >= _FIRST_WITH_STATE else ""
    group_type = reader.string().lower() if version >= _FIRST_WITH_TYPE else ""
    reader.skip_tags()
    return ListedGroup(name, group_type or CLASSIC, protocol_type, state, coordinator)


def without_members(group: ListedGroup, now_ms: int) -> GroupSeen:
    """A group that nobody is a member of."""
    provenance = Provenance(Channel.GROUP_MEMBERSHIP, now_ms, "ListGroups")
    return GroupSeen(provenance, group.name, group.group_type, group.protocol_type, group.state, members=0)


def hidden_group(name: str, error: int, provenance: Provenance) -> NotVisible | None:
    """A group that the broker would not describe; None when it only could not at this moment.

    A fact is stored for ever: an error that the next poll no longer meets must not become one. A KIP-848, share or
    streams group is refused as a whole when the principal may not describe one of its topics.
    """
    if error in MOMENTARY:
        return None
    reason = "no-describe-right" if error in NOT_AUTHORIZED else f"kafka-error-{error}"
    return NotVisible(provenance, "group", name, reason, "the group's members and the topics that they read")


def undescribable(group: ListedGroup, now_ms: int) -> NotVisible:
    """A group of a type that its coordinator cannot describe to us."""
    provenance = Provenance(Channel.GROUP_MEMBERSHIP, now_ms, "ApiVersions")
    hides = f"the members of a {group.group_type} group, and what such a group alone tells of its progress"
    return NotVisible(provenance, "group", group.name, "broker-too-old", hides)


def excluded_group(name: str, now_ms: int) -> NotVisible:
    """A group that the configuration leaves out."""
    provenance = Provenance(Channel.GROUP_MEMBERSHIP, now_ms, "the configuration, groups.exclude")
    return NotVisible(provenance, "group", name, "excluded", "what the group reads: it was left out on purpose")


def filtered_listing(listing: Listing, may_describe_cluster: bool | None, now_ms: int) -> NotVisible | None:
    """ListGroups leaves out groups without a word, unless the principal holds DESCRIBE on the cluster.

    None in `may_describe_cluster`: the broker does not tell.
    """
    provenance = Provenance(Channel.GROUP_MEMBERSHIP, now_ms, "ListGroups")
    if may_describe_cluster:
        return None
    if listing.is_silent:
        hides = "every reader: the broker leaves groups out without a word when the principal may not describe them"
        return NotVisible(provenance, "cluster", "groups", "no-group-listed", hides)
    if may_describe_cluster is None or not listing.groups:
        return None
    hides = "groups may be filtered: without DESCRIBE on the cluster the broker lists only those that may be described"
    return NotVisible(provenance, "cluster", "groups", "no-describe-right", hides)


def old_broker(now_ms: int) -> NotVisible:
    """A broker that is too old to be asked for its groups."""
    provenance = Provenance(Channel.GROUP_MEMBERSHIP, now_ms, "ApiVersions")
    hides = "the groups that a broker before Kafka 2.4 coordinates: it does not speak the versions that are asked for"
    return NotVisible(provenance, "cluster", "groups", "broker-too-old", hides)


def filtered_offsets(refused: bool, now_ms: int) -> NotVisible | None:
    """OffsetFetch leaves out topics that the principal may not describe, without a word."""
    if not refused:
        return None
    provenance = Provenance(Channel.COMMITTED_OFFSETS, now_ms, "OffsetFetch")
    hides = "commits may be filtered: the broker leaves out the offsets of topics that the principal may not describe"
    return NotVisible(provenance, "cluster", "committed offsets", "no-describe-right", hides)


def refused_topic(name: str, now_ms: int) -> NotVisible:
    """A topic that a member asks for and that the principal may not describe."""
    provenance = Provenance(Channel.COMMITTED_OFFSETS, now_ms, "Metadata")
    hides = "which groups committed offsets for the topic: the broker leaves them out of its answers"
    return NotVisible(provenance, "topic", name, "no-describe-right", hides)


def union(topics: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """All of some names, sorted, each once."""
    return tuple(sorted({topic for some in topics for topic in some}))
