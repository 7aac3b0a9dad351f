"""How systems are spelled in addresses: data for `addresses`. Names and schemes as OpenLineage has them (Naming.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SCHEMES: Final[Mapping[str, str]] = {
    "postgresql": "postgres",
    "mariadb": "mysql",
    "sqlserver": "mssql",
    "ch": "clickhouse",
    "hive2": "hive",
    "mongodb+srv": "mongodb",
}
"""A driver's own word → OpenLineage's."""

DEFAULT_PORTS: Final[Mapping[str, str]] = {
    "postgres": "5432",
    "mysql": "3306",
    "mssql": "1433",
    "oracle": "1521",
    "db2": "50000",
    "mongodb": "27017",
    "redshift": "5439",
    "cassandra": "9042",
    "clickhouse": "8123",
    "elasticsearch": "9200",
    "hdfs": "8020",
    "opensearch": "9200",
    "redis": "6379",
    "neo4j": "7687",
    "amqp": "5672",
    "mqtt": "1883",
    "kafka": "9092",
    "http": "80",
    "https": "443",
}
"""The port that is meant when none is written: so that two ways of writing one address are one system."""
