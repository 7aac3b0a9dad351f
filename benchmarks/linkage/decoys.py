"""Pairs that look like flows and are none, each by what makes it look so."""

from __future__ import annotations

from benchmarks.linkage.estate import DecoyCase, DecoyKind, EstateSpec, kind_of
from benchmarks.linkage.flows import direct_flows, reachable
from benchmarks.linkage.kinds import PERSON_KINDS


def decoy_cases(spec: EstateSpec) -> tuple[DecoyCase, ...]:
    """Ordered pairs between which nothing flows in this direction, not even by detours; the first reason counts."""
    flows = list(direct_flows(spec))
    reached = reachable(flows)
    kinds: dict[tuple[str, str], DecoyKind] = {}
    for first, second, kind in (*_by_habits(spec), *_by_roots(spec), *_forks(flows), *_by_people(spec)):
        for pair in ((first, second), (second, first)):
            if pair[1] not in reached.get(pair[0], ()):
                kinds.setdefault(pair, kind)
    return tuple(DecoyCase(source, target, kind) for (source, target), kind in sorted(kinds.items()))


def _by_habits(spec: EstateSpec) -> list[tuple[str, str, DecoyKind]]:
    return [(habit.first, habit.second, habit.kind) for habit in spec.habits]


def _by_roots(spec: EstateSpec) -> list[tuple[str, str, DecoyKind]]:
    found: list[tuple[str, str, DecoyKind]] = []
    for place, root in enumerate(spec.roots):
        for other in spec.roots[:place]:
            if root.tick_ms and root.tick_ms == other.tick_ms:
                found.append((other.topic, root.topic, "common-tick"))
            if root.kind == "numbers" and other.kind == "numbers":
                found.append((other.topic, root.topic, "low-entropy"))
    return found


def _forks(flows: list[tuple[str, str]]) -> list[tuple[str, str, DecoyKind]]:
    children: dict[str, list[str]] = {}
    for source, target in flows:
        children.setdefault(source, []).append(target)
    return [
        (first, second, "fork")
        for siblings in children.values()
        for place, second in enumerate(siblings)
        for first in siblings[:place]
        if first != second
    ]


def _by_people(spec: EstateSpec) -> list[tuple[str, str, DecoyKind]]:
    """Roots that name the same people in the same kind of identifier."""
    named = [
        (root.topic, {slot for slot in spec.topic(root.topic).slots if kind_of(slot) in PERSON_KINDS})
        for root in spec.roots
    ]
    return [
        (first, second, "shared-population")
        for place, (second, people) in enumerate(named)
        for first, others in named[:place]
        if people & others
    ]
