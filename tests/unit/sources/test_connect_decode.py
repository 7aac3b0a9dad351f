"""What workers answer → facts: directions, topics, external systems and blind spots."""

from __future__ import annotations

import ast
import inspect
import json
from typing import Any

import pytest
from typing_extensions import override

from flowaudit.facts import Channel, ConnectorSeen, Direction, External, Provenance
from flowaudit.sources.connect import catalogue, decode, places, promises, routing, settings
from flowaudit.sources.connect.catalogue import CATALOGUE
from flowaudit.sources.connect.decode import (
    Listed,
    Touched,
    blind_spots,
    connector_fact,
    decode_listing,
    decode_offsets,
    decode_topics,
)
from flowaudit.sources.connect.promises import sink_promise

PROVENANCE = Provenance(Channel.CONNECT, 1_000, "GET http://connect:8083/connectors/x")
RUNNING = {"state": "RUNNING", "worker_id": "10.0.0.1:8083"}
DEBEZIUM = {"topic.prefix": "city", "database.hostname": "db", "table.include.list": r"public\.tenants,public.locks"}


def listed(kind: str, config: dict[str, str], status: dict[str, Any] | None = None) -> Listed:
    status = status or {"connector": RUNNING, "tasks": [{"id": 0, **RUNNING}]}
    document = {"x": {"info": {"name": "x", "config": config, "tasks": [], "type": kind}, "status": status}}
    [one] = decode_listing(json.dumps(document).encode()).connectors
    return one


def fact(kind: str, **config: str) -> ConnectorSeen:
    dotted = {key.replace("__", "."): value for key, value in config.items()}
    return connector_fact(listed(kind, dotted), Touched(), "workers", PROVENANCE)


def reasons(one: Listed, touched: Touched = Touched()) -> list[str]:  # noqa: B008  it is frozen
    return [spot.reason for spot in blind_spots(one, touched, 1_000)]


def test_a_sink_reads_its_topics_by_its_own_group() -> None:
    seen = fact("sink", connector__class="FileStreamSink", topics="a, b,", file="/out")
    assert (seen.direction, seen.group, seen.promised) == (Direction.SINK, "connect-x", ("a", "b"))
    assert seen.externals == (External("file", "/out"),)


def test_a_sink_may_name_another_group_and_a_topic_for_what_fails() -> None:
    config = {"consumer.override.group.id": "archive", "errors.deadletterqueue.topic.name": "dead", "topics": "a"}
    one = listed("sink", config)
    assert (one.group, one.dead_letter_topic) == ("archive", "dead")


def test_a_group_that_a_placeholder_stands_for_is_unknown() -> None:
    assert listed("sink", {"consumer.override.group.id": "${env:GROUP}", "topics": "a"}).group == ""


def test_a_sinks_routers_change_where_it_writes_and_not_what_it_reads() -> None:
    router = {
        "transforms": "r",
        "transforms.r.type": "org.apache.kafka.connect.transforms.RegexRouter",
        "transforms.r.regex": r"city\.(.*)",
        "transforms.r.replacement": "$1",
    }
    url = {"connector.class": "JdbcSinkConnector", "connection.url": "jdbc:postgresql://db/city"}
    one = listed("sink", {"topics": "city.locks", **url, **router})
    assert one.promise.topics == ("city.locks",)
    assert one.externals == (External("postgres://db:5432", "city.locks"),)


def test_a_source_has_no_group_and_no_dead_letters() -> None:
    one = listed("source", {"topic": "a", "errors.deadletterqueue.topic.name": "dead"})
    assert (one.group, one.dead_letter_topic) == ("", "")


@pytest.mark.parametrize(
    ("config", "externals"),
    [
        (
            {"connector.class": "JdbcSinkConnector", "connection.url": "jdbc:mysql://db/city", "topics": "a,b"},
            [("mysql://db:3306", "city.a"), ("mysql://db:3306", "city.b")],
        ),
        (
            {"connector.class": "JdbcSink", "connection.url": "jdbc:mysql://db/city", "table.name.format": "k_${topic}"}
            | {"topics": "a"},
            [("mysql://db:3306", "city.k_a")],
        ),
        ({"connector.class": "io.confluent.connect.s3.S3SinkConnector", "s3.bucket.name": "b"}, [("s3://b", "topics")]),
        ({"connector.class": "S3SinkConnector", "s3.bucket.name": "b", "topics.dir": "x/y"}, [("s3://b", "x/y")]),
        ({"connector.class": "GcsSinkConnector", "gcs.bucket.name": "b"}, [("gs://b", "")]),
        (
            {"connector.class": "AzureBlobStorageSinkConnector", "azblob.account.name": "acc"}
            | {"azblob.container.name": "c"},
            [("wasbs://c@acc.dfs.core.windows.net", "")],
        ),
        ({"connector.class": "HdfsSinkConnector", "hdfs.url": "hdfs://nn:9000"}, [("hdfs://nn:9000", "topics")]),
        (
            {"connector.class": "ElasticsearchSinkConnector", "connection.url": "http://two:9200,http://one"},
            [("elasticsearch://one:80,two:9200", "")],
        ),
        (
            {"connector.class": "MongoSinkConnector", "connection.uri": "mongodb://m", "database": "d"}
            | {"collection": "c"},
            [("mongodb://m:27017", "d.c")],
        ),
        (
            {"connector.class": "MongoSinkConnector", "connection.uri": "mongodb://m", "database": "d", "topics": "a"},
            [("mongodb://m:27017", "d.a")],
        ),
        (
            {"connector.class": "HttpSinkConnector", "http.url": "https://score.example.org:8443/in?token=t"},
            [("https://score.example.org:8443", "")],
        ),
        (
            {"connector.class": "SnowflakeSinkConnector", "snowflake.url.name": "acme.eu.snowflakecomputing.com:443"}
            | {"snowflake.database.name": "D", "snowflake.schema.name": "S", "snowflake.topic2table.map": "a:T"},
            [("snowflake://acme.eu", "D.S.T")],
        ),
        (
            {"connector.class": "BigQuerySinkConnector", "project": "p", "defaultDataset": "d"},
            [("bigquery", "p.d")],
        ),
        (
            {"connector.class": "ClickHouseSinkConnector", "hostname": "c", "database": "d"},
            [("clickhouse://c:8123", "d")],
        ),
        (
            {"connector.class": "CassandraSinkConnector", "contactPoints": "b,a", "cassandra.keyspace": "k"},
            [("cassandra://a:9042,b:9042", "k")],
        ),
        ({"connector.class": "RedisSinkConnector", "redis.hosts": "b:1,a"}, [("redis://a:6379,b:1", "")]),
        ({"connector.class": "com.acme.Odd", "topics": "a"}, [("unknown", "com.acme.Odd")]),
        ({"connector.class": "JdbcSink", "connection.url": "${file:/run/db:url}"}, [("unknown", "JdbcSink")]),
        ({"connector.class": "MockSinkConnector"}, []),
    ],
)
def test_a_sinks_other_end_is_named_as_openlineage_names_datasets(
    config: dict[str, str], externals: list[tuple[str, str]]
) -> None:
    assert [(one.namespace, one.name) for one in listed("sink", config).externals] == externals


@pytest.mark.parametrize(
    ("config", "externals", "topics", "regex"),
    [
        (
            {
                "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
                "database.dbname": "d",
                **DEBEZIUM,
            },
            [("postgres://db:5432", "d.public.locks"), ("postgres://db:5432", "d.public.tenants")],
            ("city.public.locks", "city.public.tenants"),
            "",
        ),
        (
            {
                "connector.class": "io.debezium.connector.sqlserver.SqlServerConnector",
                "database.names": "d",
                **DEBEZIUM,
            },
            [("mssql://db:1433", "d.public.locks"), ("mssql://db:1433", "d.public.tenants")],
            ("city.d.public.locks", "city.d.public.tenants"),
            "",
        ),
        (
            {
                "connector.class": "io.debezium.connector.mysql.MySqlConnector",
                **DEBEZIUM,
                "table.include.list": "d.*",
                "schema.history.internal.kafka.topic": "history",
            },
            [("mysql://db:3306", "")],
            ("history",),
            r"city\..+",
        ),
        (
            {"connector.class": "JdbcSourceConnector", "connection.url": "jdbc:postgresql://db/d", "topic.prefix": "p-"}
            | {"table.whitelist": "public.locks"},
            [("postgres://db:5432", "d.public.locks")],
            ("p-locks",),
            "",
        ),
        (
            {"connector.class": "JdbcSourceConnector", "connection.url": "jdbc:postgresql://db/d", "topic.prefix": "p"},
            [("postgres://db:5432", "d")],
            (),
            "p.*",
        ),
        (
            {"connector.class": "MongoSourceConnector", "connection.uri": "mongodb://m", "topic.prefix": "p"}
            | {"database": "d", "collection": "c"},
            [("mongodb://m:27017", "d.c")],
            ("p.d.c",),
            "",
        ),
        (
            {"connector.class": "MirrorSourceConnector", "source.cluster.alias": "north", "topics": "locks,doors"}
            | {"source.cluster.bootstrap.servers": "k1.example.org:9093,k2:9092"},
            [("kafka://k1.example.org:9093", "doors"), ("kafka://k1.example.org:9093", "locks")],
            ("north.doors", "north.locks"),
            "",
        ),
        (
            {"connector.class": "MirrorSourceConnector", "source.cluster.alias": "north", "topics": "locks.*"}
            | {"source.cluster.bootstrap.servers": "k1"},
            [("kafka://k1:9092", "")],
            (),
            r"north\.(?:locks.*)",
        ),
        (
            {"connector.class": "MqttSourceConnector", "mqtt.server.uri": "tcp://broker", "kafka.topic": "doors"},
            [("mqtt://broker", "")],
            ("doors",),
            "",
        ),
    ],
)
def test_a_sources_other_end_and_its_topics_are_read_from_its_settings(
    config: dict[str, str], externals: list[tuple[str, str]], topics: tuple[str, ...], regex: str
) -> None:
    one = listed("source", config)
    assert [(external.namespace, external.name) for external in one.externals] == externals
    assert (one.promise.topics, one.promise.regex) == (topics, regex)


def test_what_the_settings_do_not_tell_is_a_blind_spot() -> None:
    assert reasons(listed("sink", {"connector.class": "com.acme.Odd", "topics": "a"})) == ["external-unknown"]
    assert reasons(listed("source", {"connector.class": "com.acme.Odd"})) == [
        "external-unknown",
        "topics-not-in-settings",
    ]
    assert reasons(listed("sink", {"connector.class": "MockSink", "topics": "${env:T}"})) == ["topics-not-in-settings"]
    assert reasons(listed("sink", {"connector.class": "MockSink", "topics": "a"})) == []


def test_a_connector_whose_tasks_fail_is_degraded_or_failed() -> None:
    failed = {"state": "FAILED", "worker_id": "w:1", "trace": "secret"}
    config = {"topics": "a"}
    assert listed("sink", config, {"connector": RUNNING, "tasks": [RUNNING, failed]}).state == "DEGRADED"
    assert listed("sink", config, {"connector": RUNNING, "tasks": [failed]}).state == "FAILED"
    assert listed("sink", config, {"connector": {"state": "PAUSED"}, "tasks": []}).state == "PAUSED"
    assert listed("sink", config, {"connector": {"state": "<b>"}, "tasks": []}).state == "UNKNOWN"


def test_a_connector_without_a_plugin_is_named_and_one_that_is_going_away_is_not() -> None:
    document = {
        "odd": {"info": {"config": {}, "type": "unknown"}},
        "broken": {"info": {"config": 3, "type": "sink"}},
        "going": {"status": {"connector": RUNNING}},
    }
    listing = decode_listing(json.dumps(document).encode())
    assert (listing.connectors, listing.unreadable) == ((), ("broken", "odd"))


def test_the_offsets_of_a_sink_say_what_it_read() -> None:
    offsets = [
        {"partition": {"kafka_topic": "a", "kafka_partition": 0}, "offset": {"kafka_offset": 5}},
        {"partition": {"kafka_topic": "b", "kafka_partition": 0}, "offset": {"kafka_offset": 0}},
    ]
    sink = listed("sink", {"connector.class": "FileStreamSink", "topics": "a,b"})
    assert decode_offsets(json.dumps({"offsets": offsets}).encode(), sink) == Touched(("a",))


def test_the_offsets_of_a_file_source_name_its_file() -> None:
    source = listed("source", {"connector.class": "FileStreamSource", "topic": "a"})
    data = json.dumps({"offsets": [{"partition": {"filename": "/in"}, "offset": {"position": 3}}]}).encode()
    touched = decode_offsets(data, source)
    assert touched == Touched((), (External("file", "/in"),))
    assert reasons(source) == ["external-unknown"]
    assert reasons(source, touched) == []


def test_a_topic_list_of_another_connector_is_not_taken() -> None:
    assert decode_topics(b'{"y": {"topics": ["a"]}}', "x") == Touched()


def test_every_key_that_a_recipe_reads_is_allowed_and_none_is_allowed_for_nothing() -> None:
    sources = "".join(inspect.getsource(module) for module in (catalogue, decode, places, promises, routing))
    literals = {node.value for node in ast.walk(ast.parse(sources)) if isinstance(node, ast.Constant)}
    read = {str(text) for text in literals}
    assert sorted(settings.ALLOWED - read) == []
    asked = Recorder({})
    for kind in CATALOGUE.values():
        kind.place.externals(asked, ("a",))
        kind.promises.of(asked)
    sink_promise(asked)
    assert sorted(asked.keys - settings.ALLOWED) == []


class Recorder(settings.Settings):
    """Settings that have a value for every key and remember which they were asked for."""

    def __init__(self, config: dict[str, object]) -> None:
        super().__init__(config)
        self.keys: set[str] = set()

    @override
    def text(self, *keys: str) -> str:
        self.keys |= {key for key in keys if key}
        return "https://db.example.org/city"

    @override
    def is_set(self, key: str) -> bool:
        self.keys.add(key)
        return False


def test_every_class_of_the_catalogue_answers_for_settings_that_are_empty_or_placeholders() -> None:
    placeholders = dict.fromkeys(settings.ALLOWED, "${vault:secret/db:password}")
    for name in CATALOGUE:
        for config in ({}, placeholders):
            for kind in ("source", "sink"):
                assert "vault" not in repr(listed(kind, {**config, "connector.class": f"com.x.{name}Connector"}))
