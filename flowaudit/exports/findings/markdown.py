"""Findings as Markdown, for a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from flowaudit.exports.findings.blind_spots import blind_spots
from flowaudit.exports.findings.words import cut_words, hop_words, worth_words
from flowaudit.exports.moments import moment
from flowaudit.exports.text import label
from flowaudit.policy.check import Report
from flowaudit.policy.finding import Finding
from flowaudit.policy.model import Suppression

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@])")
"""What Markdown, or a tracker that reads it, would take for more than text."""


def findings_markdown(report: Report, policy_file: str) -> str:
    """A heading a finding, with its way, its cut and its fingerprint; then what is excused, and what was not seen."""
    return "\n".join(_page(report, policy_file)).rstrip("\n") + "\n"


def _page(report: Report, policy_file: str) -> Iterator[str]:
    yield f"# {_text(report.policy.title)}"
    yield ""
    seen = f"{moment(report.window.from_ms)} to {moment(report.window.to_ms)}"
    counted = f"{len(report.findings)} findings, {len(report.excused)} suppressed"
    yield f"{counted}. Policy {_text(policy_file)}, cluster {_text(report.cluster.id)}, evidence of {seen}."
    for finding in report.findings:
        yield from _finding(finding)
    yield from _list("Suppressed", [_excused(one.finding, one.suppression) for one in report.excused])
    yield from _list("Suppressions that expired", [_suppression(one) for one in report.expired])
    yield from _list("Suppressions that cover nothing", [_suppression(one) for one in report.unused])
    yield from _list("Notes", [_text(note) for note in report.notes])
    yield from _list("What could not be seen", [_text(line) for line in blind_spots(report.coverage)])


def _finding(finding: Finding) -> Iterator[str]:
    yield from ("", f"## {finding.rule} {_text(finding.title)}", "")
    yield f"**{finding.severity.value}**: {_text(finding.message)}"
    yield ""
    worth = worth_words(finding)
    named = f"Fingerprint {finding.fingerprint}" + (f", entry {_text(finding.entry)}" if finding.entry else "")
    yield f"{named}; {worth}." if worth else f"{named}."
    for way in finding.case.ways:
        yield ""
        yield from (f"{number}. {_text(hop_words(hop))}" for number, hop in enumerate(way.hops, 1))
    if finding.case.cut:
        yield from ("", "To stop it, cut:", "")
        yield from (f"- {_text(cut_words(hop))}" for hop in finding.case.cut)


def _list(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"## {title}", "", *(f"- {line}" for line in lines))


def _excused(finding: Finding, suppression: Suppression) -> str:
    until = suppression.expires.isoformat()
    return f"{finding.rule} {_text(finding.message)} ({_text(suppression.reason)}; until {until})"


def _suppression(suppression: Suppression) -> str:
    named = suppression.fingerprint or f"{suppression.rule} of {', '.join(suppression.subject)}"
    return f"{_text(named)}: {_text(suppression.reason)} (until {suppression.expires.isoformat()})"


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", label(text))
