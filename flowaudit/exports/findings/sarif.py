"""Findings as SARIF 2.1.0 (OASIS Standard), as code scanning takes it.

Things of the graph are logical locations. Code scanning shows a result only at a file, so each also points to the
policy. Fingerprints let it know a finding again: its own partial fingerprint, and `primaryLocationLineHash`, which
GitHub reads (docs.github.com, "SARIF support for code scanning").
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import quote

from flowaudit.exports.findings.blind_spots import blind_spots
from flowaudit.exports.findings.words import cuts_words, hop_words, worth_words
from flowaudit.exports.text import label
from flowaudit.graph.evidence import Tier
from flowaudit.graph.flow_path import FlowPath, Hop
from flowaudit.graph.identity import NodeId
from flowaudit.graph.times import iso_time
from flowaudit.policy.check import Report
from flowaudit.policy.finding import Finding
from flowaudit.policy.model import Suppression
from flowaudit.policy.rule import Rule
from flowaudit.policy.rules.catalogue import RULES

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_Object = dict[str, object]


def findings_sarif(report: Report, policy_file: str) -> str:
    """One run with the rules of the policy, its findings, and the excused ones as suppressed results."""
    used = [RULES[code] for code in sorted({entry.rule for entry in report.policy.rules})]
    codes = [rule.code for rule in used]
    results = [_result(finding, codes, policy_file) for finding in report.findings]
    results += [
        {**_result(excused.finding, codes, policy_file), "suppressions": [_suppression(excused.suppression)]}
        for excused in report.excused
    ]
    run = {
        "tool": {"driver": {"name": "flowaudit", "rules": [_rule(rule) for rule in used]}},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(report)}],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def _rule(rule: Rule[Any]) -> _Object:
    needs = "\n\nIt needs a topology." if rule.needs_topology else ""
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": _one_line(rule.rationale)},
        "help": {
            "text": f"{_one_line(rule.rationale)}{needs}\n\nExample:\n\n{rule.example}",
            "markdown": f"{rule.rationale}{needs}\n\n```yaml\n{rule.example}\n```",
        },
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(finding: Finding, codes: Sequence[str], policy_file: str) -> _Object:
    told = [finding.message, worth_words(finding), cuts_words(finding) and f"to stop it, cut: {cuts_words(finding)}"]
    result: _Object = {
        "ruleId": finding.rule,
        "ruleIndex": codes.index(finding.rule),
        "level": finding.severity.value,
        "message": {"text": label(". ".join(text for text in told if text))},
        "locations": [{**_place(policy_file), "logicalLocations": [_logical(node) for node in finding.case.subject]}],
        "partialFingerprints": {
            "flowaudit/v1": finding.fingerprint,
            "primaryLocationLineHash": f"{finding.fingerprint}:1",
        },
        "properties": _properties(finding),
    }
    if finding.case.ways:
        flows = [_thread_flow(way, policy_file) for way in finding.case.ways]
        result["codeFlows"] = [{"threadFlows": [flow]} for flow in flows]
    return result


def _thread_flow(way: FlowPath, policy_file: str) -> _Object:
    return {"locations": [_step(hop, policy_file) for hop in way.hops]}


def _step(hop: Hop, policy_file: str) -> _Object:
    location = {
        **_place(policy_file),
        "logicalLocations": [_logical(hop.source), _logical(hop.target)],
        "message": {"text": hop_words(hop)},
    }
    return {
        "location": location,
        "executionTimeUtc": iso_time(hop.first_seen_ms),
        "importance": "essential" if hop.tier.at_least(Tier.CONFIRMED) else "important",
    }


def _properties(finding: Finding) -> _Object:
    tier = finding.tier
    return {
        "entry": finding.entry,
        "subject": list(finding.subject),
        "tier": None if tier is None else tier.value,
        "cut": [[hop.source.document_id, hop.target.document_id] for hop in finding.case.cut],
    }


def _place(policy_file: str) -> _Object:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(policy_file)}, "region": {"startLine": 1}}}


def _logical(node: NodeId) -> _Object:
    qualified = f"{node.namespace}/{node.name}" if node.namespace else node.name
    return {"name": node.name, "fullyQualifiedName": f"{node.kind.value}:{qualified}", "kind": node.kind.value}


def _suppression(suppression: Suppression) -> _Object:
    reason = f"{suppression.reason} (until {suppression.expires.isoformat()})"
    return {"kind": "external", "status": "accepted", "justification": label(reason)}


def _notifications(report: Report) -> list[_Object]:
    expired = (
        f"a suppression expired on {one.expires.isoformat()}: {one.fingerprint or one.rule}" for one in report.expired
    )
    unused = (f"a suppression covers nothing: {one.fingerprint or one.rule}" for one in report.unused)
    hidden = (f"could not be seen: {line}" for line in blind_spots(report.coverage))
    return [*_told((*report.notes, *expired, *unused), "warning"), *_told(hidden, "note")]


def _told(texts: Iterable[str], level: str) -> list[_Object]:
    return [{"level": level, "message": {"text": label(text)}} for text in texts]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _uri(path: str) -> str:
    """RFC 3986 reference: separators stay, whatever else could mean something is escaped."""
    return quote(path.replace("\\", "/"))
