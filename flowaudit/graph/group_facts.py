"""Consumer groups: what they ask for, what they committed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from flowaudit.facts import Channel, GroupSeen, OffsetCommitted, Provenance
from flowaudit.graph.draft import EdgeDraft, NodeDraft, group_node, observed, topic_node
from flowaudit.graph.evidence import Detail, EdgeKind, Evidence
from flowaudit.graph.internal import AUDITOR_CLIENT_PREFIX, is_faust_machinery
from flowaudit.graph.seen import Seen, detail, exact, seen_at

_CONNECT: Final = "connect"
_NUMBER: Final = re.compile(r"-\d+$")


class _Look(NamedTuple):
    """A group as it was last seen; the order of the fields breaks ties of time."""

    is_said: bool
    """False: the source saw the group and cannot say how it is. That replaces no look that could."""
    observed_ms: int
    state: str
    group_type: str
    protocol_type: str
    members: int


class _Group(NamedTuple):
    latest: _Look
    has_foreign_client: bool
    has_own_client: bool


class _Membership(NamedTuple):
    seen: Seen
    assigned: bool


class _Progress(NamedTuple):
    seen: Seen
    highest: int
    highest_end: int
    latest: tuple[int, int, int]
    """(observed_ms, committed offset, end offset) of the latest commit that was read."""


class GroupFacts:
    """Merges `GroupSeen` and `OffsetCommitted`; any order and any repetition gives the same."""

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {}
        self._clients: dict[str, frozenset[str]] = {}
        """Client ids without the number at their end."""
        self._urls: dict[str, frozenset[str]] = {}
        self._memberships: dict[tuple[str, str, Channel], _Membership] = {}
        self._progress: dict[tuple[str, str, Channel, int], _Progress] = {}

    def copy(self) -> GroupFacts:
        """An accumulator that can go its own way."""
        twin = GroupFacts()
        twin._groups = self._groups.copy()
        twin._clients = self._clients.copy()
        twin._urls = self._urls.copy()
        twin._memberships = self._memberships.copy()
        twin._progress = self._progress.copy()
        return twin

    def add_group(self, fact: GroupSeen) -> None:
        """Take in one describe call."""
        provenance = fact.provenance
        at = provenance.observed_ms
        look = _Look(bool(fact.state), at, fact.state, fact.group_type, fact.protocol_type, fact.members)
        own = [client.startswith(AUDITOR_CLIENT_PREFIX) for client in fact.client_ids]
        group = _Group(look, not all(own), any(own))
        if (known := self._groups.get(fact.group)) is not None:
            group = _Group(
                max(known.latest, look),
                known.has_foreign_client or group.has_foreign_client,
                known.has_own_client or group.has_own_client,
            )
        self._groups[fact.group] = group
        self._clients[fact.group] = self._clients.get(fact.group, frozenset()).union(map(_stem, fact.client_ids))
        self._urls[fact.group] = self._urls.get(fact.group, frozenset()).union(fact.urls)
        assigned = frozenset(fact.assigned)
        for topic in assigned.union(fact.subscribed):
            self._join(fact.group, topic, provenance, assigned=topic in assigned)

    def add_commit(self, fact: OffsetCommitted) -> None:
        """Take in one committed offset."""
        if fact.offset < 0:
            return
        seen = seen_at(fact.provenance)
        latest = (fact.provenance.observed_ms, fact.offset, fact.end_offset)
        progress = _Progress(seen, fact.offset, fact.end_offset, latest)
        key = (fact.group, fact.topic, fact.provenance.channel, fact.partition)
        if (known := self._progress.get(key)) is not None:
            progress = _Progress(
                known.seen.merge(seen),
                max(known.highest, fact.offset),
                max(known.highest_end, fact.end_offset),
                max(known.latest, latest),
            )
        self._progress[key] = progress

    def auditor_groups(self) -> frozenset[str]:
        """Groups all of whose clients bear the auditor's own client ids."""
        return frozenset(
            name for name, group in self._groups.items() if group.has_own_client and not group.has_foreign_client
        )

    def names(self) -> frozenset[str]:
        """Every group that was seen, however."""
        return frozenset(self._groups.keys() | {key[0] for key in self._progress})

    def client_stems(self, group: str) -> frozenset[str]:
        """All client ids that were ever seen in the group, without the numbers at their ends."""
        return self._clients.get(group, frozenset())

    def connect_workers(self) -> dict[str, frozenset[str]]:
        """Groups of Kafka Connect workers, with the addresses that their workers announce."""
        return {
            name: self._urls.get(name, frozenset())
            for name, group in self._groups.items()
            if group.latest.protocol_type == _CONNECT
        }

    def nodes(self) -> Iterator[NodeDraft]:
        """A node a group."""
        for name in self.names():
            group = self._groups.get(name)
            attributes: Detail = ()
            if group is not None:
                look = group.latest
                attributes = detail(
                    state=look.state, group_type=look.group_type, protocol_type=look.protocol_type, members=look.members
                )
            yield NodeDraft(group_node(name), attributes)

    def edges(self) -> Iterator[EdgeDraft]:
        """`consumes` edges, one draft a channel. A Faust app's own machinery is left out."""
        topics = self._topics_by_group()
        for draft in (*self._membership_edges(), *self._progress_edges()):
            group, topic = draft.target.name, draft.source.name
            if not is_faust_machinery(group, topic, topics[group]):
                yield draft

    def _join(self, group: str, topic: str, provenance: Provenance, *, assigned: bool) -> None:
        key = (group, topic, provenance.channel)
        membership = _Membership(seen_at(provenance), assigned)
        if (known := self._memberships.get(key)) is not None:
            membership = _Membership(known.seen.merge(membership.seen), known.assigned or assigned)
        self._memberships[key] = membership

    def _topics_by_group(self) -> dict[str, set[str]]:
        topics: dict[str, set[str]] = {}
        for keys in ((key[:2] for key in self._memberships), (key[:2] for key in self._progress)):
            for group, topic in keys:
                topics.setdefault(group, set()).add(topic)
        return topics

    def _membership_edges(self) -> Iterator[EdgeDraft]:
        for (group, topic, channel), membership in self._memberships.items():
            known = detail(
                assigned=int(membership.assigned),
                members=self._groups[group].latest.members,
                state=self._groups[group].latest.state,
            )
            yield _consumes(topic, group, observed(channel, membership.seen, known))

    def _progress_edges(self) -> Iterator[EdgeDraft]:
        ends: dict[tuple[str, int], int] = {}
        for (_, topic, _, partition), progress in self._progress.items():
            ends[topic, partition] = max(progress.highest_end, ends.get((topic, partition), -1))
        commits: dict[tuple[str, str, Channel], list[_Progress]] = {}
        for (group, topic, channel, partition), progress in self._progress.items():
            capped = progress._replace(highest_end=ends[topic, partition])
            commits.setdefault((group, topic, channel), []).append(capped)
        for (group, topic, channel), partitions in commits.items():
            seen = partitions[0].seen
            for progress in partitions[1:]:
                seen = seen.merge(progress.seen)
            read = exact(sum(_believable(progress) for progress in partitions))
            asked = [p.latest for p in partitions if p.latest[2] >= 0]
            known: dict[str, int] = {"committed_records": read, "partitions": len(partitions)}
            if asked:
                known["lag_records"] = sum(max(end - offset, 0) for _, offset, end in asked)
                known["position_records"] = exact(sum(min(offset, end) for _, offset, end in asked))
            yield _consumes(topic, group, observed(channel, seen, detail(**known)), read)


def _stem(client_id: str) -> str:
    return _NUMBER.sub("", client_id)


def _believable(progress: _Progress) -> int:
    """Any client may commit any number; nobody has read past the end, where anybody asked for it."""
    return progress.highest if progress.highest_end < 0 else min(progress.highest, progress.highest_end)


def _consumes(topic: str, group: str, evidence: Evidence, records: int = 0) -> EdgeDraft:
    return EdgeDraft(topic_node(topic), group_node(group), EdgeKind.CONSUMES, evidence, records)
