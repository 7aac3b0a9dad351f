"""What a broker with given options is run from: a Java, a class path, and a class cache where there is one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flowaudit.embedded.class_cache import class_cache_path
from flowaudit.embedded.fetch import locked_class_path, user_cache_dir
from flowaudit.embedded.jars import load_lock
from flowaudit.embedded.java import JavaRuntime, find_java, installed_kafka_class_path

if TYPE_CHECKING:
    from pathlib import Path

    from flowaudit.embedded.options import EmbeddedKafkaOptions


def cache_dir_of(options: EmbeddedKafkaOptions) -> Path:
    """Return the folder for what is fetched or prepared once."""
    return (options.cache_dir or user_cache_dir()).absolute()


def plain_runtime(options: EmbeddedKafkaOptions) -> JavaRuntime:
    """Return the runtime without a class cache; fetches and verifies the jars unless an installation is named.

    Raises:
        EmbeddedKafkaUnavailable: there is no Java or no Kafka to be had; the message tells the ways out.
        JarRefused: a jar is not the one that the lock names.
    """
    java = find_java(options.java_home)
    if options.kafka_home is not None:
        class_path = installed_kafka_class_path(options.kafka_home)
    else:
        class_path = locked_class_path(load_lock(), cache_dir_of(options), options.maven_repositories)
    return JavaRuntime(java, class_path, options.heap_mebibytes)


def runtime_of(options: EmbeddedKafkaOptions) -> JavaRuntime:
    """Return the runtime, with the class cache that ``python -m flowaudit.embedded.prepare`` may have made.

    The cache is that of Kafka's own class path; what the options add comes behind it.
    """
    runtime = plain_runtime(options)
    class_cache = class_cache_path(runtime, cache_dir_of(options))
    cached = (f"-XX:AOTCache={class_cache}",) if class_cache.is_file() else ()
    return replace(
        runtime,
        class_path=(*runtime.class_path, *(path.absolute() for path in options.extra_class_path)),
        options=(*cached, *options.jvm_options),
    )
