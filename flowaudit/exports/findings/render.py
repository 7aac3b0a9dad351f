"""The registry of formats of findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from flowaudit.exports.findings.json_ import findings_json
from flowaudit.exports.findings.junit import findings_junit
from flowaudit.exports.findings.markdown import findings_markdown
from flowaudit.exports.findings.sarif import findings_sarif
from flowaudit.exports.render import FormatUnknown
from flowaudit.policy.check import Report

FINDINGS_FORMATS: Final[Mapping[str, Callable[[Report, str], str]]] = MappingProxyType(
    {"json": findings_json, "sarif": findings_sarif, "junit": findings_junit, "markdown": findings_markdown}
)
"""How findings can be written, by name."""


def render_findings(report: Report, policy_file: str, format: str) -> str:  # noqa: A002 - called a format everywhere
    """The report as text of a format, ending with a newline; write it as UTF-8. `policy_file` is named in it.

    Raises:
        FormatUnknown: no such format; the message names those that there are.
    """
    if format not in FINDINGS_FORMATS:
        msg = f"no format of findings {format!r}; choose one of {', '.join(FINDINGS_FORMATS)}"
        raise FormatUnknown(msg)
    return FINDINGS_FORMATS[format](report, policy_file)
