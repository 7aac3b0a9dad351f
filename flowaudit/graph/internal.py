"""Topics that are machinery and clients that are ourselves: what the graph leaves out, and says that it does."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

AUDITOR_CLIENT_PREFIX: Final = "flowaudit-"
"""Client ids of the auditor itself."""
KAFKA_TOPICS: Final = frozenset(
    {"__consumer_offsets", "__transaction_state", "__share_group_state", "__cluster_metadata"}
)
"""The broker's own topics, by their full names."""


def is_internal_name(topic: str) -> bool:
    """Does the topic's name mark it as machinery? Anyone may choose such a name, so reports name what is left out."""
    return topic.startswith("__")


def faust_leader_topic(group: str) -> str:
    """The topic by which the workers of a Faust app elect a leader; it carries no data."""
    return f"{group}-__assignor-__leader"


def is_faust_machinery(group: str, topic: str, group_topics: Collection[str]) -> bool:
    """Is the topic the Faust app's own leader election or table changelog?

    A changelog is believed only of a group that has a Faust leader topic, and only under the group's own name.
    """
    leader = faust_leader_topic(group)
    if topic == leader:
        return True
    return topic.startswith(f"{group}-") and topic.endswith("-changelog") and leader in group_topics
