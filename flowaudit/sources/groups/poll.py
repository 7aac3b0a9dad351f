"""Asks the cluster for its groups, their members and their committed offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kafka.protocol.admin import DescribeGroupsRequest, ListGroupsRequest
from kafka.protocol.consumer import OffsetFetchRequest

from flowaudit.facts import Channel, Fact, NotVisible, Provenance
from flowaudit.sources.groups.decode import (
    Commit,
    ListedGroup,
    Listing,
    commit_fact,
    decode_commits,
    decode_description,
    decode_listing,
    hidden_group,
    listed_only,
)
from flowaudit.sources.kafka_admin import AdminSession
from flowaudit.sources.kafka_admin.coordinators import find_coordinators
from flowaudit.sources.kafka_admin.end_offsets import end_offsets
from flowaudit.sources.news import News

_GROUPS_A_REQUEST: Final = 500
"""Larger chunks gain nothing and hold a larger answer in memory."""


class GroupsSource:
    """Three questions to the cluster: which groups, which members, how far has each read."""

    name = "groups"

    def __init__(self, session: AdminSession, exclude: Sequence[str] = ()) -> None:
        """`exclude` are regular expressions; groups whose whole name matches one are left out, and said to be."""
        self._session = session
        self._exclude = [re.compile(pattern) for pattern in exclude]
        self._news = News()

    def poll(self, now_ms: int) -> list[Fact]:
        """New groups, changed memberships, offsets that moved, and groups that may not be looked into.

        What a broker cannot answer at this moment (a coordinator that loads or moves) is left to the next poll.
        """
        listing = self._list()
        told: list[tuple[object, Fact]] = [
            (("excluded", group.name), _excluded(group.name, now_ms))
            for group in listing.groups
            if self._is_excluded(group.name)
        ]
        told += self._look_into([group for group in listing.groups if not self._is_excluded(group.name)], now_ms)
        if listing.is_silent:
            told.append(("silence", _silence(now_ms)))
        self._news.forget_all_but(key for key, _ in told)
        return list(self._news.of(told))

    def _is_excluded(self, name: str) -> bool:
        return any(pattern.fullmatch(name) for pattern in self._exclude)

    def _list(self) -> Listing:
        answers = (self._session.send(ListGroupsRequest(), broker) for broker in self._session.brokers())
        return decode_listing(answer.to_dict(json=False) for answer in answers)

    def _look_into(self, groups: Sequence[ListedGroup], now_ms: int) -> Iterator[tuple[object, Fact]]:
        found = find_coordinators(self._session, [group.name for group in groups])
        yield from _hidden(found.errors, Provenance(Channel.GROUP_MEMBERSHIP, now_ms, "FindCoordinator"))
        classic = {group.name for group in groups if group.group_type == "classic"}
        for broker, names in found.groups.items():
            yield from self._members(broker, [name for name in names if name in classic], now_ms)
        for group in groups:
            if group.name not in classic:
                for fact in listed_only(group, now_ms):
                    yield (type(fact).__name__, group.name), fact
        yield from self._commits(found.groups, now_ms)

    def _members(self, broker: int, names: Sequence[str], now_ms: int) -> Iterator[tuple[object, Fact]]:
        for some in _chunks(names):
            answer = self._session.send(DescribeGroupsRequest(groups=some), broker)
            for group in answer.groups:
                fact = decode_description(group.to_dict(json=False), now_ms)
                if fact is not None:
                    yield ("members", group.group_id), fact

    def _commits(self, groups: Mapping[int, Sequence[str]], now_ms: int) -> Iterator[tuple[object, Fact]]:
        commits: list[Commit] = []
        for broker, names in groups.items():
            for some in _chunks(names):
                answer = self._session.send(_fetch_offsets(some), broker)
                found, errors = decode_commits(group.to_dict(json=False) for group in answer.groups)
                commits += found
                yield from _hidden(errors, Provenance(Channel.COMMITTED_OFFSETS, now_ms, "OffsetFetch"))
        ends = end_offsets(self._session, {(commit.topic, commit.partition) for commit in commits})
        for commit in commits:
            end = ends.get((commit.topic, commit.partition), -1)
            yield ("commit", commit.group, commit.topic, commit.partition), commit_fact(commit, end, now_ms)


def _fetch_offsets(names: Sequence[str]) -> object:
    group = OffsetFetchRequest.OffsetFetchRequestGroup
    asked = [group(group_id=name, topics=None) for name in names]
    return OffsetFetchRequest(groups=asked, min_version=8, max_version=8)


def _excluded(name: str, now_ms: int) -> NotVisible:
    provenance = Provenance(Channel.GROUP_MEMBERSHIP, now_ms, "the configuration, groups.exclude")
    return NotVisible(provenance, "group", name, "excluded", "what the group reads: it was left out on purpose")


def _hidden(errors: Mapping[str, int], provenance: Provenance) -> Iterator[tuple[object, Fact]]:
    for name, error in errors.items():
        fact = hidden_group(name, error, provenance)
        if fact is not None:
            yield (provenance.reference, name), fact


def _silence(now_ms: int) -> NotVisible:
    provenance = Provenance(Channel.GROUP_MEMBERSHIP, now_ms, "ListGroups")
    hides = "every reader: the broker leaves groups out without a word when the principal may not describe them"
    return NotVisible(provenance, "cluster", "groups", "no-group-listed", hides)


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _GROUPS_A_REQUEST):
        yield names[start : start + _GROUPS_A_REQUEST]
