"""Asks the cluster for its topics."""

from __future__ import annotations

from flowaudit.facts import Fact
from flowaudit.sources.kafka_admin import AdminSession, decode_topics
from flowaudit.sources.news import News
from flowaudit.sources.topics.decode import topic_facts, unreadable_facts


class TopicsSource:
    """Lists topics, and says of which the records may not be read."""

    name = "topics"

    def __init__(self, session: AdminSession) -> None:
        self._session = session
        self._news = News()

    def poll(self, now_ms: int) -> list[Fact]:
        """New topics, and those whose records may not be read."""
        topics = decode_topics(self._session.topics())
        told: list[tuple[object, Fact]] = [(("topic", fact.topic), fact) for fact in topic_facts(topics, now_ms)]
        told += [(("unreadable", fact.name), fact) for fact in unreadable_facts(topics, now_ms)]
        self._news.forget_all_but(key for key, _ in told)
        return list(self._news.of(told))
