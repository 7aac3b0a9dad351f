"""Where a fact comes from, exactly enough that a sceptic can go and look."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Channel(StrEnum):
    """The evidence channels: how flowaudit knows."""

    GROUP_MEMBERSHIP = "group-membership"
    COMMITTED_OFFSETS = "committed-offsets"
    OFFSETS_LOG = "offsets-log"
    TRANSACTION = "transaction"
    PRODUCER_ID = "producer-id"
    STREAMS_TOPOLOGY = "streams-topology"
    CONNECT = "connect"
    HEADERS = "headers"
    LINKAGE = "linkage"
    CANARY = "canary"
    ACL = "acl"
    BROKER_LOG = "broker-log"
    DECLARED = "declared"
    METADATA = "metadata"
    """The cluster's own listing of its topics; it shows that a node exists, never a flow."""


class Provenance(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Who said so, when, and where to look again."""

    channel: Channel
    observed_ms: int
    """Unix time in milliseconds at which the auditor learned it."""
    reference: str
    """An API with its version, a topic range, a file with its line: never a value from a record."""
