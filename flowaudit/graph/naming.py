"""Which system a topic or a group belongs to when no topology says so: its own name tells."""

from __future__ import annotations

import re
from typing import Final

_ROLE_SUFFIXES: Final = re.compile(
    r"[-_](?:consumers?|groups?|cg|readers?|workers?|services?|svc|app|streams?|events?|topics?|v\d+)$", re.IGNORECASE
)
_CONNECT_PREFIX: Final = "connect-"
"""Kafka Connect names the group of a sink connector `connect-<connector>`."""


def system_of_topic_name(topic: str) -> str:
    """`locks.events` → `locks`, `payments-events` → `payments`: what stands before the first dot, without its role."""
    return _without_role(_first_part(topic))


def system_of_group_name(group: str) -> str:
    """`central-monitor` → `central-monitor`, `billing-consumer` → `billing`, `connect-archive` → `archive`."""
    return _without_role(_first_part(group.removeprefix(_CONNECT_PREFIX)))


def _first_part(name: str) -> str:
    head, _, _ = name.partition(".")
    return head or name


def _without_role(name: str) -> str:
    while len(shorter := _ROLE_SUFFIXES.sub("", name)) < len(name) and shorter:
        name = shorter
    return name
