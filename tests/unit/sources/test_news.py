from __future__ import annotations

from flowaudit.facts import Channel, GroupSeen, OffsetCommitted, ProducerSeen, Provenance
from flowaudit.sources.news import PROGRESS_MS, REFRESH_MS, News


def commit(offset: int, at_ms: int) -> OffsetCommitted:
    return OffsetCommitted(Provenance(Channel.COMMITTED_OFFSETS, at_ms, "OffsetFetch"), "g", "t", 0, offset)


def test_the_same_again_is_no_news() -> None:
    news = News()
    assert list(news.of([("k", commit(1, 0))])) == [commit(1, 0)]
    assert list(news.of([("k", commit(1, 10))])) == []


def group(state: str, at_ms: int) -> GroupSeen:
    return GroupSeen(Provenance(Channel.GROUP_MEMBERSHIP, at_ms, "DescribeGroups"), "g", "classic", "", state, 0)


def producer(sequence: int, epoch: int, at_ms: int) -> ProducerSeen:
    return ProducerSeen(Provenance(Channel.PRODUCER_ID, at_ms, "DescribeProducers"), "t", 0, 9, epoch, sequence, at_ms)


def test_a_change_is_news() -> None:
    news = News()
    list(news.of([("k", group("Empty", 0))]))
    assert list(news.of([("k", group("Stable", 1))])) == [group("Stable", 1)]


def test_a_mere_progress_is_news_after_a_while() -> None:
    news = News()
    list(news.of([("k", commit(1, 0))]))
    assert list(news.of([("k", commit(2, PROGRESS_MS - 1))])) == []
    assert list(news.of([("k", commit(3, PROGRESS_MS))])) == [commit(3, PROGRESS_MS)]


def test_a_change_beside_a_progress_is_news_at_once() -> None:
    news = News()
    list(news.of([("k", producer(1, 0, 0))]))
    assert list(news.of([("k", producer(2, 0, 1))])) == []
    assert list(news.of([("k", producer(3, 1, 2))])) == [producer(3, 1, 2)]


def test_of_all_that_there_is_what_is_missing_is_forgotten() -> None:
    news = News()
    assert len(list(news.of_all([("a", commit(1, 0)), ("b", commit(1, 0))]))) == 2
    assert list(news.of_all([("a", commit(1, 1))])) == []
    assert list(news.of_all([("a", commit(1, 2)), ("b", commit(1, 2))])) == [commit(1, 2)]


def test_an_old_truth_is_told_again() -> None:
    news = News()
    list(news.of([("k", commit(1, 0))]))
    assert list(news.of([("k", commit(1, REFRESH_MS))])) == [commit(1, REFRESH_MS)]


def test_what_was_gone_and_comes_back_is_news() -> None:
    news = News()
    list(news.of([("k", commit(1, 0))]))
    news.forget_all_but(["other"])
    assert list(news.of([("k", commit(1, 10))])) == [commit(1, 10)]
