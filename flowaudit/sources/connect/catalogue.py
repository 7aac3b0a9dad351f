"""The connectors that are known, as data: where the other end is, and which topics a source promises.

Names of keys are those of each connector's own documentation. A class is looked up by its simple name without
`Connector`, so that `io.aiven.connect.jdbc.JdbcSinkConnector`, Confluent's class of that name and the alias `JdbcSink`
are one entry: they share their keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from flowaudit.sources.connect.places import (
    AzureContainer,
    BigQuery,
    Bucket,
    Cluster,
    Jdbc,
    KafkaCluster,
    LocalFile,
    Mongo,
    Nowhere,
    Place,
    Server,
    Snowflake,
    Url,
)
from flowaudit.sources.connect.promises import (
    Debezium,
    Mirrored,
    MirrorMachinery,
    MongoStreams,
    Named,
    PrefixedTables,
    Promises,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a class of connectors."""

    place: Place
    promises: Promises = field(default_factory=Named)
    """For sources; every sink names its topics alike."""
    offset_key: str = ""
    """The key of its source offsets (KIP-875) whose value names the external thing, as OpenLineage would."""


_FOLDERS: Final = ("topics.dir", "file.name.prefix", "aws.s3.prefix")
_S3: Final = ("s3.bucket.name", "aws.s3.bucket.name", "aws.s3.bucket")

CATALOGUE: Final[Mapping[str, Kind]] = {
    # files
    "FileStreamSource": Kind(LocalFile(), offset_key="filename"),
    "FileStreamSink": Kind(LocalFile()),
    # databases
    "JdbcSource": Kind(Jdbc(), PrefixedTables()),
    "JdbcSink": Kind(Jdbc()),
    "MongoSource": Kind(Mongo(), MongoStreams()),
    "MongoSink": Kind(Mongo(is_sink=True)),
    "ClickHouseSink": Kind(Server("clickhouse", "hostname", "port", ("database",))),
    "CassandraSink": Kind(Cluster("cassandra", ("contactPoints", "contact.points"), "port", "cassandra.keyspace")),
    "RedisSink": Kind(Url(("redis.uri", "redis.hosts"), "redis")),
    "DynamoDbSink": Kind(Url(("aws.dynamodb.endpoint",), "dynamodb")),
    "InfluxDBSink": Kind(Url(("influxdb.url",), "influxdb", "influxdb.db")),
    "InfluxDBSource": Kind(Url(("influxdb.url",), "influxdb", "influxdb.db")),
    "Neo4jSink": Kind(Url(("neo4j.server.uri", "neo4j.uri"), "neo4j")),
    "Neo4j": Kind(Url(("neo4j.uri", "neo4j.server.uri"), "neo4j")),
    "ElasticsearchSink": Kind(Url(("connection.url",), "elasticsearch")),
    "OpenSearchSink": Kind(Url(("connection.url", "opensearch.url"), "opensearch")),
    "OpensearchSink": Kind(Url(("connection.url", "opensearch.url"), "opensearch")),
    # Debezium
    "Postgres": Kind(Server("postgres", databases=("database.dbname",)), Debezium()),
    "MySql": Kind(Server("mysql"), Debezium()),
    "MariaDb": Kind(Server("mysql"), Debezium()),
    "SqlServer": Kind(Server("mssql", databases=("database.names", "database.dbname")), Debezium(with_database=True)),
    "Oracle": Kind(Server("oracle", databases=("database.dbname",)), Debezium()),
    "Db2": Kind(Server("db2", databases=("database.dbname",)), Debezium()),
    "MongoDb": Kind(Mongo(), Debezium()),
    # object stores
    "S3Sink": Kind(Bucket("s3", _S3, _FOLDERS, "topics")),
    "AivenKafkaConnectS3Sink": Kind(Bucket("s3", _S3, _FOLDERS)),
    "S3Source": Kind(Bucket("s3", _S3, _FOLDERS)),
    "GcsSink": Kind(Bucket("gs", ("gcs.bucket.name",), _FOLDERS)),
    "GcsSource": Kind(Bucket("gs", ("gcs.bucket.name",), _FOLDERS)),
    "AzureBlobStorageSink": Kind(AzureContainer()),
    "AzureBlobSink": Kind(AzureContainer()),
    "AzureBlobStorageSource": Kind(AzureContainer()),
    "HdfsSink": Kind(Url(("hdfs.url", "store.url"), "hdfs", "topics.dir", "topics")),
    "Hdfs3Sink": Kind(Url(("hdfs.url", "store.url"), "hdfs", "topics.dir", "topics")),
    # warehouses
    "SnowflakeSink": Kind(Snowflake()),
    "SnowflakeStreamingSink": Kind(Snowflake()),
    "BigQuerySink": Kind(BigQuery()),
    # services and messaging
    "HttpSink": Kind(Url(("http.url", "http.api.url"))),
    "HttpSource": Kind(Url(("http.url", "http.api.url"))),
    "SplunkSink": Kind(Url(("splunk.hec.uri",), "splunk")),
    "MqttSource": Kind(Url(("mqtt.server.uri",), "mqtt")),
    "MqttSink": Kind(Url(("mqtt.server.uri",), "mqtt")),
    "JmsSource": Kind(Url(("java.naming.provider.url",), "jms", "jms.destination.name")),
    "JmsSink": Kind(Url(("java.naming.provider.url",), "jms", "jms.destination.name")),
    "RabbitMQSource": Kind(Server("amqp", "rabbitmq.host", "rabbitmq.port")),
    "RabbitMQSink": Kind(Server("amqp", "rabbitmq.host", "rabbitmq.port")),
    "SalesforcePushTopicSource": Kind(Url(("salesforce.instance",), "salesforce")),
    "SalesforceCdcSource": Kind(Url(("salesforce.instance",), "salesforce")),
    # other Kafka clusters
    "MirrorSource": Kind(KafkaCluster(), Mirrored()),
    "MirrorCheckpoint": Kind(KafkaCluster(), MirrorMachinery(".checkpoints.internal")),
    "MirrorHeartbeat": Kind(Nowhere(), MirrorMachinery("heartbeats")),
    "ReplicatorSource": Kind(KafkaCluster("src.kafka.bootstrap.servers")),
    # made up or thrown away
    "Datagen": Kind(Nowhere()),
    "MockSource": Kind(Nowhere()),
    "MockSink": Kind(Nowhere()),
    "VerifiableSource": Kind(Nowhere()),
    "VerifiableSink": Kind(Nowhere()),
}


def kind_of(connector_class: str) -> Kind | None:
    """What is known of a class, by its full name or its alias; None for one that is not in the catalogue."""
    return CATALOGUE.get(connector_class.rpartition(".")[2].removesuffix("Connector"))
