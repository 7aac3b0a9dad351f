"""What `doctor` found, as a page to read: what works, what is missing and what that hides, what to grant."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.text import Text

from flowaudit.cli.output import result_console
from flowaudit.cli.terminal import printable
from flowaudit.cli.wording import counted
from flowaudit.rights.diagnosis import ChannelDiagnosis, ChannelState, Diagnosis, Missing
from flowaudit.rights.excess import Excess
from flowaudit.rights.grants import ADMIN_PROPERTIES, grant_commands, kafka_user, revoke_command
from flowaudit.rights.held import Authorizer

if TYPE_CHECKING:
    from flowaudit.bootstrap.doctor import DoctorReport

_WORDS: Final = {
    ChannelState.WORKS: ("works", "green"),
    ChannelState.PARTLY: ("partly", "yellow bold"),
    ChannelState.FAILS: ("fails", "red bold"),
    ChannelState.OFF: ("off", "dim"),
}
_INDENT: Final = " " * 28


def print_doctor(report: DoctorReport) -> None:
    """Print the page on stdout."""
    diagnosis = report.diagnosis
    with result_console() as console:
        _say(console, f"{report.namespace} (cluster {report.cluster_id}), as {_who(diagnosis)}", "bold")
        if diagnosis.authorizer is Authorizer.ABSENT:
            _say(console, "This cluster checks nobody's rights: whoever can connect may do everything.", "yellow")
        console.print()
        for told in diagnosis.channels:
            _channel(console, told)
        _grants(console, report)
        for excess in diagnosis.excess:
            _excess(console, excess, report.bootstrap_server)
        console.print()
        _verdict(console, diagnosis)


def _who(diagnosis: Diagnosis) -> str:
    return diagnosis.principal or "the principal of the client certificate"


def _channel(console: Console, told: ChannelDiagnosis) -> None:
    word, style = _WORDS[told.state]
    lead = Text.assemble("  ", (f"{word:<9}", style), (f"{told.channel.name:<17}", "bold"))
    shows = "; ".join(told.notes) if told.state is ChannelState.OFF else told.channel.shows
    console.print(Text.assemble(lead, (printable(shows), "dim" if told.state is ChannelState.OFF else "")))
    for missing in told.missing:
        _missing(console, missing)
    for note in () if told.state is ChannelState.OFF else told.notes:
        _say(console, f"{_INDENT}{note}", "yellow")
    for more in told.could_show:
        held = f" (held for {counted(more.held_count, 'topic')})" if more.held_count else ""
        _say(console, f"{_INDENT}would show more with {more.need.right.words}{held}: {more.need.hides}", "dim")


def _missing(console: Console, missing: Missing) -> None:
    need = missing.need
    if missing.denied_for:
        shown = ", ".join(missing.denied_for[:5])
        more = f" and {len(missing.denied_for) - 5} more" if len(missing.denied_for) > 5 else ""
        _say(console, f"{_INDENT}denied   {need.right.words} by a rule, for {shown}{more}", "yellow")
        _say(console, f"{_INDENT}         a grant changes nothing: the rule that denies has to go", "")
    else:
        _say(console, f"{_INDENT}missing  {need.right.words}", "yellow")
    _say(console, f"{_INDENT}hides    {need.hides}", "")
    if missing.held_count:
        names = ", ".join(missing.held_for)
        _say(console, f"{_INDENT}held     for {missing.held_count} of what is shown: {names}", "dim")


def _grants(console: Console, report: DoctorReport) -> None:
    diagnosis = report.diagnosis
    if not diagnosis.to_grant:
        return
    who = _who(diagnosis)
    _say(
        console,
        f"\nTo grant exactly what is missing ({ADMIN_PROPERTIES}: how you connect as an administrator):\n",
        "bold",
    )
    for command in grant_commands(diagnosis.to_grant, diagnosis.principal, report.bootstrap_server):
        _say(console, f"  {command}", "")
    if not diagnosis.principal:
        _say(console, f"\n  Replace User:auditor with the name that your brokers give {who}.", "yellow")
    _say(console, "\nOr with Strimzi, all that the configured channels need and nothing else:\n", "bold")
    _say(console, textwrap.indent(kafka_user(diagnosis.least, diagnosis.principal), "  ").rstrip(), "")


def _excess(console: Console, excess: Excess, server: str) -> None:
    kind = excess.resource_type.value.replace("_", " ").lower()
    where = "the cluster" if kind == "cluster" else f"{kind} {', '.join(excess.names)}"
    more = (
        f" and {excess.count - len(excess.names)} more" if excess.count > len(excess.names) and "*" not in where else ""
    )
    _say(console, f"\nToo much  {excess.operation} on {where}{more}", "red bold")
    _say(console, f"          an auditor needs no such right; with it somebody can {excess.lets}", "")
    for rule in excess.rules:
        _say(console, f"          {revoke_command(rule, server)}", "")


def _verdict(console: Console, diagnosis: Diagnosis) -> None:
    short = [one.channel.name for one in diagnosis.channels if one.state in {ChannelState.PARTLY, ChannelState.FAILS}]
    if short:
        _say(console, f"{counted(len(short), 'channel')} with something missing: {', '.join(short)}", "yellow bold")
    else:
        _say(console, "Everything that is configured works.", "green")
    if diagnosis.excess:
        _say(console, f"{counted(len(diagnosis.excess), 'right')} too many: see above.", "red")


def _say(console: Console, text: str, style: str) -> None:
    console.print(Text(printable(text, keep="\n"), style))
