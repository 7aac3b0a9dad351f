"""Facts of Kafka Connect: which connector moves what between Kafka and the world."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from flowaudit.facts.provenance import Provenance


class Direction(StrEnum):
    """Which way a connector moves data."""

    SOURCE = "source"
    """From an external system into Kafka."""
    SINK = "sink"
    """From Kafka to an external system."""


class External(msgspec.Struct, frozen=True, array_like=True, order=True):
    """The end of a connector that is not Kafka, named as OpenLineage names datasets. Never with credentials."""

    namespace: str
    """`postgres://host:5432`, `s3://bucket`, `file` …"""
    name: str
    """`database.schema.table`, a path, a collection …; empty when the configuration names no more."""


class ConnectorSeen(msgspec.Struct, frozen=True, tag="connector-seen", omit_defaults=True):
    """A connector as its workers describe it. The latest telling of a connector stands."""

    provenance: Provenance
    connector: str
    workers_group: str
    """The group of the Connect cluster's workers; empty when unknown."""
    direction: Direction
    connector_class: str
    state: str
    tasks: int
    group: str = ""
    """Consumer group of a sink's tasks."""
    topics: tuple[str, ...] = ()
    """Topics that it really touched: the workers' own list (KIP-558), or the offsets it committed (KIP-875)."""
    promised: tuple[str, ...] = ()
    """Topics that its configuration names, after the transforms that route records."""
    promised_regex: str = ""
    externals: tuple[External, ...] = ()
    dead_letter_topic: str = ""
