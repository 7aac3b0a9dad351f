from __future__ import annotations

import pytest

from flowaudit.exports.findings.render import FINDINGS_FORMATS, render_findings
from flowaudit.exports.render import FormatUnknown
from tests.unit.exports.findings.reports import FILE, report


@pytest.mark.parametrize("name", FINDINGS_FORMATS)
def test_every_format_ends_with_a_newline_and_tells_every_fingerprint(name: str) -> None:
    held = report()
    text = render_findings(held, FILE, name)
    assert text.endswith("\n")
    assert all(found.fingerprint in text for found in held.findings)


def test_an_unknown_format_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(FormatUnknown, match="'html'; choose one of json, sarif, junit, markdown"):
        render_findings(report(), FILE, "html")
