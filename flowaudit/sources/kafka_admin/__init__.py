"""The one door to the Admin API: kafka-python sessions that only ever ask, never change anything."""

from flowaudit.sources.kafka_admin.listed_topics import ListedTopic, decode_topics
from flowaudit.sources.kafka_admin.session import AdminSession, ClusterIdentity

__all__ = ["AdminSession", "ClusterIdentity", "ListedTopic", "decode_topics"]
