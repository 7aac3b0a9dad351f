"""Kafka's error codes that a polled source answers to in its own way."""

from __future__ import annotations

from typing import Final

NOT_AUTHORIZED: Final = frozenset({29, 30, 31})
"""TOPIC_, GROUP_ and CLUSTER_AUTHORIZATION_FAILED."""
MOMENTARY: Final = frozenset({7, 14, 15, 16, 25, 27, 69})
"""REQUEST_TIMED_OUT, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, UNKNOWN_MEMBER_ID,
REBALANCE_IN_PROGRESS, and GROUP_ID_NOT_FOUND (the group went between two questions): the next poll asks again."""
