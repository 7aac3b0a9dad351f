"""What `flowaudit cut` prints: the hops to end, and the readings that would have to be revoked for that."""

from __future__ import annotations

from flowaudit.cli.hops import edge_document, hop_document, print_hop
from flowaudit.cli.options import Format
from flowaudit.cli.output import print_json, print_text, result_console
from flowaudit.cli.terminal import printable
from flowaudit.cli.wording import counted
from flowaudit.graph.cuts import Cut
from flowaudit.graph.evidence import EdgeKind
from flowaudit.graph.flow_path import Hop
from flowaudit.graph.snapshot import Edge


def show_cut(cut: Cut, ends: tuple[str, str], result_format: Format) -> None:
    """Print a cut."""
    if result_format is Format.JSON:
        hops = [{**hop_document(hop), "revoke": [edge_document(edge) for edge in readings(hop)]} for hop in cut.hops]
        print_json({"source": ends[0], "target": ends[1], "hops": hops, "smallest": cut.smallest})
        return
    if not cut.hops:
        print_text(printable(f"no way from {ends[0]} to {ends[1]}: there is nothing to cut"))
        return
    with result_console() as console:
        fewest = "" if cut.smallest else " (perhaps fewer would do)"
        every = "this hop" if len(cut.hops) == 1 else f"one of these {counted(len(cut.hops), 'hop')}"
        console.print(printable(f"Every way from {ends[0]} to {ends[1]} takes {every}{fewest}:"), style="bold")
        for number, hop in enumerate(cut.hops, start=1):
            print_hop(console, number, hop)
        console.print()
        console.print("To end them:", style="bold")
        for line in dict.fromkeys(line for hop in cut.hops for line in _orders(hop)):
            console.print(printable(f"  {line}"))


def readings(hop: Hop) -> tuple[Edge, ...]:
    """The readings without which the hop would not be: those that support it, or the hop itself if it is one."""
    return (hop.edge,) if hop.kind is EdgeKind.CONSUMES else hop.support


def _orders(hop: Hop) -> list[str]:
    if found := readings(hop):
        return [f"{edge.target.document_id} must not read {edge.source.document_id}" for edge in found]
    ends = f"{hop.source.document_id} → {hop.target.document_id}"
    if hop.kind is EdgeKind.DERIVES:
        return [f"{ends}: whoever carries this content is not known by name"]
    return [f"{ends} must end"]
