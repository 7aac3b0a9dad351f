"""The estate's topics, made before anybody writes to them: whole, with the partitions that the parameters ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

from flowaudit.errors import SourceUnreachable
from flowaudit.estates.parameters import TopicNumbers

ANSWER_S: Final = 5.0
CREATE_S: Final = 15.0


def create_topics(bootstrap_servers: str, topics: Sequence[str], numbers: TopicNumbers) -> None:
    """Create the topics that do not exist yet; those that do are left as they are.

    Raises:
        SourceUnreachable: the cluster does not answer, or refuses to create a topic.
    """
    admin = AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 0})
    try:
        admin.list_topics(timeout=ANSWER_S)
    except KafkaException:
        msg = f"kafka://{bootstrap_servers} does not answer within {ANSWER_S:.0f} s; name a cluster that runs"
        raise SourceUnreachable(msg) from None
    wanted = [
        NewTopic(topic, num_partitions=numbers.partitions, replication_factor=numbers.replication) for topic in topics
    ]
    for topic, created in admin.create_topics(wanted, operation_timeout=CREATE_S).items():
        try:
            created.result()
        except KafkaException as error:
            code = error.args[0].code()
            if code != KafkaError.TOPIC_ALREADY_EXISTS:
                msg = f"topic {topic!r} cannot be created on kafka://{bootstrap_servers}: Kafka's error code {code}"
                raise SourceUnreachable(msg) from None
