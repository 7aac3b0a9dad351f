"""Facts that record headers and schema ids tell. Values of headers never leave the source: only names of systems do."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from flowaudit.facts.provenance import Provenance


class Carrier(StrEnum):
    """What passed a record on."""

    CONNECTOR = "connector"
    GROUP = "group"


class DeadLettered(msgspec.Struct, frozen=True, tag="dead-lettered", omit_defaults=True):
    """Records of `topic` failed in a connector or a consumer group, which put them into `dead_letter_topic`."""

    provenance: Provenance
    topic: str
    dead_letter_topic: str
    carrier: Carrier
    name: str
    """The connector or the group."""


class OriginNamed(msgspec.Struct, frozen=True, tag="origin-named", omit_defaults=True):
    """Records of a topic name the system, job or database that they come from."""

    provenance: Provenance
    topic: str
    scheme: str
    """`cloudevents`, `debezium`, `openlineage`, `datahub`, `spring-type` …: by what convention."""
    name: str
    """Redacted: no query, no credentials, and numbers and identifiers in it replaced by `*`."""


class TracesShared(msgspec.Struct, frozen=True, tag="traces-shared", omit_defaults=True):
    """Sampled traces that passed `upstream` and then `downstream`. The highest counts of a pair stand."""

    provenance: Provenance
    upstream: str
    downstream: str
    traces: int
    """Traces seen in both, upstream first."""
    reversed_traces: int
    """Traces seen in both, downstream first."""
    downstream_traces: int
    """Sampled traces of the downstream topic, shared or not."""


class SchemaUsed(msgspec.Struct, frozen=True, tag="schema-used", omit_defaults=True):
    """Records of a topic are written with a registered schema."""

    provenance: Provenance
    topic: str
    part: str
    """`key` or `value`."""
    schema_id: str
    """The registry's number, or its GUID."""
    subject: str = ""
    """Empty when no registry was asked, or it did not know."""
    schema_type: str = ""
