"""A report with one of everything: what the tests of the formats read."""

from __future__ import annotations

import datetime as dt

from flowaudit.graph.snapshot import Hidden
from flowaudit.policy.check import Report, check
from tests.unit.policy.made import graph, policy, topology

FILE = "policies/my policy.yaml"
HOSTILE = "ban.x\u202e<b>|`\x1b[2J]]>\u0000"


def report(*more: str) -> Report:
    """Two findings, an excused one, an expired suppression, an unused one, a note, and three things not seen."""
    snapshot = graph(
        "lock.events > monitor.seen",
        "monitor.seen > ban.orders",
        "lock.events > @ban",
        *more,
        hidden=(
            Hidden("topic", "a", "not-tapped", "what is in a"),
            Hidden("topic", "b", "not-tapped", "what is in b"),
            Hidden("cluster", "", "no-acl-right", "who may read"),
        ),
    )
    asked = policy(
        "rule: FA001, id: flow, from: system:lock, to: system:ban",
        "rule: FA005, severity: warning",
        "rule: FA004, id: loops",
        "rule: FA001, from: system:nobody, to: system:ban",
        suppressions="rule: FA005, subject: [system:lock, system:monitor], reason: it ends soon, expires: 2026-06-01}\n"
        "  - {rule: FA005, subject: [system:lock, system:ban], reason: it has ended, expires: 2026-05-31}\n"
        "  - {rule: loops, subject: [system:x], reason: mistaken, expires: 2027-01-01",
    )
    return check(snapshot, asked, topology(), dt.date(2026, 6, 1))
