"""A path, hop by hop: evidence, tier, when it was first seen, and whether anybody declared it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from rich.console import Console
from rich.text import Text

from flowaudit.cli.terminal import printable
from flowaudit.cli.wording import (
    channels,
    confidence_words,
    counted,
    reason_words,
    sureness,
    verdict_style,
    verdict_words,
)
from flowaudit.exports.evidence import evidence_document
from flowaudit.exports.moments import moment
from flowaudit.graph.evidence import Evidence, Verdict
from flowaudit.graph.flow_path import FlowPath, Hop
from flowaudit.graph.identity import NodeId
from flowaudit.graph.snapshot import Edge, GraphSnapshot
from flowaudit.graph.times import iso_time

_SHOWN_FIELDS = 4

Systems = Mapping[NodeId, str]


def systems_of(snapshot: GraphSnapshot) -> Systems:
    """Which system each node belongs to."""
    return {node.id: node.system for node in snapshot.nodes}


def print_path(console: Console, path: FlowPath, systems: Systems) -> None:
    """Print one path."""
    console.print()
    console.print(Text(" → ".join(printable(systems.get(node) or node.document_id) for node in path.nodes), "bold"))
    told = [counted(len(path.hops), "hop"), f"weakest evidence: {_weakest(path)}"]
    if any(hop.verdict is not Verdict.UNJUDGED for hop in path.hops):
        told.insert(1, f"{len(path.undeclared)} never declared")
    console.print(Text("  " + ", ".join(told), "dim"))
    for number, hop in enumerate(path.hops, start=1):
        print_hop(console, number, hop)


def _weakest(path: FlowPath) -> str:
    """The weakest tier, and in which hop: where all are alike, none is the weakest."""
    hop = path.weakest
    inference = hop.edge.inference
    sure = f" ({confidence_words(inference.confidence)})" if inference is not None else ""
    alike = len({(one.tier, one.edge.inference and one.edge.inference.confidence) for one in path.hops}) == 1
    where = "" if alike else f" in {hop.source.name} → {hop.target.name}"
    return printable(f"{hop.tier.value}{sure}{where}")


def print_hop(console: Console, number: int, hop: Hop) -> None:
    """Print one hop, with all that it rests on."""
    ends = f"{hop.source.document_id} → {hop.target.document_id}"
    console.print(
        Text.assemble(
            f"  {number}. ",
            (printable(ends), "bold"),
            f"  {hop.kind.value}, {hop.tier.value}, first seen {moment(hop.first_seen_ms)}  ",
            (verdict_words(hop.verdict), verdict_style(hop.verdict)),
        )
    )
    reason = reason_words(hop.edge)
    lines = [printable(f"why: {reason}")] if reason else []
    lines += [_evidence(evidence) for evidence in hop.edge.evidence]
    lines += [printable(sureness(hop.edge))] if hop.edge.inference or hop.edge.alternates else []
    lines += [_content(hop.edge)] if hop.edge.fields or hop.edge.lag else []
    lines += [_reading(reading) for reading in hop.support]
    for line in lines:
        console.print(Text(f"       {line}", "dim"))


def _content(edge: Edge) -> str:
    fields = ", ".join(f"{upstream} → {downstream}" for upstream, downstream in edge.fields[:_SHOWN_FIELDS])
    more = len(edge.fields) - _SHOWN_FIELDS
    told = [f"the same identifiers in {fields}{f' and {more} more' if more > 0 else ''}"] if fields else []
    if edge.lag:
        told.append(f"typically {edge.lag.p50_ms:,} ms later (95 %: within {edge.lag.p95_ms:,} ms)")
    return printable("; ".join(told))


def _evidence(evidence: Evidence) -> str:
    detail = ", ".join(f"{key} {value}" for key, value in evidence.detail if value != "")
    parts = [f"{evidence.channel.value} ({evidence.tier.value})", evidence.reference, detail]
    return printable(": ".join(part for part in parts if part))


def _reading(edge: Edge) -> str:
    read = f"{edge.source.document_id} is read by {edge.target.document_id}: {edge.tier.value} by {channels(edge)}"
    return printable(f"{read}, first seen {moment(edge.first_seen_ms)}")


def path_document(path: FlowPath, systems: Systems) -> dict[str, object]:
    """A path as JSON values."""
    return {
        "source": path.nodes[0].document_id,
        "target": path.nodes[-1].document_id,
        "systems": [systems.get(node, "") for node in path.nodes],
        "tier": path.tier.value,
        "weakest": {
            "source": path.weakest.source.document_id,
            "target": path.weakest.target.document_id,
            "tier": path.weakest.tier.value,
            "confidence": path.weakest.edge.inference.confidence if path.weakest.edge.inference else None,
        },
        "undeclared": len(path.undeclared),
        "hops": [hop_document(hop) for hop in path.hops],
    }


def hop_document(hop: Hop) -> dict[str, object]:
    """A hop as JSON values."""
    return {**edge_document(hop.edge), "support": [edge_document(edge) for edge in hop.support]}


def edge_document(edge: Edge) -> dict[str, object]:
    """An edge as JSON values."""
    return {
        "source": edge.source.document_id,
        "target": edge.target.document_id,
        "kind": edge.kind.value,
        "tier": edge.tier.value,
        "verdict": edge.verdict.value,
        "verdict_reason": edge.verdict_reason,
        "records": edge.records,
        "first_seen": iso_time(edge.first_seen_ms),
        "last_seen": iso_time(edge.last_seen_ms),
        "alternates": list(edge.alternates),
        "inference": msgspec.to_builtins(edge.inference),
        "evidence": evidence_document(edge),
    }
