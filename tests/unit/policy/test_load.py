from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowaudit.errors import ExitCode
from flowaudit.graph.evidence import Tier
from flowaudit.policy.load import PolicyInvalid, parse_policy
from flowaudit.policy.model import Severity
from flowaudit.policy.rules.catalogue import RULES
from flowaudit.policy.rules.forbidden_flow import ForbiddenFlow
from flowaudit.topology.mistakes import Mistake

REFERENCE = Path(__file__).parents[3] / "topologies" / "beijing-public-housing" / "policy.yaml"
SMALL = """\
schema: flowaudit.policy/v1
name: small
title: Small
rules:
  - rule: FA001
    id: lock-to-ban
    from: system:lock
    to: system:ban
    severity: warning
  - rule: FA004
suppressions:
  - rule: lock-to-ban
    subject: [system:lock, system:ban]
    reason: it ends soon
    expires: 2026-12-31
"""


def mistakes_of(text: str) -> list[tuple[int, str]]:
    with pytest.raises(PolicyInvalid) as caught:
        parse_policy(text, source="p.yaml")
    assert caught.value.exit_code == ExitCode.USAGE
    return [(mistake.line, mistake.text) for mistake in caught.value.mistakes]


def test_each_entry_is_read_as_its_rule_wants_it() -> None:
    policy = parse_policy(SMALL)
    first, second = policy.rules
    assert isinstance(first, ForbiddenFlow)
    assert (first.source, first.target, first.severity) == ("system:lock", "system:ban", Severity.WARNING)
    assert (second.rule, second.minimum_tier, second.severity) == ("FA004", Tier.PROBABLE, None)
    assert policy.suppressions[0].expires == dt.date(2026, 12, 31)


def test_the_policy_of_the_reference_estate_is_valid() -> None:
    ids = {entry.id for entry in parse_policy(REFERENCE.read_text(encoding="utf-8")).rules}
    assert {"lock-to-travel-ban", "curfew-feedback", "cross-reference-without-basis"} <= ids


@pytest.mark.parametrize("code", RULES)
def test_the_example_of_each_rule_is_a_valid_entry(code: str) -> None:
    entry = "\n".join(f"  {line}" for line in RULES[code].example.splitlines())
    policy = parse_policy(f"schema: flowaudit.policy/v1\nname: a\ntitle: A\nrules:\n{entry}\n")
    assert [rule.rule for rule in policy.rules] == [code]


def test_all_mistakes_are_told_at_once_with_line_and_nearest_word() -> None:
    text = SMALL.replace("    to: system:ban", "    too: system:ban").replace("severity: warning", "severity: warn")
    text = text.replace("rule: FA004", "rule: FA04").replace("    reason: it ends soon\n", "")
    assert mistakes_of(text) == [
        (5, "the key 'to' is missing"),
        (8, "unknown key 'too'; did you mean 'to'?"),
        (9, "'severity' is 'warn': did you mean 'warning'?"),
        (10, "'rule' is 'FA04', which does not exist; did you mean 'FA004'?"),
        (12, "the key 'reason' is missing"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("policy/v1", "policy/v9", 1, "'schema' is 'flowaudit.policy/v9'"),
        ("from: system:lock", "from: lock", 7, "'from' is 'lock'"),
        ("  - rule: FA004", "  - FA004", 10, "an entry must be a mapping with the key 'rule'"),
        (
            "  - rule: FA004",
            "  - rule: FA004\n    id: lock-to-ban",
            10,
            "the id 'lock-to-ban' is given twice; the first",
        ),
        (
            "rule: lock-to-ban",
            "rule: lock-to-bann",
            12,
            "no code and no id of a rule here; did you mean 'lock-to-ban'?",
        ),
        ("    subject: [system:lock, system:ban]\n", "", 12, "by 'fingerprint', or by 'rule' and 'subject'"),
        ("rule: lock-to-ban", "fingerprint: 0123456789abcdef", 12, "by 'fingerprint', or by 'rule' and 'subject'"),
        ("2026-12-31", "next year", 15, "'expires' is 'next year'"),
        ("rules:", "rulez:", 4, "did you mean 'rules'?"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, line: int, told: str) -> None:
    found = mistakes_of(SMALL.replace(old, new, 1))
    assert [one for one in found if one[0] == line and told in one[1]], found


def test_a_policy_without_rules_is_refused() -> None:
    text = "schema: flowaudit.policy/v1\nname: a\ntitle: A\nrules: []\n"
    assert mistakes_of(text) == [(1, "'rules' is empty or no list; give at least one rule")]


@given(st.text(max_size=60), st.integers(0, len(SMALL)))
def test_whatever_is_written_into_it_is_read_or_refused_with_a_line(garbage: str, at: int) -> None:
    mistakes: tuple[Mistake, ...] = ()
    try:
        is_read = bool(parse_policy(SMALL[:at] + garbage + SMALL[at:]).rules)
    except PolicyInvalid as error:
        is_read, mistakes = False, error.mistakes
    assert is_read or mistakes
