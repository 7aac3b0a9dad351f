"""Which topics a configuration promises, before its transforms: recipes. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Protocol

from flowaudit.sources.connect.places import plain_names
from flowaudit.sources.connect.routing import Promise
from flowaudit.sources.connect.settings import Settings
from flowaudit.sources.connect.topic_names import is_pattern, is_topic, topics_of

_MOST_TOPICS: Final = 1_000
_HISTORY: Final = ("schema.history.internal.kafka.topic", "database.history.kafka.topic")


class Promises(Protocol):
    """A recipe for the topics of a source."""

    def of(self, settings: Settings) -> Promise:
        """The topics that the settings name."""


@dataclass(frozen=True, slots=True)
class Named:
    """The settings name the topics themselves."""

    keys: tuple[str, ...] = ("topic", "kafka.topic", "topics")

    def of(self, settings: Settings) -> Promise:
        """Those topics; an open promise when there are none."""
        topics = topics_of(item for key in self.keys for item in settings.items(key))
        return Promise(topics, is_open=not topics)


@dataclass(frozen=True, slots=True)
class PrefixedTables:
    """The JDBC source: a topic a table, or the prefix alone for a query."""

    def of(self, settings: Settings) -> Promise:
        """Prefix and table without its schema; a pattern when the tables are not listed."""
        prefix = settings.text("topic.prefix")
        tables = settings.items("table.whitelist", "table.include.list")
        plain = plain_names(tables)
        if not prefix or len(plain) < len(tables):
            return below(prefix, "")
        if tables:
            return Promise(topics_of(prefix + table.rpartition(".")[2] for table in plain))
        return Promise(regex=f"{re.escape(prefix)}.*")


@dataclass(frozen=True, slots=True)
class Debezium:
    """Change data capture: `<prefix>.<schema or database>.<table>`, and topics of the connector's own."""

    with_database: bool = False
    """SQL Server: the database's name stands between prefix and schema."""

    def of(self, settings: Settings) -> Promise:
        """The listed tables' topics, or a pattern; the topic of schema history, which it writes and reads back."""
        prefix = settings.text("topic.prefix", "database.server.name")
        listed = settings.items("table.include.list", "table.whitelist", "collection.include.list")
        plain = plain_names(listed)
        parents = [f"{prefix}.{name}" for name in settings.items("database.names", "database.dbname")]
        own = topics_of(settings.items(*_HISTORY))
        if not prefix or not plain or len(plain) < len(listed) or (self.with_database and not parents):
            pattern = below(prefix, ".")
            return Promise(own, pattern.regex, pattern.is_open)
        tables = [f"{parent}.{table}" for parent in (parents if self.with_database else [prefix]) for table in plain]
        transactions = [f"{prefix}.transaction"] if settings.text("provide.transaction.metadata") == "true" else []
        return Promise(topics_of([*tables[:_MOST_TOPICS], *own, *transactions]))


@dataclass(frozen=True, slots=True)
class MongoStreams:
    """MongoDB's own source: `[<prefix>.]<database>.<collection>[.<suffix>]`."""

    def of(self, settings: Settings) -> Promise:
        """One topic where a collection is named, else a pattern."""
        dot = settings.text("topic.separator") or "."
        database, collection = settings.text("database"), settings.text("collection")
        prefix, suffix = settings.text("topic.prefix"), settings.text("topic.suffix")
        if settings.is_set("topic.namespace.map"):
            return Promise(is_open=True)
        if database and collection:
            topic = dot.join(part for part in (prefix, database, collection, suffix) if part)
            return Promise((topic,)) if is_topic(topic) else Promise(is_open=True)
        return below(dot.join(part for part in (prefix, database) if part), dot)


@dataclass(frozen=True, slots=True)
class Mirrored:
    """MirrorMaker 2: `<alias of the source cluster>.<topic>`, or the same name under IdentityReplicationPolicy."""

    def of(self, settings: Settings) -> Promise:
        """The listed topics, or a pattern."""
        listed = settings.items("topics") or (".*",)
        prefix = self._prefix(settings)
        if prefix is None or any(not _may_join(pattern) for pattern in listed):
            return Promise(is_open=True)
        if all(is_topic(topic) and "." not in topic for topic in listed):
            return Promise(topics_of(prefix + topic for topic in listed))
        regex = f"{re.escape(prefix)}(?:{'|'.join(listed)})"
        return Promise(regex=regex) if is_pattern(regex) else Promise(is_open=True)

    @staticmethod
    def _prefix(settings: Settings) -> str | None:
        policy = settings.text("replication.policy.class")
        if policy.endswith(".IdentityReplicationPolicy"):
            return ""
        alias = settings.text("source.cluster.alias")
        is_default = not policy or policy.endswith(".DefaultReplicationPolicy")
        return alias + (settings.text("replication.policy.separator") or ".") if alias and is_default else None


@dataclass(frozen=True, slots=True)
class MirrorMachinery:
    """MirrorMaker 2's checkpoints and heartbeats."""

    suffix: str

    def of(self, settings: Settings) -> Promise:
        """`<alias>.checkpoints.internal`, or `heartbeats`."""
        alias = settings.text("source.cluster.alias") if self.suffix.startswith(".") else ""
        return Promise(topics_of([alias + self.suffix]), is_open=self.suffix.startswith(".") and not alias)


def below(prefix: str, separator: str) -> Promise:
    """A pattern for all topics whose names begin so."""
    return Promise(regex=f"{re.escape(prefix + separator)}.+") if is_topic(prefix) else Promise(is_open=True)


def sink_promise(settings: Settings) -> Promise:
    """What a sink reads: routing transforms come after reading, so they change nothing about it."""
    regex = settings.text("topics.regex")
    return Promise(topics_of(settings.items("topics")), regex if is_pattern(regex) else "")


def _may_join(pattern: str) -> bool:
    return "|" not in pattern and "(" not in pattern
