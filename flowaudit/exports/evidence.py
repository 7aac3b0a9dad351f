"""What supports an edge, as the JSON of findings and of paths has it."""

from __future__ import annotations

from flowaudit.graph.snapshot import Edge
from flowaudit.graph.times import iso_time


def evidence_document(edge: Edge) -> list[dict[str, object]]:
    """An edge's evidence as JSON values, in its own order."""
    return [
        {
            "channel": evidence.channel.value,
            "tier": evidence.tier.value,
            "reference": evidence.reference,
            "first_seen": iso_time(evidence.first_seen_ms),
            "last_seen": iso_time(evidence.last_seen_ms),
            "detail": dict(evidence.detail),
        }
        for evidence in edge.evidence
    ]
