"""The broker's settings and logging, as the text of its files. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flowaudit.embedded.options import SaslAcl

HOST = "127.0.0.1"
# The line by which the broker says in its log that it serves; logged at INFO by this logger alone.
READY_LINE = "Kafka Server started"
_READY_LOGGER = "kafka.server.KafkaRaftServer"
_PLAIN_LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule"

# One node, a small machine, a short life. Everything that changes what clients see stays at Kafka's defaults.
_SMALL_NODE = {
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "2",
    "group.initial.rebalance.delay.ms": "0",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.cleaner.dedupe.buffer.size": str(8 * 1024 * 1024),
}


@dataclass(frozen=True, slots=True)
class NodePorts:
    """The loopback ports of one node."""

    client: int
    controller: int


def broker_properties(
    ports: NodePorts, logs_dir: Path, security: SaslAcl | None, extra: Mapping[str, str]
) -> dict[str, str]:
    """Return the settings of a combined broker and controller (KRaft, KIP-500); `extra` wins over everything else."""
    protocol = "PLAINTEXT" if security is None else "SASL_PLAINTEXT"
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.bootstrap.servers": f"{HOST}:{ports.controller}",
        "listeners": f"CLIENT://{HOST}:{ports.client},CONTROLLER://{HOST}:{ports.controller}",
        "listener.security.protocol.map": f"CLIENT:{protocol},CONTROLLER:{protocol}",
        "inter.broker.listener.name": "CLIENT",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": str(logs_dir),
        **_SMALL_NODE,
        **({} if security is None else _sasl_acl_properties(security)),
        **extra,
    }


def render_properties(properties: Mapping[str, str]) -> str:
    """Write settings as a Java properties file; values may hold any character."""
    return "".join(f"{_escape(key)}={_escape(value)}\n" for key, value in properties.items())


def log4j2_config(log_file: Path, loggers: Mapping[Path, tuple[str, str]] | None = None) -> str:
    """Return a log4j2 configuration (XML): warnings and worse into `log_file`, and the line that says "started".

    `loggers` are further loggers, as (name, level) by the file that each writes alone, in the layout that Kafka's own
    ``log4j2.yaml`` gives its authorizer and request logs.
    """
    extra = tuple((loggers or {}).items())
    appenders = "".join(_appender(f"logger-{i}", file, "[%d] %p %m (%c)%n") for i, (file, _) in enumerate(extra))
    levels = "".join(
        f'    <Logger name="{_xml(name)}" level="{_xml(level)}" additivity="false">'
        f'<AppenderRef ref="logger-{i}"/></Logger>\n'
        for i, (_, (name, level)) in enumerate(extra)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="error">
  <Appenders>
{_appender("file", log_file, "%d{ISO8601} %-5p %m (%c)%n")}{appenders}  </Appenders>
  <Loggers>
    <Logger name="{_READY_LOGGER}" level="info"/>
{levels}    <Root level="warn"><AppenderRef ref="file"/></Root>
  </Loggers>
</Configuration>
"""


def _appender(name: str, file: Path, layout: str) -> str:
    return f'    <File name="{name}" fileName="{_xml(str(file))}"><PatternLayout pattern="{layout}"/></File>\n'


def _sasl_acl_properties(security: SaslAcl) -> dict[str, str]:
    everyone = (security.super_user, *security.users)
    known = " ".join(f"{_jaas(f'user_{user.name}')}={_jaas(user.password)}" for user in everyone)
    own = f"username={_jaas(security.super_user.name)} password={_jaas(security.super_user.password)}"
    jaas = f"{_PLAIN_LOGIN} required {own} {known};"
    return {
        "sasl.enabled.mechanisms": "PLAIN",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.client.plain.sasl.jaas.config": jaas,
        "listener.name.controller.plain.sasl.jaas.config": jaas,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{security.super_user.name}",
    }


def _jaas(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _escape(text: str) -> str:
    """Escape for java.util.Properties: everything beyond printable ASCII as UTF-16 code units."""
    escaped = []
    for character in text:
        if character in "\\=:#! ":
            escaped.append(f"\\{character}")
        elif " " < character <= "~":
            escaped.append(character)
        else:
            units = character.encode("utf-16-be")
            escaped += [f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2)]
    return "".join(escaped)


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
