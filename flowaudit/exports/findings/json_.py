"""Findings as JSON, `flowaudit.findings/v1`."""

from __future__ import annotations

import json
from typing import Final

from flowaudit.exports.evidence import evidence_document
from flowaudit.graph.flow_path import FlowPath, Hop
from flowaudit.graph.snapshot import Edge
from flowaudit.graph.times import iso_time
from flowaudit.policy.check import Report
from flowaudit.policy.finding import Finding
from flowaudit.policy.model import Suppression

SCHEMA: Final = "flowaudit.findings/v1"


def findings_json(report: Report, policy_file: str) -> str:
    """The whole report: sorted keys, two blanks, ASCII."""
    return json.dumps(findings_document(report, policy_file), indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def findings_document(report: Report, policy_file: str) -> dict[str, object]:
    """The whole report as JSON values."""
    return {
        "schema": SCHEMA,
        "policy": {"name": report.policy.name, "title": report.policy.title, "file": policy_file},
        "cluster": {"id": report.cluster.id, "namespace": report.cluster.namespace},
        "window": {"from": iso_time(report.window.from_ms), "to": iso_time(report.window.to_ms)},
        "findings": [_finding(finding) for finding in report.findings],
        "suppressed": [
            {**_finding(excused.finding), "suppression": _suppression(excused.suppression)}
            for excused in report.excused
        ],
        "expired_suppressions": [_suppression(one) for one in report.expired],
        "unused_suppressions": [_suppression(one) for one in report.unused],
        "notes": list(report.notes),
        "not_visible": [
            {"subject": one.subject, "name": one.name, "reason": one.reason, "hides": one.hides}
            for one in report.coverage.not_visible
        ],
    }


def _finding(finding: Finding) -> dict[str, object]:
    first, tier = finding.first_seen_ms, finding.tier
    return {
        "rule": finding.rule,
        "title": finding.title,
        "entry": finding.entry,
        "severity": finding.severity.value,
        "fingerprint": finding.fingerprint,
        "message": finding.message,
        "subject": list(finding.subject),
        "tier": None if tier is None else tier.value,
        "possible_since": None if first is None else iso_time(first),
        "ways": [_way(way) for way in finding.case.ways],
        "cut": [_edge(hop.edge) for hop in finding.case.cut],
    }


def _way(way: FlowPath) -> dict[str, object]:
    return {"tier": way.tier.value, "hops": [_hop(hop) for hop in way.hops]}


def _hop(hop: Hop) -> dict[str, object]:
    return {
        **_edge(hop.edge),
        "tier": hop.tier.value,
        "verdict": hop.verdict.value,
        "first_seen": iso_time(hop.first_seen_ms),
        "last_seen": iso_time(hop.last_seen_ms),
        "evidence": evidence_document(hop.edge),
        "support": [_edge(edge) for edge in hop.support],
    }


def _edge(edge: Edge) -> dict[str, object]:
    return {"source": edge.source.document_id, "target": edge.target.document_id, "kind": edge.kind.value}


def _suppression(suppression: Suppression) -> dict[str, object]:
    return {
        "fingerprint": suppression.fingerprint,
        "rule": suppression.rule,
        "subject": list(suppression.subject),
        "reason": suppression.reason,
        "expires": suppression.expires.isoformat(),
    }
