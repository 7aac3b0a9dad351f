"""A real Apache Kafka on this machine, for the demo and the tests: one KRaft node, no Docker, no installed Java, no Maven.

``EmbeddedKafka(EmbeddedKafkaOptions())`` is a context manager; see `flowaudit.embedded.broker`.
"""

#from flowaudit.embedded.acls import AclRule, grant
#from flowaudit.embedded.broker import EmbeddedKafka
#from flowaudit.embedded.errors import EmbeddedKafkaUnavailable, JarRefused
#from flowaudit.embedded.options import EmbeddedKafkaOptions, SaslAcl, SaslUser

