"""The groups source: every kind of group that a cluster lists, looked into by the API of its kind."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence

from flowaudit.facts import Channel, Fact, GroupSeen, NotVisible, OffsetCommitted, Provenance, StreamsTopologySeen
from flowaudit.sources.groups.ask import GroupsClient
from flowaudit.sources.groups.commits import TopicCommits
from flowaudit.sources.groups.decode import (
    SHARE,
    ListedGroup,
    excluded_group,
    filtered_listing,
    filtered_offsets,
    hidden_group,
    old_broker,
    refused_topic,
    undescribable,
    without_members,
)
from flowaudit.sources.groups.progress import Progress, commit_facts, partitions_of, share_fact
from flowaudit.sources.groups.questions import DESCRIBE, LIST
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_admin.end_offsets import end_offsets
from flowaudit.sources.kafka_admin.rights import PROBE_TOPIC, may_describe_cluster, refused_topics
from flowaudit.sources.news import News


class GroupsSource:
    """Which groups there are, what their members ask for, and how far each has read."""

    name = "groups"

    def __init__(self, session: AdminSession, exclude: Sequence[str] = ()) -> None:
        """`exclude` are regular expressions; groups whose whole name matches one are left out, and said to be."""
        self._session = session
        self._exclude = [re.compile(pattern) for pattern in exclude]
        self._news = News()
        self._progress = Progress()

    def poll(self, now_ms: int) -> list[Fact]:
        """New groups, changed memberships, offsets that moved, and groups that may not be looked into.

        What a broker cannot answer at this moment (a coordinator that loads or moves) is left to the next poll.
        """
        brokers = self._session.brokers()
        client = GroupsClient(self._session, brokers)
        listing = client.list()
        excluded = {group.name for group in listing.groups if self._is_excluded(group.name)}
        groups = [group for group in listing.groups if group.name not in excluded]
        told: list[Fact | None] = [excluded_group(name, now_ms) for name in sorted(excluded)]
        if brokers:
            told.append(filtered_listing(listing, may_describe_cluster(self._session, brokers[0]), now_ms))
        if not all(client.speaks(broker, LIST) for broker in brokers):
            told.append(old_broker(now_ms))
        idle = self._progress.idle(now_ms)
        not_asked = {group.name for group in groups if group.has_no_members and group.name in idle}
        commits = client.commits(
            _by_coordinator(g for g in groups if g.group_type != SHARE and g.name not in not_asked)
        )
        shares = client.share_starts(_by_coordinator(group for group in groups if group.group_type == SHARE))
        told += _hidden(commits.errors, "OffsetFetch", Channel.COMMITTED_OFFSETS, now_ms)
        told += _hidden(shares.errors, "DescribeShareGroupOffsets", Channel.COMMITTED_OFFSETS, now_ms)
        refused = commits.errors.keys() | shares.errors.keys()
        told += self._members(client, [group for group in groups if group.name not in refused], now_ms)
        if groups:
            told += self._refused_topics(told, {topic.topic for topic in commits.topics}, now_ms)
        ends = end_offsets(self._session, {(share.topic, share.partition) for share in shares.partitions})
        told += [share_fact(share, ends, now_ms) for share in shares.partitions]
        moved = self._moved(commits.topics, not_asked, now_ms)
        return [*self._news.of_all((_key(fact), fact) for fact in told if fact), *moved]

    def _is_excluded(self, name: str) -> bool:
        return any(pattern.fullmatch(name) for pattern in self._exclude)

    def _members(self, client: GroupsClient, groups: Iterable[ListedGroup], now_ms: int) -> Iterator[Fact | None]:
        to_describe: dict[str, list[ListedGroup]] = {}
        for group in groups:
            how = DESCRIBE.get(group.group_type)
            if group.has_no_members:
                yield without_members(group, now_ms)
            elif how is None or not client.speaks(group.coordinator, how.api):
                yield undescribable(group, now_ms)
            else:
                to_describe.setdefault(group.group_type, []).append(group)
        for group_type, some in to_describe.items():
            how = DESCRIBE[group_type]
            errors: dict[str, int] = {}
            for described in client.describe(how, _by_coordinator(some), now_ms):
                if described.error:
                    errors[described.group] = described.error
                yield from described.facts
            yield from _hidden(errors, how.reference, Channel.GROUP_MEMBERSHIP, now_ms)

    def _refused_topics(
        self, told: Iterable[Fact | None], committed: Iterable[str], now_ms: int
    ) -> Iterator[NotVisible | None]:
        asked_for = {topic for fact in told if isinstance(fact, GroupSeen) for topic in fact.subscribed + fact.assigned}
        refused = refused_topics(self._session, {PROBE_TOPIC, *asked_for.difference(committed)})
        yield filtered_offsets(PROBE_TOPIC in refused, now_ms)
        for topic in sorted(refused - {PROBE_TOPIC}):
            yield refused_topic(topic, now_ms)

    def _moved(self, commits: Sequence[TopicCommits], not_asked: Collection[str], now_ms: int) -> list[OffsetCommitted]:
        moves = list(self._progress.moves(commits, now_ms))
        ends = end_offsets(self._session, partitions_of(moves))
        facts = list(commit_facts(moves, ends, now_ms))
        self._progress.remember(commits, moves, now_ms, not_asked)
        return facts


def _by_coordinator(groups: Iterable[ListedGroup]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for group in groups:
        found.setdefault(group.coordinator, []).append(group.name)
    return found


def _hidden(errors: Mapping[str, int], reference: str, channel: Channel, now_ms: int) -> Iterator[NotVisible | None]:
    provenance = Provenance(channel, now_ms, reference)
    for name, error in errors.items():
        yield hidden_group(name, error, provenance)


def _key(fact: Fact) -> Hashable:
    """What a fact speaks about."""
    match fact:
        case GroupSeen() | StreamsTopologySeen():
            return type(fact), fact.group
        case OffsetCommitted():
            return fact.group, fact.topic, fact.partition
        case NotVisible():
            return fact.subject, fact.name, fact.reason, fact.provenance.channel
        case _:
            return fact
