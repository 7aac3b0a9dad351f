"""How a client library connects to the embedded broker, in each library's own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from flowaudit.embedded.errors import EmbeddedKafkaUnavailable

if TYPE_CHECKING:
    from flowaudit.embedded.options import SaslAcl


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """The address of a broker and the user to connect as; `user` is None on a PLAINTEXT broker."""

    bootstrap_servers: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, bootstrap_servers: str, security: SaslAcl | None, user: str | None) -> ClientSettings:
        """Return the settings of a named user, or of the super user when no name is given."""
        if security is None:
            return cls(bootstrap_servers)
        passwords = {known.name: known.password for known in (security.super_user, *security.users)}
        name = user or security.super_user.name
        return cls(bootstrap_servers, name, passwords[name])

    def kafka_python(self) -> dict[str, Any]:
        """Return keyword arguments for kafka-python's clients."""
        if self.user is None:
            return {"bootstrap_servers": self.bootstrap_servers}
        return {
            "bootstrap_servers": self.bootstrap_servers,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "PLAIN",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
        }

    def aiokafka(self) -> dict[str, Any]:
        """Return keyword arguments for aiokafka's clients; they are named as kafka-python's."""
        return self.kafka_python()

    def librdkafka(self) -> dict[str, Any]:
        """Return configuration properties for confluent-kafka's clients."""
        if self.user is None:
            return {"bootstrap.servers": self.bootstrap_servers}
        return {
            "bootstrap.servers": self.bootstrap_servers,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "PLAIN",
            "sasl.username": self.user,
            "sasl.password": self.password,
        }


def answering_cluster_id(client: ClientSettings) -> str:
    """Return the id of the cluster that answers at the address.

    Raises:
        EmbeddedKafkaUnavailable: nobody answers there, or not to this user.
    """
    try:
        admin = KafkaAdminClient(**client.kafka_python())
        try:
            return str(admin.describe_cluster()["cluster_id"])
        finally:
            admin.close()
    except KafkaError as error:
        msg = f"the embedded Kafka at {client.bootstrap_servers} started but does not answer: {type(error).__name__}"
        raise EmbeddedKafkaUnavailable(msg) from None
