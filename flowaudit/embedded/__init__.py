"""A real Apache Kafka on this machine, for the demo and the tests.

One KRaft node, without Docker, an installed Java or Maven.

::

    with EmbeddedKafka() as kafka:
        print(kafka.bootstrap_servers)
"""

from flowaudit.embedded.acls import AclRule, grant
from flowaudit.embedded.broker import EmbeddedKafka
from flowaudit.embedded.clients import ClientSettings
from flowaudit.embedded.errors import EmbeddedKafkaUnavailable, JarRefused
from flowaudit.embedded.options import EmbeddedKafkaOptions, SaslAcl, SaslUser

__all__ = [
    "AclRule",
    "ClientSettings",
    "EmbeddedKafka",
    "EmbeddedKafkaOptions",
    "EmbeddedKafkaUnavailable",
    "JarRefused",
    "SaslAcl",
    "SaslUser",
    "grant",
]
