"""The graph document itself."""

from __future__ import annotations

from flowaudit.graph.document import dump
from flowaudit.graph.snapshot import GraphSnapshot


def json_document(snapshot: GraphSnapshot) -> str:
    """`flowaudit.graph/v1` in canonical form (RFC 8785), and a newline."""
    return dump(snapshot).decode() + "\n"
