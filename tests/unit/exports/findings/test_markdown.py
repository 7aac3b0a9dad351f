from __future__ import annotations

from flowaudit.exports.findings.markdown import findings_markdown
from tests.unit.exports.findings.reports import FILE, HOSTILE, report


def test_a_ticket_with_way_cut_fingerprint_and_what_was_not_seen() -> None:
    page = findings_markdown(report(), FILE)
    fingerprint = report().findings[0].fingerprint
    for told in (
        "2 findings, 1 suppressed.",
        "## FA001 Data gets where it must not",
        "**error**: data of lock gets to ban, which the policy forbids",
        f"Fingerprint {fingerprint}, entry flow; weakest evidence: confirmed",
        "1. topic:lock.events → group:ban: consumes, confirmed by linkage, first seen 1970-01-01 00:00:01Z",
        "To stop it, cut:",
        "## Suppressed",
        "## Suppressions that expired",
        "## Suppressions that cover nothing",
        "- 2 of kind topic: not-tapped",
    ):
        assert told in page, told


def test_names_of_strangers_stay_text() -> None:
    page = findings_markdown(report(f"lock.events > {HOSTILE}"), FILE)
    assert r"ban.x\<b\>\|\`" in page
    assert not {"\x1b", "\u202e", "\x00"} & set(page)
