"""Findings as JUnit XML, as CI servers read it: a test case an entry of the policy that found nothing, or a finding."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from flowaudit.exports.findings.blind_spots import blind_spots
from flowaudit.exports.findings.words import cuts_words, hop_words, worth_words
from flowaudit.exports.text import xml_text
from flowaudit.policy.check import Report
from flowaudit.policy.finding import Finding


def findings_junit(report: Report, policy_file: str) -> str:
    """A failure a finding, a skipped case an excused one, and a passed case an entry that found nothing."""
    met = [entry for entry in report.policy.rules if not _found(report, entry.rule, entry.id)]
    counts = {"failures": str(len(report.findings)), "skipped": str(len(report.excused)), "errors": "0"}
    counts["tests"] = str(len(met) + len(report.findings) + len(report.excused))
    root = Element("testsuites", {"name": "flowaudit", **counts})
    suite = SubElement(
        root, "testsuite", {"name": xml_text(report.policy.name), "file": xml_text(policy_file), **counts}
    )
    for finding in report.findings:
        failure = SubElement(_case(suite, finding), "failure")
        failure.attrib = {"type": finding.rule, "message": xml_text(finding.message)}
        failure.text = "\n".join(xml_text(line) for line in _lines(finding))
    for excused in report.excused:
        until = f"{excused.suppression.reason} (until {excused.suppression.expires.isoformat()})"
        SubElement(_case(suite, excused.finding), "skipped", {"message": xml_text(until)})
    for entry in met:
        SubElement(suite, "testcase", {"classname": entry.rule, "name": xml_text(entry.id or entry.rule)})
    told = [*report.notes, *(f"could not be seen: {line}" for line in blind_spots(report.coverage))]
    SubElement(suite, "system-out").text = "\n".join(xml_text(line) for line in told)
    indent(root)
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + tostring(root, encoding="unicode") + "\n"


def _found(report: Report, rule: str, entry: str) -> bool:
    told = (*report.findings, *(excused.finding for excused in report.excused))
    return any((finding.rule, finding.entry) == (rule, entry) for finding in told)


def _case(suite: Element, finding: Finding) -> Element:
    name = f"{finding.entry or finding.rule}: {' → '.join(finding.subject)} [{finding.fingerprint}]"
    return SubElement(suite, "testcase", {"classname": finding.rule, "name": xml_text(name)})


def _lines(finding: Finding) -> list[str]:
    hops = [f"{number}. {hop_words(hop)}" for way in finding.case.ways for number, hop in enumerate(way.hops, 1)]
    cut = cuts_words(finding)
    return [
        line for line in (finding.title, worth_words(finding), *hops, f"to stop it, cut: {cut}" if cut else "") if line
    ]
