"""A connector's configuration as far as it may be looked at. Pure.

Configurations hold passwords, keys and tokens under any name, so keys are allowed one by one, and the values of all
others are dropped before anything else happens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

ALLOWED: Final = frozenset(
    {
        # every connector
        "connector.class", "topics", "topics.regex", "transforms", "errors.deadletterqueue.topic.name",
        "consumer.override.group.id", "offsets.storage.topic",
        # where records go to or come from, by the name of a topic
        "topic", "kafka.topic", "topic.prefix", "topic.suffix", "topic.separator", "topic.namespace.map",
        # databases
        "connection.url", "connection.uri", "database", "collection", "table.name.format",
        "collection.name.format", "table.whitelist", "table.include.list", "collection.include.list",
        "hostname", "port", "database.hostname", "database.port", "database.dbname", "database.names",
        "database.server.name", "mongodb.connection.string",
        "contactPoints", "contact.points", "cassandra.keyspace",
        "schema.history.internal.kafka.topic", "database.history.kafka.topic", "provide.transaction.metadata",
        # object stores and files
        "file", "s3.bucket.name", "aws.s3.bucket.name", "aws.s3.bucket", "topics.dir", "file.name.prefix",
        "aws.s3.prefix", "gcs.bucket.name", "azblob.account.name", "azblob.container.name",
        "azure.storage.account.name", "azure.storage.container.name", "hdfs.url", "store.url",
        # warehouses
        "snowflake.url.name", "snowflake.database.name", "snowflake.schema.name", "snowflake.topic2table.map",
        "project", "defaultDataset", "topic2TableMap",
        # messaging, services
        "http.url", "http.api.url", "mqtt.server.uri", "java.naming.provider.url",
        "jms.destination.name", "salesforce.instance", "splunk.hec.uri", "redis.hosts", "redis.uri",
        "aws.dynamodb.endpoint", "influxdb.url", "influxdb.db", "neo4j.server.uri", "neo4j.uri", "rabbitmq.host",
        "rabbitmq.port", "opensearch.url",
        # other Kafka clusters
        "source.cluster.alias", "source.cluster.bootstrap.servers",
        "replication.policy.class", "replication.policy.separator", "src.kafka.bootstrap.servers",
    }
)  # fmt: skip
_TRANSFORM: Final = re.compile(r"transforms\.[^.]+\.(type|regex|replacement|topic\.format|predicate)")
_PLACEHOLDER: Final = re.compile(r"\$\{[^}]*:[^}]*\}")
"""What a config provider fills in (KIP-297): `${file:/run/secrets:url}`, `${env:HOST}`."""


class Settings:
    """The allowed values of one configuration, trimmed as Kafka trims them."""

    def __init__(self, config: Mapping[str, object]) -> None:
        self._values = {key: value.strip() for key, value in config.items() if isinstance(value, str) and _allowed(key)}

    def text(self, *keys: str) -> str:
        """The value of the first of these keys that has one; empty when none has, or a placeholder stands for it."""
        value = next((self._values[key] for key in keys if self._values.get(key)), "")
        return "" if _PLACEHOLDER.search(value) else value

    def items(self, *keys: str) -> tuple[str, ...]:
        """The elements of a comma-separated list, without empty ones."""
        return tuple(item.strip() for item in self.text(*keys).split(",") if item.strip())

    def is_set(self, key: str) -> bool:
        """Has the key a value, be it a placeholder?"""
        return bool(self._values.get(key))


def _allowed(key: str) -> bool:
    return key in ALLOWED or _TRANSFORM.fullmatch(key) is not None
