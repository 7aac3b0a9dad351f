from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from flowaudit.cli.rules_page import main
from flowaudit.policy.documentation import documentation
from flowaudit.policy.model import Parameters
from flowaudit.policy.rules.catalogue import RULES

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("code", RULES)
def test_each_rule_tells_all_its_keys_and_no_others(code: str) -> None:
    common = {field.name for field in msgspec.structs.fields(Parameters)}
    own = [field.encode_name for field in msgspec.structs.fields(RULES[code].parameters) if field.name not in common]
    assert [key for key, _ in RULES[code].keys] == own


def test_codes_are_permanent() -> None:
    assert {code: rule.name for code, rule in RULES.items()} == {
        "FA001": "forbidden-flow",
        "FA002": "undeclared-reader",
        "FA003": "undeclared-writer",
        "FA004": "feedback-loop",
        "FA005": "purpose-limitation",
        "FA006": "cross-reference-without-basis",
        "FA007": "unused-right",
        "FA008": "kept-elsewhere",
        "FA009": "automated-decision",
    }


def test_the_page_has_every_rule_with_rationale_and_example() -> None:
    page = documentation()
    for rule in RULES.values():
        assert f"## {rule.code} {rule.name}: {rule.title}" in page
        assert rule.rationale in page
        assert rule.example.splitlines()[0] in page


def test_the_page_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["--check"]) == 0


def test_a_stale_page_is_told_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--check"]) == 1
    assert "is stale" in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0
