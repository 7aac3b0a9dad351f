"""Asks the leaders which producer ids hold state on their partitions."""

from __future__ import annotations

from kafka.protocol.admin import DescribeProducersRequest

from flowaudit.errors import SourceUnreachable
from flowaudit.facts import Fact, NotVisible, ProducerSeen
from flowaudit.sources.kafka_admin import AdminSession, decode_topics
from flowaudit.sources.kafka_admin.end_offsets import leaders
from flowaudit.sources.news import News
from flowaudit.sources.producers.decode import decode_producers


class ProducersSource:
    """Who writes: idempotent and transactional producers. The others (producer id -1) leave no trace here."""

    name = "producers"

    def __init__(self, session: AdminSession) -> None:
        self._session = session
        self._news = News()

    def poll(self, now_ms: int) -> list[Fact]:
        """New producer ids, those that wrote again, and topics whose writers may not be asked.

        A leader that does not answer hides no other's partitions.
        """
        topics = [topic for topic in decode_topics(self._session.topics()) if not topic.internal]
        partitions = [(topic.name, partition) for topic in topics for partition, _ in topic.leaders]
        told: list[tuple[object, Fact]] = []
        failures: list[SourceUnreachable] = []
        led_by = leaders(self._session, partitions)
        for leader, led in led_by.items():
            try:
                answer = self._session.send(_request(led), leader)
            except SourceUnreachable as error:
                failures.append(error)
                continue
            facts = decode_producers([topic.to_dict(json=False) for topic in answer.topics], now_ms)
            told += [(_key(fact), fact) for fact in facts]
        if failures and len(failures) == len(led_by):
            raise failures[0]
        self._news.forget_all_but(key for key, _ in told)
        return list(self._news.of(told))


def _key(fact: ProducerSeen | NotVisible) -> object:
    if isinstance(fact, ProducerSeen):
        return ("producer", fact.topic, fact.partition, fact.producer_id)
    return ("hidden", fact.name)


def _request(led: dict[str, list[int]]) -> object:
    topic = DescribeProducersRequest.TopicRequest
    return DescribeProducersRequest(
        topics=[topic(name=name, partition_indexes=indexes) for name, indexes in led.items()]
    )
