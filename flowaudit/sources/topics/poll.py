"""Asks the cluster for its topics."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flowaudit.facts import Fact
from flowaudit.sources.kafka_admin import AdminSession, ListedTopic, decode_topics
from flowaudit.sources.kafka_admin.end_offsets import end_offsets
from flowaudit.sources.news import News
from flowaudit.sources.topics.decode import topic_facts, unreadable_facts, untapped_facts


class TopicsSource:
    """Lists topics, and says which hold records, which may not be read, and which nobody asked to tap."""

    name = "topics"

    def __init__(self, session: AdminSession, tapped: Callable[[ListedTopic], bool]) -> None:
        self._session = session
        self._tapped = tapped
        self._news = News()
        self._with_records: set[str] = set()

    def poll(self, now_ms: int) -> list[Fact]:
        """New topics, and those whose records stay unread."""
        topics = decode_topics(self._session.topics())
        self._look_for_records(topics)
        facts = topic_facts(topics, self._with_records, now_ms)
        told: list[tuple[object, Fact]] = [(("topic", fact.topic), fact) for fact in facts]
        told += [(("unreadable", fact.name), fact) for fact in unreadable_facts(topics, now_ms)]
        untapped = [topic for topic in topics if topic.readable and not self._tapped(topic)]
        told += [(("untapped", fact.name), fact) for fact in untapped_facts(untapped, now_ms)]
        self._news.forget_all_but(key for key, _ in told)
        return list(self._news.of(told))

    def _look_for_records(self, topics: Sequence[ListedTopic]) -> None:
        """Whether anything was ever written; what is known of a topic is not asked again."""
        unknown = [topic for topic in topics if topic.name not in self._with_records]
        asked = [(topic.name, partition) for topic in unknown for partition, _ in topic.leaders]
        self._with_records |= {name for (name, _), end in end_offsets(self._session, asked).items() if end > 0}
