"""How the parts of a finding are said to people: hops, tiers, cuts. Names of strangers are made harmless."""

from __future__ import annotations

from flowaudit.exports.moments import moment
from flowaudit.exports.text import label
from flowaudit.graph.flow_path import Hop
from flowaudit.policy.finding import Finding


def ends_words(hop: Hop) -> str:
    """`topic:locks.events → topic:monitor.sightings`."""
    return label(f"{hop.source.document_id} → {hop.target.document_id}")


def hop_words(hop: Hop) -> str:
    """`topic:a → topic:b: derives, confirmed by linkage, first seen 2026-11-22 10:00:05Z`."""
    channels = ", ".join(dict.fromkeys(evidence.channel.value for evidence in hop.edge.evidence))
    seen = f"first seen {moment(hop.first_seen_ms)}"
    return f"{ends_words(hop)}: {hop.kind.value}, {hop.tier.value} by {label(channels)}, {seen}"


def worth_words(finding: Finding) -> str:
    """`weakest evidence: probable; possible since 2026-11-22 10:00:05Z`; empty where a finding rests on no way."""
    tier, first_ms = finding.tier, finding.first_seen_ms
    if tier is None or first_ms is None:
        return ""
    return f"weakest evidence: {tier.value}; possible since {moment(first_ms)}"


def cut_words(hop: Hop) -> str:
    """`topic:a → topic:b (read by group:c)`: what to cut, and whose reading that is."""
    readers = ", ".join(edge.target.document_id for edge in hop.support if edge != hop.edge)
    return ends_words(hop) + (f" (read by {label(readers)})" if readers else "")


def cuts_words(finding: Finding) -> str:
    """All that is to be cut, in one line; empty where no hop would end it."""
    return ", ".join(cut_words(hop) for hop in finding.case.cut)
