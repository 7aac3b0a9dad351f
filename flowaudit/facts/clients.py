"""Facts that a broker's own logs and metrics tell about single clients, with a group or without."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from flowaudit.facts.provenance import Provenance


class ClientAction(StrEnum):
    """What a client did with a topic."""

    READS = "reads"
    WRITES = "writes"


class ClientSeen(msgspec.Struct, frozen=True, tag="client-seen", omit_defaults=True):
    """A client read or wrote a topic, by a line of a broker's request, authorizer or audit log, or its own metrics.

    `provenance.observed_ms` is the time of the latest line; facts of one (client, topic, action) merge.
    """

    provenance: Provenance
    topic: str
    action: ClientAction
    client_id: str = ""
    """Chosen by the client. Empty in an authorizer log."""
    principal: str = ""
    """Empty where nobody authenticates (`User:ANONYMOUS`) or the source does not say."""
    software: str = ""
    """Client library and version, as the client announced them."""
    group: str = ""
    """The group, where the line names one or the same client committed for one."""
    transactional_id: str = ""
    first_ms: int = -1
    """Time of the first line that this fact stands for; -1: the same as the latest."""
    served_bytes: int = 0


class ProducerNamed(msgspec.Struct, frozen=True, tag="producer-named", omit_defaults=True):
    """A client was given a producer id (INIT_PRODUCER_ID in a request log)."""

    provenance: Provenance
    producer_id: int
    client_id: str
    principal: str = ""
    transactional_id: str = ""


class HostShared(msgspec.Struct, frozen=True, tag="host-shared", omit_defaults=True):
    """Members of groups and writers speak from one host, under one principal. Which host that is is never told.

    Facts add up: a host that more and more groups share says less and less.
    """

    provenance: Provenance
    groups: tuple[str, ...]
    producer_ids: tuple[int, ...] = ()
    """Given to a client there."""
    client_ids: tuple[str, ...] = ()
    """Of clients that write from there."""


class EgressEstimated(msgspec.Struct, frozen=True, tag="egress-estimated", omit_defaults=True):
    """How much of what a topic served is accounted for by known readers. Its latest and its worst estimate stand."""

    provenance: Provenance
    topic: str
    window_ms: int
    served_bytes: int
    accounted_bytes: int
    error_bytes: int
    """Half-width of the estimate's interval: the difference counts only beyond it."""
