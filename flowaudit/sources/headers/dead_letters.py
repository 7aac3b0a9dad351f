"""Dead-letter headers → what failed where. Pure.

Kafka Connect (KIP-298; only with `errors.deadletterqueue.context.headers.enable`), Spring Kafka's
DeadLetterPublishingRecoverer, and share groups (KIP-1191), whose dead letters the broker writes.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from flowaudit.facts import Carrier
from flowaudit.sources.headers.named import Headers, program_name, topic_name


class DeadLetter(NamedTuple):
    """A record that could not be processed."""

    topic: str
    """Where it was read."""
    carrier: Carrier
    name: str
    """The connector or group that failed with it."""


_CONVENTIONS: Final = (
    ("__connect.errors.topic", "__connect.errors.connector.name", Carrier.CONNECTOR),
    ("kafka_dlt-original-topic", "kafka_dlt-original-consumer-group", Carrier.GROUP),
    ("__dlq.errors.topic", "__dlq.errors.group", Carrier.GROUP),
)


def dead_letter(headers: Headers, found_in: str) -> DeadLetter | None:
    """What the headers of a record in the topic `found_in` tell; None when they are no dead letter's.

    A record that names its own topic was put back to be tried again, and kept its headers. One that bears the headers
    of several conventions went through several queues: nobody knows which of them wrote it here last.
    """
    found = [
        DeadLetter(topic, carrier, name)
        for topic_header, name_header, carrier in _CONVENTIONS
        if topic_header in headers
        and (topic := topic_name(headers, topic_header))
        and (name := program_name(headers, name_header))
    ]
    return found[0] if len(found) == 1 and found[0].topic != found_in else None
