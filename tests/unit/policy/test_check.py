"""A graph held against a policy: what counts, what is excused until when, and what more evidence may not change."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from flowaudit.facts import Channel
from flowaudit.graph.evidence import EdgeKind, Evidence, Tier, Verdict
from flowaudit.graph.snapshot import Edge, GraphSnapshot, Hidden
from flowaudit.policy.check import Report, check
from flowaudit.policy.model import Policy, Severity
from tests.unit.policy.made import edge, graph, policy, topology

TODAY = dt.date(2026, 6, 1)
CHAIN = ("lock.events > monitor.seen", "monitor.seen > ban.orders")
FLOW = "rule: FA001, id: flow, from: system:lock, to: system:ban"
BY_NAME = "rule: flow, subject: [system:lock, system:ban], reason: it ends soon, expires: 2026-06-01"


def report_on(snapshot: GraphSnapshot, asked: Policy, today: dt.date = TODAY) -> Report:
    return check(snapshot, asked, topology(), today)


def test_findings_come_the_worst_first_and_say_what_they_are_of() -> None:
    report = report_on(graph(*CHAIN), policy("rule: FA001, from: system:monitor, to: system:ban, severity: note", FLOW))
    assert [(found.entry, found.severity) for found in report.findings] == [
        ("flow", Severity.ERROR),
        ("", Severity.NOTE),
    ]
    first = report.findings[0]
    assert (first.rule, first.subject, first.tier) == ("FA001", ("system:lock", "system:ban"), Tier.CONFIRMED)
    assert first.first_seen_ms == 1_000
    assert first.witness is not None
    assert not report.is_clean


def test_two_entries_that_ask_the_same_are_one_finding_of_the_worse_severity() -> None:
    twice = policy(FLOW, "rule: FA001, from: system:lock, to: system:ban, severity: note, minimum_tier: suspected")
    assert [found.severity for found in report_on(graph(*CHAIN), twice).findings] == [Severity.ERROR]


def test_a_suppressed_finding_stays_suppressed_until_it_expires() -> None:
    asked = policy(FLOW, suppressions=BY_NAME)
    on_its_last_day = report_on(graph(*CHAIN), asked)
    assert on_its_last_day.is_clean
    assert [excused.suppression.reason for excused in on_its_last_day.excused] == ["it ends soon"]
    a_day_later = report_on(graph(*CHAIN), asked, TODAY + dt.timedelta(days=1))
    assert len(a_day_later.findings) == 1
    assert a_day_later.expired == asked.suppressions
    assert a_day_later.unused == ()


def test_a_fingerprint_suppresses_exactly_one_finding() -> None:
    both = (FLOW, "rule: FA001, from: system:lock, to: system:monitor")
    name = report_on(graph(*CHAIN), policy(FLOW)).findings[0].fingerprint
    suppression = f"fingerprint: '{name}', reason: known, expires: 2027-01-01"
    report = report_on(graph(*CHAIN), policy(*both, suppressions=suppression))
    assert [found.subject[-1] for found in report.findings] == ["system:monitor"]
    assert [excused.finding.entry for excused in report.excused] == ["flow"]


def test_a_suppression_that_covers_nothing_is_told() -> None:
    asked = policy(FLOW, suppressions=BY_NAME)
    assert report_on(graph(CHAIN[0]), asked).unused == asked.suppressions


def test_what_kept_rules_from_saying_more_is_told() -> None:
    unjudged = graph(edge(CHAIN[0], verdict=Verdict.UNJUDGED))
    report = check(unjudged, policy("rule: FA002", "rule: FA001, from: system:lok, to: system:*"), None, TODAY)
    assert report.notes == (
        "no topology was given: FA002 can find nothing, or less",
        "the graph was made without a topology: nothing in it is declared or undeclared",
        "FA001: nothing in the graph is from 'system:lok'",
    )


def test_what_could_not_be_seen_is_part_of_the_report() -> None:
    hidden = Hidden("topic", "x", "no-read-right", "what is in x")
    assert report_on(graph(CHAIN[0], hidden=(hidden,)), policy(FLOW)).coverage.not_visible == (hidden,)


def test_a_fingerprint_does_not_change_with_evidence_time_tier_severity_or_address() -> None:
    (before,) = report_on(graph(*CHAIN), policy(FLOW)).findings
    stronger = [edge(ends, Tier.PROVEN, seen=(500, 99_000)) for ends in CHAIN]
    shorter = graph(*stronger, "lock.events > ban.orders", "lock.events > @ban")
    (after,) = report_on(shorter, policy(f"{FLOW}, severity: note, minimum_tier: confirmed")).findings
    assert after.fingerprint == before.fingerprint
    assert after.witness != before.witness
    elsewhere = policy("rule: FA001, from: system:lock, to: system:*")
    assert before.fingerprint not in {found.fingerprint for found in report_on(graph(*CHAIN), elsewhere).findings}


NAMES = ("lock.events", "monitor.seen", "faces.names", "ban.orders", "@monitor", "@lock", "@ban")
EVERYTHING = policy(
    "rule: FA001, from: system:lock, to: system:*",
    "rule: FA002",
    "rule: FA003",
    "rule: FA004",
    "rule: FA005",
    "rule: FA006",
    "rule: FA009, from: system:lock, to: system:ban, false_match_rate: 0.1, people: 10, records_per_person_a_year: 9",
)
KINDS = {(False, False): EdgeKind.DERIVES, (False, True): EdgeKind.CONSUMES, (True, False): EdgeKind.PRODUCES}


@st.composite
def edges(draw: st.DrawFn) -> list[Edge]:
    """Up to ten edges, one between any two nodes."""
    ends = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(
        lambda pair: pair[0] != pair[1] and tuple(name[0] == "@" for name in pair) in KINDS
    )
    seen = st.tuples(st.integers(1, 9), st.integers(1, 9)).map(lambda times: (min(times), max(times)))
    tiers = st.sampled_from([Tier.PROVEN, Tier.CONFIRMED, Tier.PROBABLE, Tier.SUSPECTED])
    drawn = draw(st.lists(ends, min_size=1, max_size=10, unique=True))
    return [edge(f"{one} > {other}", draw(tiers), seen=draw(seen)) for one, other in drawn]


def with_more(known: Edge, more: Edge) -> Edge:
    """The edge as it is after further evidence."""
    stronger = min((known.tier, more.tier), key=lambda tier: tier.rank)
    evidence = Evidence(Channel.LINKAGE, more.tier, more.first_seen_ms, more.last_seen_ms, "more")
    return replace(
        known,
        tier=stronger,
        first_seen_ms=min(known.first_seen_ms, more.first_seen_ms),
        last_seen_ms=max(known.last_seen_ms, more.last_seen_ms),
        evidence=(*known.evidence, evidence),
    )


@settings(max_examples=80, deadline=None)
@given(edges(), edges(), st.sampled_from([(), (("lock.events", "faces.names"),)]))
def test_more_evidence_never_loses_a_finding(
    some: list[Edge], more: list[Edge], joins: tuple[tuple[str, str], ...]
) -> None:
    held = {(one.source, one.target): one for one in some}
    for one in more:
        known = held.get((one.source, one.target))
        held[one.source, one.target] = one if known is None else with_more(known, one)
    before = {found.fingerprint for found in report_on(graph(*some, joins=joins), EVERYTHING).findings}
    after = {found.fingerprint for found in report_on(graph(*held.values(), joins=joins), EVERYTHING).findings}
    assert before <= after


@settings(max_examples=40, deadline=None)
@given(edges())
def test_without_the_hops_of_its_cut_a_forbidden_flow_is_gone(drawn: list[Edge]) -> None:
    for found in report_on(graph(*drawn), policy("rule: FA001, from: system:lock, to: system:ban")).findings:
        cut = {hop.edge for hop in found.case.cut} | {read for hop in found.case.cut for read in hop.support}
        left = [one for one in drawn if one not in cut]
        assert cut
        again = report_on(graph(*left), policy("rule: FA001, from: system:lock, to: system:ban")) if left else None
        assert again is None or again.is_clean
