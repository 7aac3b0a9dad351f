"""How to reach a Kafka cluster: one frozen value that every client of ours is made from."""

from __future__ import annotations

from dataclasses import dataclass, field

CLIENT_ID = "flowaudit"
"""Every client of ours names itself so (or `flowaudit-…`), and the graph leaves such clients out of the evidence."""


@dataclass(frozen=True, slots=True)
class KafkaConnection:
    """Bootstrap servers and credentials. The password is never in its repr."""

    bootstrap_servers: str
    """`host:port[,host:port …]`"""
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str = ""
    sasl_username: str = ""
    sasl_password: str = field(default="", repr=False)
    ssl_cafile: str = ""
    ssl_certfile: str = ""
    ssl_keyfile: str = ""
    ssl_key_password: str = field(default="", repr=False)
    ssl_check_hostname: bool = True
    client_id: str = CLIENT_ID
    request_timeout_ms: int = 30_000

    @property
    def namespace(self) -> str:
        """`kafka://host:port` of the first bootstrap server: the namespace that OpenLineage gives a Kafka cluster."""
        return f"kafka://{self.bootstrap_servers.split(',')[0].strip()}"
