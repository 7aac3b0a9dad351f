from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

from flowaudit.exports.findings.junit import findings_junit
from tests.unit.exports.findings.reports import FILE, HOSTILE, report


def suite_of(text: str) -> Element:
    (suite,) = fromstring(text)  # noqa: S314 - our own text
    return suite


def test_findings_fail_excused_ones_are_skipped_and_what_found_nothing_passes() -> None:
    suite = suite_of(findings_junit(report(), FILE))
    assert {key: suite.get(key) for key in ("tests", "failures", "skipped", "errors")} == {
        "tests": "5",
        "failures": "2",
        "skipped": "1",
        "errors": "0",
    }
    cases = suite.findall("testcase")
    assert [[child.tag for child in case] for case in cases] == [["failure"], ["failure"], ["skipped"], [], []]
    assert [case.get("name") for case in cases[-2:]] == ["loops", "FA001"]
    failure = cases[0].find("failure")
    assert failure is not None
    assert failure.get("type") == "FA001"
    assert "to stop it, cut: " in (failure.text or "")
    skipped = cases[2].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "it ends soon (until 2026-06-01)"


def test_what_could_not_be_seen_is_the_output_of_the_suite() -> None:
    told = suite_of(findings_junit(report(), FILE)).findtext("system-out") or ""
    assert "could not be seen: 2 of kind topic: not-tapped" in told


def test_names_of_strangers_stay_text() -> None:
    suite = suite_of(findings_junit(report(f"lock.events > {HOSTILE}"), FILE))
    assert "\x1b" not in "".join(suite.itertext())
