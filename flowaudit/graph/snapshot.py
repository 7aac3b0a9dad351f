"""The snapshot: the graph at one moment, as values. Every surface reads this and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flowaudit.facts import Channel
from flowaudit.graph.evidence import Detail, EdgeKind, Evidence, Inference, Lag, Tier, Verdict
from flowaudit.graph.identity import NodeId
from flowaudit.graph.identity_view import IdentityCluster, PeopleWithoutFlow, Sampling

SCHEMA: Final = "flowaudit.graph/v1"


@dataclass(frozen=True, slots=True)
class Cluster:
    """The audited cluster."""

    id: str
    namespace: str
    """`kafka://host:port`"""


@dataclass(frozen=True, slots=True)
class Window:
    """What stretch of time the evidence covers, Unix milliseconds."""

    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class Node:
    """A node. `system` is the name of the system it belongs to ("" when nothing says)."""

    id: NodeId
    system: str
    categories: tuple[str, ...] = ()
    attributes: Detail = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A flow, with all that is known about it. (source, target, kind) is unique in a snapshot."""

    source: NodeId
    target: NodeId
    kind: EdgeKind
    tier: Tier
    verdict: Verdict
    records: int
    first_seen_ms: int
    last_seen_ms: int
    evidence: tuple[Evidence, ...]
    """At least one, strongest first."""
    lag: Lag | None = None
    fields: tuple[tuple[str, str], ...] = ()
    """(upstream path, downstream path) pairs whose values return."""
    alternates: tuple[str, ...] = ()
    """Topics that explain the same records equally well."""
    inference: Inference | None = None
    """Of `derives` edges: how sure linkage is, and why."""
    verdict_reason: str = ""
    """Why the verdict is what it is; empty where an older version judged."""


@dataclass(frozen=True, slots=True)
class IdentityField:
    """A field that carries identifiers of people or things, and in which the same ones appear as in others."""

    topic: str
    path: str
    field_class: str


@dataclass(frozen=True, slots=True)
class Join:
    """The same identifiers in two fields: that is cross-referencing. Counts below k are suppressed (0)."""

    upstream_topic: str
    upstream_path: str
    downstream_topic: str
    downstream_path: str
    sightings: int
    tier: Tier
    first_seen_ms: int


@dataclass(frozen=True, slots=True)
class TappedTopic:
    """What became of the offsets of a tapped topic, over all partitions."""

    topic: str
    partitions: int
    audited: int
    quarantined: int
    invisible: int
    truncated: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """Something that could not be seen."""

    subject: str
    name: str
    reason: str
    hides: str
    channel: Channel | None = None
    """The evidence channel that met the limit; None where no single one did."""


@dataclass(frozen=True, slots=True)
class CheckedSource:
    """How a source of evidence fared when it was last looked at."""

    name: str
    last_success_ms: int
    """0: never."""
    duration_ms: int
    failure: str
    """The kind of error that its last attempt ended with; empty when it succeeded."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was read and what could not be seen. A report without it is not complete."""

    tapped: tuple[TappedTopic, ...] = ()
    not_visible: tuple[Hidden, ...] = ()
    sources: tuple[CheckedSource, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphSnapshot:
    """The whole graph, sorted: nodes by id, edges by (source, target, kind)."""

    cluster: Cluster
    window: Window
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    identifiers: tuple[IdentityField, ...] = ()
    joins: tuple[Join, ...] = ()
    coverage: Coverage = Coverage()
    clusters: tuple[IdentityCluster, ...] = ()
    """Those of most people first."""
    same_people: tuple[PeopleWithoutFlow, ...] = ()
    """Sorted by topics."""
    sampling: Sampling | None = None
    """None when linkage looked at nothing."""
