"""docs/rules.md: the rules for people, written from the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from flowaudit.policy.model import PLACE_KINDS
from flowaudit.policy.rule import Rule
from flowaudit.policy.rules.catalogue import RULES

_HEAD: Final = f"""# The rules of `flowaudit check`

`flowaudit check GRAPH --policy FILE` holds a graph against a policy. It ends with exit code 0 when nothing counts, 1
when there are findings, 2 when policy, topology or graph cannot be used, and 3 when a source cannot be reached.

A policy is a YAML file of schema `flowaudit.policy/v1`: `name`, `title`, `rules`, and `suppressions`. Each entry of
`rules` names a rule by its permanent code and gives its parameters. Every entry may have:

| key | meaning |
|---|---|
| `id` | a name of your own for the entry, once in a file |
| `severity` | `error`, `warning` or `note`, instead of the rule's own; all of them count |
| `minimum_tier` | the weakest evidence that makes a finding; `probable`, if it is left out |

Tiers are, strongest first, `proven`, `observed`, `confirmed`, `probable` and `suspected`.

Places are written `kind:pattern`, with shell-style patterns: `system:lock`, `topic:locks.*`, `category:biometric`. The
kinds are {", ".join(f"`{kind}`" for kind in PLACE_KINDS)}.

A finding has a fingerprint of the rule, what it asks for and the nodes that it is about; evidence and time do not
change it. A suppression names a finding by `fingerprint`, or by `rule` (a code or an `id`) and `subject`; its `reason`
and `expires` (the last day, UTC, on which it holds) are mandatory:

```yaml
suppressions:
  - rule: lock-to-travel-ban
    subject: [system:lock, system:travel-ban]
    reason: the office stops reading the score by the end of the year
    expires: 2026-12-31
```
"""


def documentation() -> str:
    """The page as Markdown."""
    return "\n".join((*_HEAD.splitlines(), *(line for rule in RULES.values() for line in _section(rule)))) + "\n"


def _section(rule: Rule[Any]) -> Iterator[str]:
    yield from ("", f"## {rule.code} {rule.name}: {rule.title}", "", *rule.rationale.splitlines(), "")
    needs = ", needs a topology" if rule.needs_topology else ""
    yield from (f"Severity: `{rule.severity.value}`{needs}.", "", "| key | meaning |", "|---|---|")
    yield from (f"| `{key}` | {meaning} |" for key, meaning in rule.keys)
    yield from ("", "```yaml", "rules:", *(f"  {line}" for line in rule.example.splitlines()), "```")
