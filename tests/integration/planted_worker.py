"""A real Connect worker whose connectors hold a thousand secrets: where real ones stand, and where nobody would look.

The worker needs the classes that the configurations name. They are stubs, compiled here: each a file connector, or a
transform that does nothing, under the name of the real one; what reads their configurations sees no difference.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.estate.connect import LOCK_FILE, ConnectWorker
from tests.estate.jars import class_path
from tests.estate.java_clients import NoJavaCompiler
from tests.unit.sources.connector_secrets import Planted

Configs = Mapping[str, Mapping[str, str]]
"""Connector → its configuration."""

_SINKS: Final = (
    "com.acme.UnheardOfConnector",
    "com.github.jcustenborder.kafka.connect.redis.RedisSinkConnector",
    "com.mongodb.kafka.connect.MongoSinkConnector",
    "com.snowflake.kafka.connector.SnowflakeSinkConnector",
    "io.aiven.kafka.connect.http.HttpSinkConnector",
    "io.confluent.connect.elasticsearch.ElasticsearchSinkConnector",
    "io.confluent.connect.jdbc.JdbcSinkConnector",
    "io.confluent.connect.s3.S3SinkConnector",
)
_SOURCES: Final = (
    "io.debezium.connector.mongodb.MongoDbConnector",
    "org.apache.kafka.connect.mirror.MirrorSourceConnector",
)
_TRANSFORMS: Final = ("com.acme.Mask", "com.acme.TopicFromApi")
_CONNECTOR: Final = "package {package};\npublic class {name} extends org.apache.kafka.connect.file.{parent} {{}}\n"
_TRANSFORM: Final = """package {package};
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;
public class {name}<R extends ConnectRecord<R>> implements org.apache.kafka.connect.transforms.{parent}<R> {{
    public R apply(R record) {{ return record; }}
    public ConfigDef config() {{ return new ConfigDef(); }}
    public void configure(java.util.Map<String, ?> settings) {{}}
    public void close() {{}}
}}
"""
_STUBS: Final = (
    ("sink.SinkConnector", "FileStreamSinkConnector", _CONNECTOR, _SINKS),
    ("source.SourceConnector", "FileStreamSourceConnector", _CONNECTOR, _SOURCES),
    ("transforms.Transformation", "Transformation", _TRANSFORM, _TRANSFORMS),
)
"""Service that the worker looks for, what the stub extends, its code, and the names."""
_NO_PLUGIN: Final = "a class that is none"
_READ_BY_THE_WORKER: Final = ("connector.class", "topic", "topics", "topics.regex", "file", "transforms", "errors.")
_AT_ONCE: Final = 8


def configs_of(plants: Sequence[Planted]) -> Configs:
    """All plants in a few dozen connectors: one connector for each place, made as the plant's own configuration.

    The other plants are guests there: each in a connector of another place, under its own key where that key is free
    and the worker itself does not read it, else under a key made up of it.
    """
    places = {plant.place: plant for plant in reversed(plants) if plant.place != _NO_PLUGIN}
    hosts = {plant.name: dict(plant.config) for plant in places.values()}
    guests = [plant for plant in plants if plant.name not in hosts]
    for number, guest in enumerate(guests):
        # One more with each round: so that a connector is host to every other place in turn.
        host = [*hosts.values()][(number + number // len(hosts)) % len(hosts)]
        for key, value in guest.config.items():
            if any(secret in value for secret in guest.secrets):
                is_free = key not in host and not key.startswith(_READ_BY_THE_WORKER)
                host[key if is_free else f"{guest.name}.{key}"] = value
    return hosts


@contextmanager
def planted_worker(bootstrap_servers: str, directory: Path, configs: Configs) -> Iterator[ConnectWorker]:
    """A worker with these connectors, some of which fail for what their configuration holds.

    Raises:
        NoJavaCompiler: the stubs cannot be compiled here.
    """
    plugins = compile_stubs(directory / "plugins")
    properties = {"plugin.path": str(plugins), "plugin.discovery": "service_load"}
    with ConnectWorker(bootstrap_servers, directory / "worker", group="planted", properties=properties) as worker:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(worker.configure, configs, configs.values()))
        yield worker


def compile_stubs(directory: Path) -> Path:
    """Compile them as one plugin; returns the folder for the worker's `plugin.path`.

    Raises:
        NoJavaCompiler: nothing can be compiled here.
    """
    javac = shutil.which("javac")
    if javac is None:
        msg = "no javac on the PATH: the stubs of connectors need a JDK 17 or newer"
        raise NoJavaCompiler(msg)
    plugin, code = directory / "plugins" / "stubs", directory / "code"
    services = plugin / "META-INF" / "services"
    services.mkdir(parents=True)
    sources = []
    for service, parent, template, classes in _STUBS:
        (services / f"org.apache.kafka.connect.{service}").write_text("\n".join(classes), encoding="utf-8")
        for each in classes:
            package, _, name = each.rpartition(".")
            source = code / f"{each.replace('.', '/')}.java"
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(template.format(package=package, name=name, parent=parent), encoding="utf-8")
            sources.append(str(source))
    on_path = os.pathsep.join(map(str, class_path(LOCK_FILE)))
    subprocess.run([javac, "--release", "17", "-d", str(plugin), "-cp", on_path, *sources], check=True, timeout=120)
    return plugin.parent
