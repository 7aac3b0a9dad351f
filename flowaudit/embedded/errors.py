"""What can go wrong with the embedded Kafka. Every message is one line: the thing, its value, the ways out."""

from __future__ import annotations

from flowaudit.errors import SourceUnreachable

WAYS_OUT = (
    "ways out: point flowaudit at a running cluster with --bootstrap-servers HOST:PORT, "
    "or name an existing installation (Kafka 4.x: FLOWAUDIT_KAFKA_HOME, Java 17 or newer: FLOWAUDIT_JAVA_HOME)"
)


class EmbeddedKafkaUnavailable(SourceUnreachable):
    """No embedded broker can be had here: nothing to run it from, or it did not come up. Exit code 3."""


class JarRefused(EmbeddedKafkaUnavailable):
    """A jar is not the one that the lock names: wrong SHA-256 sum. It is neither run nor replaced."""


class KeeperFailed(Exception):
    """The supervisor process ended or did not answer; the node turns this into an error that tells why."""


class PortTaken(EmbeddedKafkaUnavailable):
    """Another process took a port between our choosing it and the broker binding it; the start is tried again."""
