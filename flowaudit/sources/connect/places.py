"""Where a connector's other end is: recipes that read it from the settings. Pure.

Names are those that OpenLineage gives datasets (its Naming.md). A recipe that cannot be sure answers with nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from flowaudit.facts import External
from flowaudit.sources.connect.addresses import address_of, authority_of, host_and_port, is_word
from flowaudit.sources.connect.settings import Settings
from flowaudit.sources.connect.topic_names import is_topic

_MOST_EXTERNALS: Final = 200
_TABLE_LISTS: Final = ("table.whitelist", "table.include.list", "collection.include.list")
_SNOWFLAKE: Final = ".snowflakecomputing.com"


class Place(Protocol):
    """A recipe."""

    def externals(self, settings: Settings, topics: tuple[str, ...]) -> tuple[External, ...]:
        """The systems that the settings name; `topics` are a sink's, after its transforms. Empty: it cannot be told."""


@dataclass(frozen=True, slots=True)
class Url:
    """A system that is named by one address or several: `key` holds them, separated by commas."""

    keys: tuple[str, ...]
    scheme: str = ""
    """Empty: the address's own."""
    name_key: str = ""
    default_name: str = ""

    def externals(self, settings: Settings, topics: tuple[str, ...]) -> tuple[External, ...]:  # noqa: ARG002
        """One external for all addresses: they are servers of one cluster. A path may be a token: it is left out."""
        items = settings.items(*self.keys)
        addresses = [address_of(item if "://" in item else f"{self.scheme}://{item}") for item in items]
        known = [address for address in addresses if address is not None]
        if not known or len(known) < len(addresses):
            return ()
        authority = ",".join(sorted({address.authority for address in known}))
        named = _word(settings, self.name_key) or self.default_name
        return (External(f"{self.scheme or known[0].scheme}://{authority}", named),)


@dataclass(frozen=True, slots=True)
class Jdbc:
    """A database behind a JDBC address; a source names its tables, a sink makes their names of its topics'."""

    def externals(self, settings: Settings, topics: tuple[str, ...]) -> tuple[External, ...]:
        """A table each, or the database where the tables are not known."""
        address = address_of(settings.text("connection.url"))
        if address is None:
            return ()
        if address.scheme == "snowflake":
            return (External(f"snowflake://{_snowflake_account(address.authority)}", address.database),)
        pattern = settings.text("table.name.format", "collection.name.format") or "${topic}"
        tables = plain_names(settings.items(*_TABLE_LISTS)) or [pattern.replace("${topic}", topic) for topic in topics]
        return _in_databases(address.namespace, (address.database,), tables)


@dataclass(frozen=True, slots=True)
class Server:
    """A database that is named by host and port, with its databases and tables."""

    scheme: str
    host: str = "database.hostname"
    port: str = "database.port"
    databases: tuple[str, ...] = ()

    def externals(self, settings: Settings, topics: tuple[str, ...]) -> tuple[External, ...]:  # noqa: ARG002
        """A table each, or a database each, or the server."""
        authority = host_and_port(settings.text(self.host), settings.text(self.port), self.scheme)
        if not authority:
            return ()
        databases = [name for name in settings.items(*self.databases) if is_word(name)] if self.databases else []
        return _in_databases(f"{self.scheme}://{authority}", databases, plain_names(settings.items(*_TABLE_LISTS)))


@dataclass(frozen=True, slots=True)
class Cluster:
    """Several hosts that share a port, as Cassandra's contact points."""

    scheme: str
    hosts: tuple[str, ...]
    port: str
    name_key: str

    def externals(self, settings: Settings, topics: tuple[str, ...]) -> tuple[External, ...]:  # noqa: ARG002
        """One external."""
        port = settings.text(self.port)
        authority = authority_of(
            (f"{host}:{port}" if port else host for host in settings.items(*self.hosts)), self.scheme
        )
        return (External(f"{self.scheme}://{authority}", _word(settings, self.name_key)),) if authority else ()


@dataclass(frozen=True, slots=True)
class Mongo:
    """MongoDB by its connection string; a sink without a collection writes one that is named like the topic."""

    uri: tuple[str, ...] = ("connection.uri", "mongodb.connection.string")
    is_sink: bool = False

    def externals(self, settings: Settings, topics: tuple[str, ...]) -> tuple[External, ...]:
        """A collection each, or the database."""
        address = address_of(settings.text(*self.uri))
        if address is None:
            return ()
        database = _word(settings, "database") or address.database
        collection = _word(settings, "collection")
        collections = [collection] if collection else [*topics] if self.is_sink else []
        listed = plain_names(settings.items("collection.include.list"))
        return (
            _in_databases(address.namespace, (database,), collections)
            if not listed
            else _each(address.namespace, listed)
        )


@dataclass(frozen=True, slots=True)
class Bucket:
    """An object store: the bucket and the folder below which the connector writes."""

    scheme: str
    keys: tuple[str, ...]
    folders: tuple[str, ...] = ()
    default_folder: str = ""

    def externals(self, settings: Settings, topics: tuple[str, ...]) -> tuple[External, ...]:  # noqa: ARG002
        """One external."""
        bucket = _word(settings, *self.keys)
        folder = settings.text(*self.folders) if self.folders else ""
        return (External(f"{self.scheme}://{bucket}", _path(folder) or self.default_folder),) if bucket else ()


@dataclass(frozen=True, slots=True)
class AzureContainer:
    """A container of an Azure storage account."""

    account: tuple[str, ...] = ("azblob.account.name", "azure.storage.account.name")
    container: tuple[str, ...] = ("azblob.container.name", "azure.storage.container.name")

    def externals(self, settings: Settings, topics: tuple[str, ...]) -> tuple[External, ...]:  # noqa: ARG002
        """One external."""
        account, container = _word(settings, *self.account), _word(settings, *self.container)
        if not (account and container):
            return ()
        return (External(f"wasbs://{container}@{account}.dfs.core.windows.net", _path(settings.text("topics.dir"))),)


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of the worker's machine."""

    def externals(self, settings: Settings, topics: tuple[str, ...]) -> tuple[External, ...]:  # noqa: ARG002
        """One external; without a file the connector reads or writes the worker's standard streams."""
        path = _path(settings.text("file"))
        return (External("file", path),) if path else ()


@dataclass(frozen=True, slots=True)
class Snowflake:
    """A Snowflake account, with database and schema."""

    def externals(self, settings: Settings, topics: tuple[str, ...]) -> tuple[External, ...]:  # noqa: ARG002
        """A table each where topics are mapped to tables, else the schema."""
        url = settings.text("snowflake.url.name")
        address = address_of(url if "://" in url else f"https://{url}")
        if address is None:
            return ()
        names = [_word(settings, "snowflake.database.name"), _word(settings, "snowflake.schema.name")]
        schema = ".".join(name for name in names if name)
        namespace = f"snowflake://{_snowflake_account(address.authority)}"
        return _in_databases(namespace, (schema,), _mapped(settings.items("snowflake.topic2table.map")))


@dataclass(frozen=True, slots=True)
class BigQuery:
    """A dataset of a Google Cloud project."""

    def externals(self, settings: Settings, topics: tuple[str, ...]) -> tuple[External, ...]:  # noqa: ARG002
        """A table each where topics are mapped to tables, else the dataset."""
        project, dataset = _word(settings, "project"), _word(settings, "defaultDataset")
        if not project:
            return ()
        return _in_databases(
            "bigquery", (f"{project}.{dataset}" if dataset else project,), _mapped(settings.items("topic2TableMap"))
        )


@dataclass(frozen=True, slots=True)
class KafkaCluster:
    """Another Kafka cluster, by its first bootstrap server."""

    key: str = "source.cluster.bootstrap.servers"

    def externals(self, settings: Settings, topics: tuple[str, ...]) -> tuple[External, ...]:  # noqa: ARG002
        """A topic each where they are listed by name, else the cluster."""
        authority = authority_of(settings.items(self.key)[:1], "kafka")
        listed = [topic for topic in settings.items("topics") if is_topic(topic)]
        return _in_databases(f"kafka://{authority}", (), listed) if authority else ()


@dataclass(frozen=True, slots=True)
class Nowhere:
    """A connector that makes its records up, or throws them away."""

    def externals(self, settings: Settings, topics: tuple[str, ...]) -> tuple[External, ...]:  # noqa: ARG002
        """None."""
        return ()


def plain_names(patterns: Iterable[str]) -> list[str]:
    """Those of some regular expressions that are plain names, as lists of tables mostly are."""
    return [name for name in (pattern.replace("\\.", ".") for pattern in patterns) if is_word(name)]


def _in_databases(namespace: str, databases: Iterable[str], tables: Iterable[str]) -> tuple[External, ...]:
    parents = [name for name in databases if name] or [""]
    known = [table for table in tables if is_word(table)]
    names = [f"{parent}.{table}".strip(".") for parent in parents for table in known]
    return _each(namespace, names if names and len(names) <= _MOST_EXTERNALS else parents)


def _each(namespace: str, names: Iterable[str]) -> tuple[External, ...]:
    return tuple(sorted({External(namespace, name) for name in names}))


def _mapped(pairs: Iterable[str]) -> list[str]:
    """The tables of `topic:table` (Snowflake) or `topic=table` (BigQuery) pairs."""
    return [pair.replace("=", ":").partition(":")[2].strip() for pair in pairs]


def _word(settings: Settings, *keys: str) -> str:
    text = settings.text(*keys)
    return text if is_word(text) else ""


def _path(text: str) -> str:
    """A path is shown as it is, unless it may be an address with credentials or a template."""
    return text if len(text) <= 1_000 and not any(sign in text for sign in ("://", "@", "?", "=", "$", "\n")) else ""


def _snowflake_account(authority: str) -> str:
    return authority.partition(":")[0].removesuffix(_SNOWFLAKE)
