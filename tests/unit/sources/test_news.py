from __future__ import annotations

from flowaudit.facts import Channel, OffsetCommitted, Provenance
from flowaudit.sources.news import REFRESH_MS, News


def commit(offset: int, at_ms: int) -> OffsetCommitted:
    return OffsetCommitted(Provenance(Channel.COMMITTED_OFFSETS, at_ms, "OffsetFetch"), "g", "t", 0, offset)


def test_the_same_again_is_no_news() -> None:
    news = News()
    assert list(news.of([("k", commit(1, 0))])) == [commit(1, 0)]
    assert list(news.of([("k", commit(1, 10))])) == []


def test_a_change_is_news() -> None:
    news = News()
    list(news.of([("k", commit(1, 0))]))
    assert list(news.of([("k", commit(2, 10))])) == [commit(2, 10)]


def test_an_old_truth_is_told_again() -> None:
    news = News()
    list(news.of([("k", commit(1, 0))]))
    assert list(news.of([("k", commit(1, REFRESH_MS))])) == [commit(1, REFRESH_MS)]


def test_what_was_gone_and_comes_back_is_news() -> None:
    news = News()
    list(news.of([("k", commit(1, 0))]))
    news.forget_all_but(["other"])
    assert list(news.of([("k", commit(1, 10))])) == [commit(1, 10)]
