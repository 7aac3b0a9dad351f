"""What `flowaudit check` prints."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console
from rich.text import Text

from flowaudit.cli.output import STDOUT, print_bytes, result_console, write_file
from flowaudit.cli.terminal import printable
from flowaudit.cli.wording import counted
from flowaudit.exports.findings.blind_spots import blind_spots
from flowaudit.exports.findings.render import render_findings
from flowaudit.exports.findings.words import cut_words, hop_words, worth_words
from flowaudit.policy.check import Report
from flowaudit.policy.finding import Finding
from flowaudit.policy.model import Severity, Suppression

_STYLES = {Severity.ERROR: "red bold", Severity.WARNING: "yellow bold", Severity.NOTE: "cyan bold"}
_SHOWN_BLIND_SPOTS = 8
_FILE_WIDTH = 4_096


def tell(report: Report, policy_file: str, result_format: str, output: Path | None) -> None:
    """Print the report, or write it into a file.

    Raises:
        OutputRefused: the file cannot be written.
    """
    if result_format != "text":
        data = render_findings(report, policy_file, result_format).encode()
    elif output is None or output == STDOUT:
        with result_console() as console:
            _print(console, report)
        return
    else:
        page = io.StringIO()
        _print(
            Console(file=page, highlight=False, markup=False, emoji=False, width=_FILE_WIDTH, color_system=None), report
        )
        data = page.getvalue().encode()
    if output is None or output == STDOUT:
        print_bytes(data)
    else:
        write_file(output, data)


def _print(console: Console, report: Report) -> None:
    for finding in report.findings:
        _print_finding(console, finding)
    counts = [counted(len(report.findings), "finding"), f"{len(report.excused)} suppressed"]
    console.print(
        Text(f"{', '.join(counts)} by {counted(len(report.policy.rules), 'rule')} of {_title(report)}", "bold")
    )
    for excused in report.excused:
        finding, held = excused.finding, excused.suppression
        _line(console, f"suppressed until {held.expires.isoformat()}: {finding.rule} {finding.message} ({held.reason})")
    for one in report.expired:
        _line(console, f"suppression expired on {one.expires.isoformat()}: {_named(one)} ({one.reason})")
    for one in report.unused:
        _line(console, f"suppression covers nothing: {_named(one)} ({one.reason})")
    for note in report.notes:
        _line(console, f"note: {note}")
    _print_blind_spots(console, report)


def _print_finding(console: Console, finding: Finding) -> None:
    console.print(
        Text.assemble(
            (f"{finding.severity.value} ", _STYLES[finding.severity]),
            (f"{finding.rule} ", "bold"),
            printable(finding.message),
        )
    )
    for number, way in enumerate(finding.case.ways):
        if number:
            console.print(Text("  and", "dim"))
        for place, hop in enumerate(way.hops, start=1):
            console.print(Text(f"  {place}. {printable(hop_words(hop))}"))
    if worth := worth_words(finding):
        _line(console, worth)
    for hop in finding.case.cut:
        console.print(Text(f"  to stop it, cut: {printable(cut_words(hop))}"))
    entry = f", entry {finding.entry}" if finding.entry else ""
    _line(console, f"fingerprint {finding.fingerprint}{entry}; about {', '.join(finding.subject)}")
    console.print()


def _print_blind_spots(console: Console, report: Report) -> None:
    lines = blind_spots(report.coverage)
    if lines:
        console.print(Text("Could not be seen, so nothing here speaks for it:", "bold"))
    for line in lines[:_SHOWN_BLIND_SPOTS]:
        _line(console, line)
    if len(lines) > _SHOWN_BLIND_SPOTS:
        _line(console, f"and {len(lines) - _SHOWN_BLIND_SPOTS} more; `flowaudit show` has them all")


def _line(console: Console, text: str) -> None:
    console.print(Text(f"  {printable(text)}", "dim"))


def _title(report: Report) -> str:
    return printable(report.policy.title)


def _named(suppression: Suppression) -> str:
    return suppression.fingerprint or f"{suppression.rule} of {', '.join(suppression.subject)}"
