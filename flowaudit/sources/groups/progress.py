"""Telling committed offsets when they are news: at once when new, now and then while they move. Pure.

The same rule as `News`, kept for all partitions of a group and topic together: an estate commits far more offsets than
it has anything else, and most are the same as at the last poll.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from flowaudit.facts import Channel, OffsetCommitted, Provenance
from flowaudit.sources.groups.commits import ShareStart, TopicCommits
from flowaudit.sources.news import PROGRESS_MS, REFRESH_MS

IDLE_MS: Final = 60_000
"""Commits that have not moved for so long are looked at once a minute, as long as nobody is a member of the group."""
Ends = Mapping[tuple[str, int], int]
"""(topic, partition) → end offset"""


class Move(NamedTuple):
    """Commits of a group and topic that are worth telling."""

    commits: TopicCommits
    offsets: list[tuple[int, int]]
    """(partition, committed offset): all of them, or those that moved."""
    is_all: bool


class _Told(NamedTuple):
    commits: TopicCommits
    moved_ms: int
    """When a move was told last."""
    all_ms: int
    """When all partitions were told last."""
    same_since_ms: int


class Progress:
    """Remembers which commits were told. That a topic grows is told with its groups' moves, and once a minute."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], _Told] = {}

    def moves(self, commits: Iterable[TopicCommits], now_ms: int) -> Iterator[Move]:
        """What is worth telling of all commits that there are now."""
        for topic in commits:
            told = self._told.get(topic[:2])
            if told is None or now_ms - told.all_ms >= REFRESH_MS:
                yield Move(topic, topic.offsets(), is_all=True)
            elif told.commits.packed != topic.packed and now_ms - told.moved_ms >= PROGRESS_MS:
                known = set(told.commits.offsets())
                yield Move(topic, [offset for offset in topic.offsets() if offset not in known], is_all=False)

    def idle(self, now_ms: int) -> frozenset[str]:
        """Groups whose commits have not moved for a while, and need not be told again yet."""
        others = {
            group
            for (group, _), told in self._told.items()
            if now_ms - told.same_since_ms < IDLE_MS or now_ms - told.all_ms >= REFRESH_MS
        }
        return frozenset(group for group, _ in self._told if group not in others)

    def remember(
        self, commits: Iterable[TopicCommits], moves: Iterable[Move], now_ms: int, not_asked: Collection[str] = ()
    ) -> None:
        """The `moves` were told. Of what is not there any more nothing is remembered: it is not among `commits`.

        `not_asked` are groups that were left as they are known.
        """
        there = {topic[:2] for topic in commits}
        for gone in [key for key in self._told if key not in there and key[0] not in not_asked]:
            del self._told[gone]
        for topic, _, is_all in moves:
            key = topic[:2]
            told = self._told.get(key)
            same = told is not None and told.commits.packed == topic.packed
            self._told[key] = _Told(
                topic,
                moved_ms=now_ms,
                all_ms=now_ms if told is None or is_all else told.all_ms,
                same_since_ms=told.same_since_ms if told is not None and same else now_ms,
            )


def partitions_of(moves: Iterable[Move]) -> set[tuple[str, int]]:
    """(topic, partition) of all commits that moved; most groups of a topic commit for the same partitions."""
    alike = {(move.commits.topic, tuple([partition for partition, _ in move.offsets])) for move in moves}
    return {(topic, partition) for topic, partitions in alike for partition in partitions}


def commit_facts(moves: Iterable[Move], ends: Ends, now_ms: int) -> Iterator[OffsetCommitted]:
    """The facts of commits that moved."""
    provenance = Provenance(Channel.COMMITTED_OFFSETS, now_ms, "OffsetFetch")
    for (group, topic, _), offsets, _ in moves:
        for partition, offset in offsets:
            yield OffsetCommitted(provenance, group, topic, partition, offset, ends.get((topic, partition), -1))


def share_fact(share: ShareStart, ends: Ends, now_ms: int) -> OffsetCommitted:
    """The fact of a share group's start offset.

    Records above the start that are done already, out of turn, count as read: where the lag is known, the end is told
    as that much above the start.
    """
    provenance = Provenance(Channel.COMMITTED_OFFSETS, now_ms, "DescribeShareGroupOffsets")
    end = share.start + share.lag if share.lag >= 0 else ends.get((share.topic, share.partition), -1)
    return OffsetCommitted(provenance, share.group, share.topic, share.partition, share.start, end)
