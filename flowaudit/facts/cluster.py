"""Facts that the cluster itself tells: topics, groups, commits, writers, and what stays hidden."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from flowaudit.facts.provenance import Provenance


class ClusterSeen(msgspec.Struct, frozen=True, tag="cluster-seen", omit_defaults=True):
    """The audited cluster, and by which address it was reached."""

    provenance: Provenance
    cluster_id: str
    namespace: str
    """`kafka://host:port`"""
    k_anonymity: int = 10
    """The smallest count of people that the owner of this audit lets anybody see."""


class TopicSeen(msgspec.Struct, frozen=True, tag="topic-seen", omit_defaults=True):
    """A topic exists; `topic_id` tells a re-created topic from its predecessor (KIP-516)."""

    provenance: Provenance
    topic: str
    topic_id: str
    partitions: int
    internal: bool = False
    has_records: bool = False
    """Was anything ever written to it? False as well when nobody could look."""


class GroupSeen(msgspec.Struct, frozen=True, gc=False, tag="group-seen", omit_defaults=True):
    """A consumer group as one describe call, or one record of the offsets log, showed it.

    A group that was deleted has the state `Deleted` and no members: what it read before stays known.
    """

    provenance: Provenance
    group: str
    group_type: str
    """`classic`, `consumer` (KIP-848), `share` (KIP-932) or `streams` (KIP-1071), as ListGroups v5 says."""
    protocol_type: str
    state: str
    members: int
    subscribed: tuple[str, ...] = ()
    """Topics that members ask for."""
    assigned: tuple[str, ...] = ()
    """Topics of which a member holds a partition now."""
    client_ids: tuple[str, ...] = ()
    protocol: str = ""
    """The assignor or dialect that the members agreed on: `range`, `stream`, `faust`, `sessioned` …"""
    regexes: tuple[str, ...] = ()
    """Patterns by which members ask for topics (KIP-848 shows them; a classic member sends what they matched)."""
    urls: tuple[str, ...] = ()
    """Addresses that members announce of themselves: Connect workers, Faust workers, Schema Registries. A name, no
    promise that something answers there."""


class OffsetCommitted(msgspec.Struct, frozen=True, gc=False, tag="offset-committed", omit_defaults=True):
    """Group committed `offset` for a partition: it has read everything below."""

    provenance: Provenance
    group: str
    topic: str
    partition: int
    offset: int
    end_offset: int = -1
    """The partition's end when the commit was read; -1 when it could not be asked."""


class Outcome(StrEnum):
    """What became of a producer's records."""

    WRITTEN = "written"
    """They were written without a transaction: they are there."""
    COMMITTED = "committed"
    ABORTED = "aborted"
    UNDECIDED = "undecided"
    """Written in a transaction whose end is not known (DescribeProducers cannot tell, or it is still open)."""


class ProducerSeen(msgspec.Struct, frozen=True, gc=False, tag="producer-seen", omit_defaults=True):
    """A producer id has state on a partition (DescribeProducers, KIP-664), or signed batches of it."""

    provenance: Provenance
    topic: str
    partition: int
    producer_id: int
    epoch: int
    last_sequence: int
    last_timestamp_ms: int
    transactional: bool = False
    outcome: Outcome = Outcome.WRITTEN
    """Only a transactional producer's can be another than `written`."""


class NotVisible(msgspec.Struct, frozen=True, tag="not-visible", omit_defaults=True):
    """Something that this audit could not see, and why: it goes into every report."""

    provenance: Provenance
    subject: str
    """`topic`, `group`, `field`, `cluster` …: the kind of thing."""
    name: str
    reason: str
    """A short stable code: `no-read-right`, `no-describe-right`, `not-tapped`, `undecodable`, …"""
    hides: str
    """What the report may be missing for it, in one sentence."""
    source: str = ""
    """The polled source that told it, which tells it again every minute while it lasts; empty: it stands for good."""
