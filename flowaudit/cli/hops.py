"""A path, hop by hop: evidence, tier, when it was first seen, and whether anybody declared it."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from flowaudit.cli.moments import moment
from flowaudit.cli.terminal import printable
from flowaudit.cli.wording import counted, verdict_style, verdict_words
from flowaudit.graph.evidence import Evidence, Verdict
from flowaudit.graph.identity import NodeId, NodeKind
from flowaudit.graph.paths import FlowPath
from flowaudit.graph.snapshot import Edge


def print_path(console: Console, path: FlowPath) -> None:
    """Print one path."""
    undeclared = sum(hop.verdict is Verdict.UNDECLARED for hop in path.hops)
    console.print()
    console.print(Text(" → ".join(_name(node) for node in _stations(path)), "bold"))
    told = [counted(len(path.hops), "hop"), f"weakest evidence: {path.tier.value}"]
    if any(hop.verdict is not Verdict.UNJUDGED for hop in path.hops):
        told.insert(1, f"{undeclared} never declared")
    console.print(Text("  " + ", ".join(told), "dim"))
    for number, hop in enumerate(path.hops, start=1):
        _print_hop(console, number, hop)


def _print_hop(console: Console, number: int, hop: Edge) -> None:
    console.print(
        Text.assemble(
            f"  {number}. ",
            (f"{_name(hop.source)} → {_name(hop.target)}", "bold"),
            f"  {hop.kind.value}, {hop.tier.value}, first seen {moment(hop.first_seen_ms)}  ",
            (verdict_words(hop.verdict), verdict_style(hop.verdict)),
        )
    )
    for evidence in hop.evidence:
        console.print(Text(f"       {_evidence(evidence)}", "dim"))


def _evidence(evidence: Evidence) -> str:
    detail = ", ".join(f"{key} {value}" for key, value in evidence.detail)
    parts = [f"{evidence.channel.value} ({evidence.tier.value})", evidence.reference, detail]
    return printable(": ".join(part for part in parts if part))


def _stations(path: FlowPath) -> list[NodeId]:
    return [path.hops[0].source, *(hop.target for hop in path.hops)]


def _name(node: NodeId) -> str:
    return printable(node.name if node.kind is NodeKind.SYSTEM else node.document_id)


def path_document(path: FlowPath) -> dict[str, object]:
    """A path as JSON values."""
    return {
        "source": path.hops[0].source.document_id,
        "target": path.hops[-1].target.document_id,
        "tier": path.tier.value,
        "undeclared": sum(hop.verdict is Verdict.UNDECLARED for hop in path.hops),
        "hops": [_hop_document(hop) for hop in path.hops],
    }


def _hop_document(hop: Edge) -> dict[str, object]:
    return {
        "source": hop.source.document_id,
        "target": hop.target.document_id,
        "kind": hop.kind.value,
        "tier": hop.tier.value,
        "verdict": hop.verdict.value,
        "records": hop.records,
        "first_seen": moment(hop.first_seen_ms),
        "last_seen": moment(hop.last_seen_ms),
        "evidence": [
            {
                "channel": evidence.channel.value,
                "tier": evidence.tier.value,
                "reference": evidence.reference,
                "first_seen": moment(evidence.first_seen_ms),
                "last_seen": moment(evidence.last_seen_ms),
                "detail": dict(evidence.detail),
            }
            for evidence in hop.evidence
        ],
    }
