"""What `flowaudit score` prints."""

from __future__ import annotations

from rich.table import Table

from flowaudit.cli.output import result_console
from flowaudit.cli.terminal import printable
from flowaudit.estates.score import KINDS, Accuracy, ScoredEdge, ScoreReport
from flowaudit.graph.document import document_ids
from flowaudit.graph.snapshot import GraphSnapshot


def scored_edges(snapshot: GraphSnapshot) -> list[ScoredEdge]:
    """The edges as the score takes them."""
    ids = document_ids(snapshot.nodes)
    return [
        ScoredEdge(
            edge.kind.value,
            ids[edge.source],
            ids[edge.target],
            edge.tier.value,
            confidence=None if edge.inference is None else edge.inference.confidence,
            alternates=tuple(f"topic:{name}" for name in edge.alternates),
        )
        for edge in snapshot.edges
    ]


def print_score(report: ScoreReport) -> None:
    """Print the report as a table, then each thing that is not right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("edges", "at least"):
        table.add_column(column)
    for column in ("correct", "wrong", "missed", "precision", "recall", "F1"):
        table.add_column(column, justify="right")
    for row in report.by_tier:
        table.add_row(row.kind, row.tier, *_cells(row.accuracy))
    table.add_row("reachable pairs", "suspected", *_cells(report.reachability))
    with result_console() as console:
        console.print(table)
        for line in (*_figures(report), *_remarks(report)):
            console.print(printable(line))


def _cells(accuracy: Accuracy) -> tuple[str, ...]:
    counts = (accuracy.correct, accuracy.wrong, accuracy.missed)
    shares = (accuracy.precision, accuracy.recall, accuracy.f1)
    return (*(str(count) for count in counts), *(f"{share:.2f}" for share in shares))


def _figures(report: ScoreReport) -> list[str]:
    true = report.overall("derives").correct + report.overall("derives").missed
    lines = [f"true derives edges found or named as an alternate: {report.offered} of {true}"] if true else []
    if report.decoy_pairs:
        lines.append(f"decoys linked at probable or better: {report.decoys_at('probable')} of {report.decoy_pairs}")
    if report.calibration_error is not None:
        lines.append(f"calibration error over {len(report.claims)} edges: {report.calibration_error:.3f}")
    return lines


def _remarks(report: ScoreReport) -> list[str]:
    lines = [f"wrong     {edge.kind} {edge.source} → {edge.target} ({edge.tier})" for edge in report.wrong]
    lines += [f"missed    {edge.kind} {edge.source} → {edge.target}" for edge in report.missed]
    lines += [f"reversed  {flow.source} → {flow.target}" for flow in report.reversed_flows]
    lines += [f"decoy     {decoy.source} → {decoy.target} was linked ({decoy.tier})" for decoy in report.decoys]
    if report.unjudged:
        lines.append(f"{report.unjudged} edges touch something of which the truth says nothing, and are left out")
    return lines


def score_document(report: ScoreReport) -> dict[str, object]:
    """The report as JSON values."""
    return {
        "overall": {kind: _accuracy(report.overall(kind)) for kind in KINDS},
        "by_tier": [{"kind": row.kind, "tier": row.tier, **_accuracy(row.accuracy)} for row in report.by_tier],
        "reachability": _accuracy(report.reachability),
        "wrong": [_edge(edge) for edge in report.wrong],
        "missed": [_edge(edge) for edge in report.missed],
        "reversed": [{"source": flow.source, "target": flow.target} for flow in report.reversed_flows],
        "decoys": [{"source": d.source, "target": d.target, "tier": d.tier} for d in report.decoys],
        "unjudged": report.unjudged,
        "found_or_alternate": {"count": report.offered, "share": report.offered_share},
        "decoys_at_probable": {"linked": report.decoys_at("probable"), "pairs": report.decoy_pairs},
        "calibration": {"edges": len(report.claims), "error": report.calibration_error},
    }


def _accuracy(accuracy: Accuracy) -> dict[str, float]:
    return {
        "correct": accuracy.correct,
        "wrong": accuracy.wrong,
        "missed": accuracy.missed,
        "precision": accuracy.precision,
        "recall": accuracy.recall,
        "f1": accuracy.f1,
    }


def _edge(edge: ScoredEdge) -> dict[str, str]:
    return {"kind": edge.kind, "source": edge.source, "target": edge.target, "tier": edge.tier}
