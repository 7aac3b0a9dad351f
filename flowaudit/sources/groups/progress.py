"""Telling committed offsets when they are news: at once when new, now and then while they move. Pure.

The same rule as `News`, kept for all partitions of a group and topic together: an estate commits far more offsets than
it has anything else, and most are the same as at the last poll.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from flowaudit.facts import Channel, OffsetCommitted, Provenance
from flowaudit.sources.groups.commits import ShareStart, TopicCommits
from flowaudit.sources.news import PROGRESS_MS, REFRESH_MS

Ends = Mapping[tuple[str, int], int]
"""(topic, partition) → end offset"""


class Move(NamedTuple):
    """Commits that are worth telling: those that differ from `before`, or all when there was nothing before."""

    commits: TopicCommits
    before: TopicCommits | None

    def offsets(self) -> Iterator[tuple[int, int]]:
        """(partition, committed offset)"""
        if self.before is None:
            return self.commits.offsets()
        known = set(self.before.offsets())
        return (offset for offset in self.commits.offsets() if offset not in known)


class _Told(NamedTuple):
    commits: TopicCommits
    moved_ms: int
    """When a move was told last."""
    all_ms: int
    """When all partitions were told last."""


class Progress:
    """Remembers which commits were told. That a topic grows is told with its groups' moves, and once a minute."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], _Told] = {}

    def moves(self, commits: Iterable[TopicCommits], now_ms: int) -> Iterator[Move]:
        """What is worth telling of all commits that there are now."""
        for topic in commits:
            told = self._told.get(topic[:2])
            if told is None or now_ms - told.all_ms >= REFRESH_MS:
                yield Move(topic, None)
            elif told.commits.packed != topic.packed and now_ms - told.moved_ms >= PROGRESS_MS:
                yield Move(topic, told.commits)

    def remember(self, commits: Iterable[TopicCommits], moves: Iterable[Move], now_ms: int) -> None:
        """The `moves` were told; of what is not among `commits` any more nothing is remembered."""
        there = {topic[:2] for topic in commits}
        for gone in self._told.keys() - there:
            del self._told[gone]
        for topic, before in moves:
            key = topic[:2]
            self._told[key] = _Told(topic, now_ms, now_ms if before is None else self._told[key].all_ms)


def commit_facts(moves: Iterable[Move], ends: Ends, now_ms: int) -> Iterator[OffsetCommitted]:
    """The facts of commits that moved."""
    provenance = Provenance(Channel.COMMITTED_OFFSETS, now_ms, "OffsetFetch")
    for move in moves:
        group, topic, _ = move.commits
        for partition, offset in move.offsets():
            yield OffsetCommitted(provenance, group, topic, partition, offset, ends.get((topic, partition), -1))


def share_fact(share: ShareStart, ends: Ends, now_ms: int) -> OffsetCommitted:
    """The fact of a share group's start offset.

    Records above the start that are done already, out of turn, count as read: where the lag is known, the end is told
    as that much above the start.
    """
    provenance = Provenance(Channel.COMMITTED_OFFSETS, now_ms, "DescribeShareGroupOffsets")
    end = share.start + share.lag if share.lag >= 0 else ends.get((share.topic, share.partition), -1)
    return OffsetCommitted(provenance, share.group, share.topic, share.partition, share.start, end)
