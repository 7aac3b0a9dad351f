"""Asks the cluster for its topics."""

from __future__ import annotations

from collections.abc import Callable

from flowaudit.facts import Fact
from flowaudit.sources.kafka_admin import AdminSession, ListedTopic, decode_topics
from flowaudit.sources.news import News
from flowaudit.sources.topics.decode import topic_facts, unreadable_facts, untapped_facts


class TopicsSource:
    """Lists topics, and says of which the records may not be read, and which nobody asked to tap."""

    name = "topics"

    def __init__(self, session: AdminSession, tapped: Callable[[ListedTopic], bool]) -> None:
        self._session = session
        self._tapped = tapped
        self._news = News()

    def poll(self, now_ms: int) -> list[Fact]:
        """New topics, and those whose records stay unread."""
        topics = decode_topics(self._session.topics())
        told: list[tuple[object, Fact]] = [(("topic", fact.topic), fact) for fact in topic_facts(topics, now_ms)]
        told += [(("unreadable", fact.name), fact) for fact in unreadable_facts(topics, now_ms)]
        untapped = [topic for topic in topics if topic.readable and not self._tapped(topic)]
        told += [(("untapped", fact.name), fact) for fact in untapped_facts(untapped, now_ms)]
        self._news.forget_all_but(key for key, _ in told)
        return list(self._news.of(told))
