"""A graph held against a policy. The present day is an argument: suppressions expire, graphs do not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_type_hints

import msgspec

from flowaudit.graph.evidence import Verdict
from flowaudit.graph.snapshot import Cluster, Coverage, GraphSnapshot, Window
from flowaudit.policy.estate import Estate
from flowaudit.policy.finding import Finding, fingerprint
from flowaudit.policy.model import Parameters, Place, Policy, Suppression
from flowaudit.policy.rules.catalogue import RULES
from flowaudit.topology.model import Topology


@dataclass(frozen=True, slots=True)
class Excused:
    """A finding that a suppression covers today."""

    finding: Finding
    suppression: Suppression


@dataclass(frozen=True, slots=True)
class Report:
    """What a policy finds in a graph, resolved once: every format tells exactly this."""

    policy: Policy
    cluster: Cluster
    window: Window
    findings: tuple[Finding, ...]
    """Those that count, the worst first."""
    excused: tuple[Excused, ...]
    expired: tuple[Suppression, ...]
    """Suppressions that held until a day before today; what they covered counts again."""
    unused: tuple[Suppression, ...]
    """Suppressions that hold and cover nothing: what they excused is gone, or they are mistaken."""
    notes: tuple[str, ...]
    """What kept rules from saying more, in sentences."""
    coverage: Coverage
    """What of the estate could not be seen: no findings there is no proof that there is nothing."""

    @property
    def is_clean(self) -> bool:
        """Does nothing count?"""
        return not self.findings


def check(snapshot: GraphSnapshot, policy: Policy, topology: Topology | None, today: dt.date) -> Report:
    """Hold a graph against a policy. Without a topology, rules about purposes find nothing, and the notes say so."""
    estate = Estate(snapshot, topology)
    found = _findings(estate, policy)
    valid = [suppression for suppression in policy.suppressions if today <= suppression.expires]
    covering = {finding.fingerprint: _covering(finding, valid) for finding in found}
    return Report(
        policy=policy,
        cluster=snapshot.cluster,
        window=snapshot.window,
        findings=tuple(finding for finding in found if covering[finding.fingerprint] is None),
        excused=tuple(Excused(finding, held) for finding in found if (held := covering[finding.fingerprint])),
        expired=tuple(suppression for suppression in policy.suppressions if suppression.expires < today),
        unused=tuple(one for one in valid if not any(covers(one, finding) for finding in found)),
        notes=tuple(dict.fromkeys(_notes(estate, policy))),
        coverage=snapshot.coverage,
    )


def covers(suppression: Suppression, finding: Finding) -> bool:
    """Does a suppression name this finding?"""
    if suppression.fingerprint:
        return suppression.fingerprint == finding.fingerprint
    return suppression.rule in {finding.rule, finding.entry} and suppression.subject == finding.subject


def _covering(finding: Finding, valid: Iterable[Suppression]) -> Suppression | None:
    return next((suppression for suppression in valid if covers(suppression, finding)), None)


def _findings(estate: Estate, policy: Policy) -> list[Finding]:
    """Each once, the worst first; of two entries that find the same, the one with the worse severity tells it."""
    found: dict[str, Finding] = {}
    for finding in sorted((one for entry in policy.rules for one in _of_entry(estate, entry)), key=_order):
        found.setdefault(finding.fingerprint, finding)
    return list(found.values())


def _of_entry(estate: Estate, entry: Parameters) -> Iterator[Finding]:
    rule = RULES[entry.rule]
    namespace = estate.snapshot.cluster.namespace
    for case in rule.cases(estate, entry):
        yield Finding(
            rule=rule.code,
            title=rule.title,
            entry=entry.id,
            severity=entry.severity or rule.severity,
            fingerprint=fingerprint(entry, case.subject, namespace),
            case=case,
        )


def _order(finding: Finding) -> tuple[int, str, tuple[str, ...], str]:
    return (finding.severity.rank, finding.rule, finding.subject, finding.fingerprint)


def _notes(estate: Estate, policy: Policy) -> Iterator[str]:
    needing = sorted({entry.rule for entry in policy.rules if RULES[entry.rule].needs_topology})
    if needing and estate.topology is None:
        yield f"no topology was given: {', '.join(needing)} can find nothing, or less"
    if needing and estate.snapshot.edges and all(edge.verdict is Verdict.UNJUDGED for edge in estate.snapshot.edges):
        yield "the graph was made without a topology: nothing in it is declared or undeclared"
    for entry in policy.rules:
        for key, place in _places(entry):
            if not estate.select(place):
                yield f"{entry.rule}{f' ({entry.id})' if entry.id else ''}: nothing in the graph is {key} {place!r}"


def _places(entry: Parameters) -> Iterator[tuple[str, str]]:
    """The places that an entry names, by key."""
    hints = get_type_hints(type(entry), include_extras=True)
    for field in msgspec.structs.fields(entry):
        place = getattr(entry, field.name)
        if hints[field.name] == Place and place:
            yield field.encode_name, place
