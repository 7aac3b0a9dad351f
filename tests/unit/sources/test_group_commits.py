"""Committed offsets: read as they come, told when they are news."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.sources.groups.commits import (
    ShareStart,
    TopicCommits,
    decode_commits,
    decode_commits_of,
    decode_share_starts,
)
from flowaudit.sources.groups.progress import IDLE_MS, Progress, commit_facts, share_fact
from flowaudit.sources.news import PROGRESS_MS, REFRESH_MS
from flowaudit.sources.wire import INT16, INT32, INT64, NO_TAGS, NULL, array, string
from tests.unit.sources.group_answers import OFFSETS_OF_ALONE_V7, OFFSETS_V8, SHARE_OFFSETS_V0, SHARE_OFFSETS_V1

NOT_THROTTLED = INT32.pack(0)
NOTES = (NULL, string(""), string("a note"))
TAGS = (NO_TAGS, b"\x01\x05\x02ab")

partitions = st.lists(
    st.tuples(
        st.integers(0, 2**31 - 1),
        st.integers(-1, 2**63 - 1),
        st.sampled_from(NOTES),
        st.sampled_from([0, 0, 29]),
        st.sampled_from(TAGS),
    ),
    max_size=8,
)


def packed(**offsets: int) -> bytes:
    return b"".join(struct.pack(">iqiBhB", int(p[1:]), offset, -1, 0, 0, 0) for p, offset in offsets.items())


def commits(**offsets: int) -> TopicCommits:
    return TopicCommits("g", "t", packed(**offsets))


def told(progress: Progress, now_ms: int, *topics: TopicCommits) -> list[tuple[int, int, int]]:
    """(partition, offset, end) of the facts of one poll."""
    moves = list(progress.moves(topics, now_ms))
    facts = list(commit_facts(moves, {("t", 0): 100}, now_ms))
    progress.remember(topics, moves, now_ms)
    return [(fact.partition, fact.offset, fact.end_offset) for fact in facts]


def test_the_commits_of_many_groups_come_in_one_answer() -> None:
    found = decode_commits(OFFSETS_V8)
    assert [(each.group, each.topic, list(each.offsets())) for each in found.topics] == [
        ("alone", "t", [(0, 5)]),
        ("alone2", "t", [(0, 6)]),
    ]
    assert found.errors == {}


def test_an_older_answer_holds_one_group() -> None:
    (only,) = decode_commits_of("alone", OFFSETS_OF_ALONE_V7).topics
    assert (only.group, only.topic, list(only.offsets())) == ("alone", "t", [(0, 5)])


@given(partitions)
def test_notes_and_tags_change_nothing(entries: list[tuple[int, int, bytes, int, bytes]]) -> None:
    encoded = [
        INT32.pack(partition) + INT64.pack(offset) + INT32.pack(3) + note + INT16.pack(error) + tags
        for partition, offset, note, error, tags in entries
    ]
    topic = string("t") + array(encoded) + NO_TAGS
    answer = NOT_THROTTLED + array([string("g") + array([topic]) + INT16.pack(0) + NO_TAGS]) + NO_TAGS
    (found,) = decode_commits(answer).topics
    expected = [(partition, offset) for partition, offset, _, error, _ in entries if offset >= 0 and not error]
    assert list(found.offsets()) == expected


@pytest.mark.parametrize(("answer", "version", "lag"), [(SHARE_OFFSETS_V0, 0, -1), (SHARE_OFFSETS_V1, 1, 7)])
def test_a_share_group_is_known_from_its_start_offset_on(answer: bytes, version: int, lag: int) -> None:
    found = decode_share_starts(answer, version)
    assert found.partitions == [ShareStart("share2", "t", 0, 5, lag)]
    assert found.errors == {}


def test_the_end_of_a_share_group_is_its_lag_above_its_start() -> None:
    assert share_fact(ShareStart("g", "t", 0, 5, 7), {("t", 0): 100}, 7).end_offset == 12
    assert share_fact(ShareStart("g", "t", 0, 5, -1), {("t", 0): 100}, 7).end_offset == 100


def test_new_commits_are_told_at_once_and_the_same_again_is_no_news() -> None:
    progress = Progress()
    assert told(progress, 0, commits(p0=5, p1=0)) == [(0, 5, 100), (1, 0, -1)]
    assert told(progress, PROGRESS_MS, commits(p0=5, p1=0)) == []


def test_only_what_moved_is_told_and_not_too_often() -> None:
    progress = Progress()
    told(progress, 0, commits(p0=5, p1=0))
    assert told(progress, PROGRESS_MS - 1, commits(p0=6, p1=0)) == []
    assert told(progress, PROGRESS_MS, commits(p0=7, p1=0)) == [(0, 7, 100)]
    assert told(progress, PROGRESS_MS + 1, commits(p0=8, p1=0)) == []
    assert told(progress, 2 * PROGRESS_MS, commits(p0=8, p1=0, p2=1)) == [(0, 8, 100), (2, 1, -1)]


def test_all_commits_are_told_again_once_a_minute() -> None:
    progress = Progress()
    told(progress, 0, commits(p0=5, p1=0))
    told(progress, PROGRESS_MS, commits(p0=6, p1=0))
    assert told(progress, REFRESH_MS, commits(p0=6, p1=0)) == [(0, 6, 100), (1, 0, -1)]


def test_commits_that_were_gone_and_come_back_are_news() -> None:
    progress = Progress()
    told(progress, 0, commits(p0=5))
    assert told(progress, 1) == []
    assert told(progress, 2, commits(p0=5)) == [(0, 5, 100)]


def test_what_could_not_be_told_is_news_at_the_next_poll() -> None:
    progress = Progress()
    list(progress.moves([commits(p0=5)], 0))
    assert told(progress, 1, commits(p0=5)) == [(0, 5, 100)]


def test_commits_that_have_not_moved_for_a_while_are_looked_at_once_a_minute() -> None:
    progress = Progress()
    told(progress, 0, commits(p0=5))
    assert progress.idle(IDLE_MS - 1) == frozenset()
    assert progress.idle(REFRESH_MS) == frozenset()
    assert told(progress, REFRESH_MS, commits(p0=5))
    assert progress.idle(REFRESH_MS + 1) == {"g"}
    assert progress.idle(2 * REFRESH_MS) == frozenset()
    told(progress, 2 * REFRESH_MS, commits(p0=6))
    assert progress.idle(2 * REFRESH_MS + 1) == frozenset()


def test_a_group_that_was_not_asked_is_not_forgotten() -> None:
    progress = Progress()
    told(progress, 0, commits(p0=5))
    progress.remember([], [], 1, not_asked={"g"})
    assert told(progress, 2, commits(p0=5)) == []
