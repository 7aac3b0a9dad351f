from __future__ import annotations

import json

from flowaudit.exports.findings.json_ import SCHEMA, findings_json
from tests.unit.exports.findings.reports import FILE, report


def test_the_whole_report_as_json() -> None:
    document = json.loads(findings_json(report(), FILE))
    assert (document["schema"], document["policy"]["file"]) == (SCHEMA, FILE)
    flow, purpose = document["findings"]
    assert (flow["rule"], flow["entry"], flow["severity"]) == ("FA001", "flow", "error")
    assert flow["subject"] == ["system:lock", "system:ban"]
    assert (flow["tier"], flow["possible_since"]) == ("confirmed", "1970-01-01T00:00:01.000Z")
    (hop,) = flow["ways"][0]["hops"]
    assert (hop["source"], hop["target"], hop["kind"]) == ("topic:lock.events", "group:ban", "consumes")
    assert hop["evidence"][0]["channel"] == "linkage"
    assert len(flow["cut"]) == 2
    assert purpose["rule"] == "FA005"
    (excused,) = document["suppressed"]
    assert excused["suppression"]["expires"] == "2026-06-01"
    assert [one["reason"] for one in document["expired_suppressions"]] == ["it has ended"]
    assert [one["reason"] for one in document["unused_suppressions"]] == ["mistaken"]
    assert document["notes"] == ["FA001: nothing in the graph is from 'system:nobody'"]
    assert len(document["not_visible"]) == 3
