"""The graph document `flowaudit.graph/v1` as types: field for field what the JSON holds."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from flowaudit.facts import Channel
from flowaudit.graph.canonical import Scalar
from flowaudit.graph.evidence import EdgeKind, Tier, Verdict
from flowaudit.graph.identity import NodeKind
from flowaudit.graph.identity_form import Count, InferenceForm, LinkageForm, Time


class ClusterForm(msgspec.Struct, frozen=True):
    """The audited cluster."""

    id: str
    namespace: str


class WindowForm(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """The stretch of time that the evidence covers."""

    from_: Time
    to: Time


class NodeForm(msgspec.Struct, frozen=True, omit_defaults=True):
    """A node. `namespace` stands only where it is not the cluster's (for a system: not empty)."""

    id: str
    kind: NodeKind
    name: str
    system: str
    categories: list[str]
    attributes: dict[str, Scalar]
    namespace: str | None = None


class LagForm(msgspec.Struct, frozen=True):
    """Quantiles of a delay, milliseconds."""

    p50: int
    p95: int


class EvidenceForm(msgspec.Struct, frozen=True):
    """What one channel knows about an edge."""

    channel: Channel
    tier: Tier
    first_seen: Time
    last_seen: Time
    reference: str
    detail: dict[str, Scalar]


class EdgeForm(msgspec.Struct, frozen=True, omit_defaults=True):
    """An edge; `source` and `target` are node ids of the same document."""

    id: str
    kind: EdgeKind
    source: str
    target: str
    tier: Tier
    verdict: Verdict
    records: Count
    first_seen: Time
    last_seen: Time
    fields: list[tuple[str, str]]
    alternates: list[str]
    evidence: Annotated[list[EvidenceForm], msgspec.Meta(min_length=1)]
    lag_ms: LagForm | None = None
    inference: InferenceForm | None = None
    verdict_reason: str = ""


class TappedForm(msgspec.Struct, frozen=True):
    """What became of the offsets of a tapped topic."""

    topic: str
    partitions: Count
    audited: Count
    quarantined: Count
    invisible: Count
    truncated: Count


class HiddenForm(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that could not be seen, and the evidence channel that met the limit."""

    subject: str
    name: str
    reason: str
    hides: str
    channel: Channel | None = None


class SourceForm(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a source of evidence fared when it was last looked at; no `last_success` is never."""

    name: str
    duration_ms: Count
    failure: str
    last_success: Time | None = None


class CoverageForm(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was read, by which sources, and what could not be seen."""

    tapped: list[TappedForm]
    not_visible: list[HiddenForm]
    sources: list[SourceForm] = []


class SchemaForm(msgspec.Struct, frozen=True):
    """Only the schema's name: read first, so that another version is told from a broken file."""

    schema: str


class DocumentForm(msgspec.Struct, frozen=True):
    """The whole document."""

    schema: Literal["flowaudit.graph/v1"]
    cluster: ClusterForm
    window: WindowForm
    nodes: list[NodeForm]
    edges: list[EdgeForm]
    linkage: LinkageForm
    coverage: CoverageForm
