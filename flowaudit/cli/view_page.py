"""A view of the graph as a list of its flows, each with how it is known."""

from __future__ import annotations

from flowaudit.cli.output import result_console
from flowaudit.cli.tables import print_table
from flowaudit.cli.wording import channels, reason_words, sampling_words, sureness, verdict_words
from flowaudit.exports.moments import moment
from flowaudit.graph.snapshot import Edge, GraphSnapshot


def print_view(view: GraphSnapshot, title: str) -> None:
    """Print the flows on stdout, the best supported first."""
    edges = sorted(view.edges, key=lambda edge: (edge.tier.rank, edge.source, edge.target, edge.kind))
    columns = ("flow", "kind", "how sure", "evidence", "verdict", "records", "first seen", "why this verdict")
    with result_console() as console:
        console.print(sampling_words(view.sampling))
        print_table(console, title, columns, map(_row, edges), numbers=(5,))


def _row(edge: Edge) -> tuple[str, ...]:
    return (
        f"{edge.source.name} → {edge.target.name}",
        edge.kind.value,
        sureness(edge),
        channels(edge),
        verdict_words(edge.verdict),
        f"{edge.records:,}",
        moment(edge.first_seen_ms),
        reason_words(edge),
    )
